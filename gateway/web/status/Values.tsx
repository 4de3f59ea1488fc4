import { freshnessOf } from "../../../contracts/bed/freshness.ts";
import { Age } from "../../../contracts/ui/Age.tsx";
import { BAD_REASON_WORDS, METRIC_WORDS, valueWords } from "../../../contracts/ui/metric-words.ts";
import type { DeviceStatus } from "../../../contracts/wire/gateway-status.ts";

type Value = DeviceStatus["latest"][number];

/** A device's last values. A bad one is marked, a stale one struck through with its age; neither stands alone. */
export function Values({ device, nowMs }: { readonly device: DeviceStatus; readonly nowMs: number }) {
  return (
    <ul className="device-values">
      {device.latest.map((value) => (
        <li key={value.metric}>
          <span className="quiet">{METRIC_WORDS[value.metric]}</span>{" "}
          <OneValue value={value} isStale={isStale(value, device.expectedIntervalMs, nowMs)} />
        </li>
      ))}
    </ul>
  );
}

function OneValue({ value, isStale }: { readonly value: Value; readonly isStale: boolean }) {
  const words = valueWords(value.metric, value.value, value.unit);
  return (
    <>
      {isStale ? <s>{words}</s> : words}
      {isStale ? (
        <span className="quiet">
          {" "}
          <Age atMs={Date.parse(value.observedAt)} />
        </span>
      ) : null}
      {value.quality === "bad" ? <BadMark reason={value.badReason} /> : null}
    </>
  );
}

function BadMark({ reason }: { readonly reason: string | null }) {
  return (
    <>
      {" "}
      <span className="badge badge-strong">
        Not used: {BAD_REASON_WORDS[reason ?? ""] ?? reason ?? "bad"}
      </span>
    </>
  );
}

function isStale({ observedAt }: Value, expectedIntervalMs: number, nowMs: number): boolean {
  return freshnessOf(nowMs - Date.parse(observedAt), expectedIntervalMs) === "stale";
}

import { freshnessOf } from "../../../contracts/bed/freshness.ts";
import { Age } from "../../../contracts/ui/Age.tsx";
import { BAD_REASON_WORDS, METRIC_WORDS, valueWords } from "../../../contracts/ui/metric-words.ts";
import type { DeviceStatus } from "../../../contracts/wire/gateway-status.ts";
import { type Value, valueGroups } from "./value-groups.ts";

/** A device's last values, never without their age. A stale one is struck through, a bad one is marked. */
export function Values({ device, nowMs }: { readonly device: DeviceStatus; readonly nowMs: number }) {
  if (device.latest.length === 0) return <span className="quiet">none yet</span>;
  return (
    <ul>
      {valueGroups(device.latest).map(({ observedAtMs, values }) => {
        const isStale = freshnessOf(nowMs - observedAtMs, device.expectedIntervalMs) === "stale";
        return (
          <li key={observedAtMs} className="device-values">
            {values.map((value) => (
              <span key={value.metric}>
                <span className="quiet">{METRIC_WORDS[value.metric]}</span>{" "}
                <OneValue value={value} isStale={isStale} />
              </span>
            ))}
            <span className="quiet">
              <Age atMs={observedAtMs} />
            </span>
          </li>
        );
      })}
    </ul>
  );
}

function OneValue({ value, isStale }: { readonly value: Value; readonly isStale: boolean }) {
  const words = valueWords(value.metric, value.value, value.unit);
  return (
    <>
      {isStale ? <s>{words}</s> : words}
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

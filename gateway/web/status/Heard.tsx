import { Age } from "../../../contracts/ui/Age.tsx";
import { intervalWords } from "../../../contracts/ui/age-words.ts";
import { FRESHNESS_WORDS } from "../../../contracts/ui/states.ts";
import type { DeviceStatus } from "../../../contracts/wire/gateway-status.ts";
import { freshnessNow } from "./device-freshness.ts";

/** When a device was heard last and how often it is due, with the verdict in a word. */
export function Heard({ device, nowMs }: { readonly device: DeviceStatus; readonly nowMs: number }) {
  const freshness = freshnessNow(device, nowMs);
  const words = freshness === null ? "Never heard" : FRESHNESS_WORDS[freshness];
  const look = freshness === "fresh" ? "" : `badge badge-${freshness === "late" ? "plain" : "strong"}`;
  return (
    <span data-device-id={device.deviceId} data-freshness={freshness ?? "never"}>
      <span className={look}>{words}</span>{" "}
      {device.lastHeardAt === null ? null : (
        <span className="moment">
          <Age atMs={Date.parse(device.lastHeardAt)} />
        </span>
      )}
      <span className="quiet block">every {intervalWords(device.expectedIntervalMs)}</span>
    </span>
  );
}

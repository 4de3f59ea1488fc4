import { type Freshness, freshnessOf } from "../../../contracts/bed/freshness.ts";
import type { DeviceStatus } from "../../../contracts/wire/gateway-status.ts";

/** How fresh a device is by now, counted on since the status came; null where it was never heard. */
export function freshnessNow(
  { lastHeardAt, expectedIntervalMs }: Pick<DeviceStatus, "lastHeardAt" | "expectedIntervalMs">,
  nowMs: number,
): Freshness | null {
  return lastHeardAt === null ? null : freshnessOf(nowMs - Date.parse(lastHeardAt), expectedIntervalMs);
}

import type { DeviceStatus, LinkStatus } from "../../../contracts/wire/gateway-status.ts";
import { freshnessNow } from "./device-freshness.ts";
import { namesWords } from "./names-words.ts";

/** How many of a link's devices are heard, and by name or unit those that are not: a dead unit among live ones. */
export type LinkDevices = { readonly heard: string; readonly notHeard: string | null };

export function linkDevices(
  { linkId }: LinkStatus,
  devices: readonly DeviceStatus[],
  nowMs: number,
): LinkDevices | null {
  const ofLink = devices.filter((device) => device.linkId === linkId);
  if (ofLink.length === 0) return null;
  const dead = ofLink.filter((device) => {
    const freshness = freshnessNow(device, nowMs);
    return freshness === null || freshness === "stale";
  });
  const names = dead.map(({ address, deviceId }) => address ?? deviceId);
  return {
    heard: `${ofLink.length - dead.length} of ${ofLink.length} heard`,
    notHeard: names.length === 0 ? null : `Not heard: ${namesWords(names)}`,
  };
}

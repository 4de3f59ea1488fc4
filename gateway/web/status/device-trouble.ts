import type { DeviceStatus } from "../../../contracts/wire/gateway-status.ts";
import { freshnessNow } from "./device-freshness.ts";

/** How a device stands, each under the gravest that is true of it; the order is theirs on the page. */
export const TROUBLES = ["never-heard", "silent", "suspected", "failing", "late", "fine"] as const;
export type Trouble = (typeof TROUBLES)[number];

export const TROUBLE_WORDS: Readonly<Record<Trouble, string>> = {
  "never-heard": "Never heard",
  silent: "Silent",
  suspected: "Suspected by its values",
  failing: "With errors just now",
  late: "Late",
  fine: "Fine",
};

/** A problem that has not come again for this long stays in its count and is no longer news. */
export const PROBLEM_RECENT_MS = 2 * 60_000;

export function isRecent({ lastAt }: { readonly lastAt: string }, nowMs: number): boolean {
  return nowMs - Date.parse(lastAt) < PROBLEM_RECENT_MS;
}

/** `isSuspected`: a finding on one of its metrics is open. */
export function troubleOf(device: DeviceStatus, isSuspected: boolean, nowMs: number): Trouble {
  const freshness = freshnessNow(device, nowMs);
  if (freshness === null) return "never-heard";
  if (freshness === "stale") return "silent";
  if (isSuspected) return "suspected";
  if (device.problems.some((problem) => isRecent(problem, nowMs))) return "failing";
  return freshness === "late" ? "late" : "fine";
}

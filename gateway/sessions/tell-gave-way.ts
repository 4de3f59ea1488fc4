import type { DeviceId } from "../../contracts/wire/ids.ts";
import type { ProblemCounts } from "../ingest/problem-counts.ts";
import { SESSION_LIMITS } from "./session-limits.ts";
import type { GaveWay } from "./sqlite-persistence.ts";

const { queuedMessagesMax, retainedTopicsMax } = SESSION_LIMITS;

/** Where the broker could not keep everything for a device, its own problems say so. */
export function tellGaveWay(
  { what, owner, count }: GaveWay,
  problemsOf: (deviceId: DeviceId) => ProblemCounts,
  atMs: number,
): void {
  const deviceId = owner.split("/").at(-1) as DeviceId;
  const detail =
    what === "queued-message"
      ? `expected at most ${queuedMessagesMax} messages waiting for ${deviceId}, got ${count} more; the oldest went. Let the device fetch them, or end its subscription.`
      : `expected at most ${retainedTopicsMax} retained topics of ${deviceId}, got another; it was not kept. Clear one that is no longer needed.`;
  problemsOf(deviceId).count(`${what}-dropped`, detail, atMs);
}

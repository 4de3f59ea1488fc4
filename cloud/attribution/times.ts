/** Which times a correction may name. Pure. */
import type { Interval } from "../../contracts/booking/attribute.ts";
import { CloudError } from "../http/problem.ts";
import { rfc3339 } from "../registry/bed-view.ts";

/** Throws where the interval is empty, or speaks of what has not been yet. */
export function requirePast({ fromMs, toMs }: Interval, nowMs: number): void {
  if (toMs !== null && toMs <= fromMs)
    throw new CloudError(
      "RANGE_REVERSED",
      `The range goes from ${rfc3339(fromMs)} to ${rfc3339(toMs)}: it holds nothing.`,
    );
  const latestMs = toMs ?? fromMs;
  if (latestMs <= nowMs) return;
  throw new CloudError(
    "CORRECTION_IN_FUTURE",
    `A correction is of what was: ${rfc3339(latestMs)} is later than the server's ${rfc3339(nowMs)}.`,
  );
}

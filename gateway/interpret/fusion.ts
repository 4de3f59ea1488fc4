/**
 * From what several sources say of one bed to one word. Pure, and the same in whatever order they are asked.
 *
 *   only one side has votes       ─▶ that side
 *   one side three times heavier  ─▶ that side, but never "absent" against a pulse
 *   else                          ─▶ unknown, and a contradiction: not the convenient answer
 *   nobody votes                  ─▶ unknown
 */
import type { Occupancy } from "../../contracts/bed/axes.ts";
import type { DeviceId } from "../../contracts/wire/ids.ts";
import type { Decider } from "../commissioning/topology.ts";

/** So many times must one side outweigh the other for its word to stand against it. */
export const MAJORITY_TIMES = 3;

export type Vote = {
  readonly deviceId: DeviceId;
  readonly metric: Decider["metric"];
  readonly weight: number;
  readonly vote: Occupancy;
  /** An "absent" that the newest value does not bear out, such as a load between its limits: it yields to any other word. */
  readonly isWeak: boolean;
  /** Null: not heard since the gateway started. */
  readonly ageMs: number | null;
  /** Why the vote does not count, in words; null: it counts. */
  readonly setAside: string | null;
};

export type Fused = {
  readonly occupancy: Occupancy;
  readonly isContradiction: boolean;
  /** All that says "absent" is weak: it may hold an empty bed empty, and empties none. */
  readonly isWeak: boolean;
};

export function fuse(votes: readonly Vote[]): Fused {
  const counting = votes.filter(({ setAside }) => setAside === null);
  const present = counting.filter(({ vote }) => vote === "present");
  const absent = counting.filter(({ vote }) => vote === "absent");
  const clearlyAbsent = absent.filter(({ isWeak }) => !isWeak);
  if (present.length === 0) {
    if (absent.length === 0) return agreed("unknown");
    return { ...agreed("absent"), isWeak: clearlyAbsent.length === 0 };
  }
  const against = weightOf(clearlyAbsent);
  if (against === 0) return agreed("present");
  const forIt = weightOf(present);
  if (forIt >= MAJORITY_TIMES * against) return agreed("present");
  const hasPulse = present.some(({ metric }) => metric === "pulse-rate");
  if (against >= MAJORITY_TIMES * forIt && !hasPulse) return agreed("absent");
  return { occupancy: "unknown", isContradiction: true, isWeak: false };
}

const agreed = (occupancy: Occupancy): Fused => ({ occupancy, isContradiction: false, isWeak: false });

/** What the votes come to for a bed that is `was` until now. */
export function wordFor(was: Occupancy, { occupancy, isWeak }: Fused): Occupancy {
  return isWeak && was !== "absent" ? "unknown" : occupancy;
}

/** Summed in one order, so that the order of the sources cannot tip the scales by a rounding. */
function weightOf(votes: readonly Vote[]): number {
  return votes
    .map(({ weight }) => weight)
    .sort((left, right) => left - right)
    .reduce((sum, weight) => sum + weight, 0);
}

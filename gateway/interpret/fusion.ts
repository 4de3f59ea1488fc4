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
  let isPresent = false;
  let isAbsent = false;
  let isClearlyAbsent = false;
  for (const { vote, isWeak, setAside } of votes) {
    if (setAside !== null) continue;
    if (vote === "present") isPresent = true;
    if (vote === "absent") isAbsent = true;
    if (vote === "absent" && !isWeak) isClearlyAbsent = true;
  }
  if (isPresent) return isClearlyAbsent ? weigh(votes) : PRESENT;
  if (isAbsent) return isClearlyAbsent ? ABSENT : WEAKLY_ABSENT;
  return UNKNOWN;
}

const UNKNOWN: Fused = { occupancy: "unknown", isContradiction: false, isWeak: false };
const PRESENT: Fused = { occupancy: "present", isContradiction: false, isWeak: false };
const ABSENT: Fused = { occupancy: "absent", isContradiction: false, isWeak: false };
const WEAKLY_ABSENT: Fused = { occupancy: "absent", isContradiction: false, isWeak: true };
const CONTRADICTION: Fused = { occupancy: "unknown", isContradiction: true, isWeak: false };

/** Both sides have votes. */
function weigh(votes: readonly Vote[]): Fused {
  const counting = votes.filter(({ setAside }) => setAside === null);
  const present = counting.filter(({ vote }) => vote === "present");
  const against = weightOf(counting.filter(({ vote, isWeak }) => vote === "absent" && !isWeak));
  const forIt = weightOf(present);
  if (forIt >= MAJORITY_TIMES * against) return PRESENT;
  const hasPulse = present.some(({ metric }) => metric === "pulse-rate");
  if (against >= MAJORITY_TIMES * forIt && !hasPulse) return ABSENT;
  return CONTRADICTION;
}

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

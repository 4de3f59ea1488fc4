/** How many beds are in which state, for a hospital and for each of its wards. Pure. */
import { DISPLAY_STATES, type DisplayState } from "../../contracts/bed/derive.ts";
import type { Counts, HospitalView } from "../../contracts/wire/board.ts";
import type { KnownBed } from "./bed.ts";
import { derivedAt } from "./bed-view.ts";

export function countBeds(beds: readonly KnownBed[], nowMs: number): Counts {
  const byState = Object.fromEntries(DISPLAY_STATES.map((state) => [state, 0])) as Record<
    DisplayState,
    number
  >;
  const counts = { beds: beds.length, byState, bookable: 0, conflicts: 0, stale: 0 };
  for (const bed of beds) {
    const derived = derivedAt(bed, nowMs);
    byState[derived.display] += 1;
    if (derived.bookable.ok) counts.bookable += 1;
    if (derived.verification === "conflict") counts.conflicts += 1;
    if (derived.verification === "stale") counts.stale += 1;
  }
  return counts;
}

export function countWards(beds: readonly KnownBed[], nowMs: number): HospitalView["wards"] {
  const byWard = Map.groupBy(beds, ({ bed }) => bed.wardId);
  return [...byWard].map(([wardId, inWard]) => {
    // A ward that is being renamed has beds of both names for a moment: the newest bed speaks for it.
    const newest = inWard.reduce((left, right) => (left.liveSeq > right.liveSeq ? left : right));
    const { wardName, assignmentSource } = newest.bed;
    return { wardId, name: wardName, assignmentSource, counts: countBeds(inWard, nowMs) };
  });
}

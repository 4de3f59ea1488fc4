import type { BedTruth } from "./bed-truth.ts";

/** Ward time counts milliseconds since the ward's first day began. */
export type BedChange = { readonly atMs: number; readonly bedId: string; readonly truth: BedTruth };

export type WardDayPlan = {
  readonly seed: number;
  readonly checkedWithinMs: number;
  readonly day: number;
  readonly startsAtMs: number;
  readonly endsAtMs: number;
  /** In order of time; the first change of each bed is at `startsAtMs` and says how its day begins. */
  readonly beds: ReadonlyMap<string, readonly BedChange[]>;
};

/** Before the day starts, a bed is already as its day will begin. */
export function truthAt(plan: WardDayPlan, bedId: string, wardTimeMs: number): BedTruth {
  const changes = plan.beds.get(bedId);
  const first = changes?.at(0);
  if (changes === undefined || first === undefined)
    throw new RangeError(`bed ${bedId} is not in the ward's plan`);
  if (wardTimeMs >= plan.endsAtMs)
    throw new RangeError(`${wardTimeMs} ms is after day ${plan.day} of the ward`);
  return (changes.findLast((change) => change.atMs <= wardTimeMs) ?? first).truth;
}

/** All changes of the day after a moment, in order of time (of bed id, where two fall together). */
export function* changesAfter(plan: WardDayPlan, wardTimeMs: number): Generator<BedChange> {
  const changes = [...plan.beds.values()].flat().filter((change) => change.atMs > wardTimeMs);
  yield* changes.sort((a, b) => a.atMs - b.atMs || (a.bedId < b.bedId ? -1 : 1));
}

import type { BedTruth } from "./bed-truth.ts";

/** Ward time counts milliseconds since the ward's first day began. */
export type BedChange = {
  readonly atMs: number;
  readonly bedId: string;
  readonly truth: BedTruth;
  /** Since when it is so: earlier than `atMs` where a day only goes on as the one before ended. */
  readonly sinceMs: number;
};

export type WardDayPlan = {
  readonly seed: number;
  readonly checkedWithinMs: number;
  readonly childrensBedIds: ReadonlySet<string>;
  readonly day: number;
  readonly startsAtMs: number;
  readonly endsAtMs: number;
  /** In order of time; the first change of each bed is at `startsAtMs` and says how its day begins. */
  readonly beds: ReadonlyMap<string, readonly BedChange[]>;
};

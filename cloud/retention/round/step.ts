/** What every part of a round works with. */
import type { Clock } from "../../clock.ts";
import type { Database } from "../../database/schema.ts";

/** Rows that are read or removed in one statement: some tens of milliseconds. */
export const ROWS_PER_STEP = 5_000;

export type StepDeps = {
  readonly db: Database;
  readonly clock: Clock;
  /** Before each statement that takes time: rejects where the round is to end, and lets others have their turn. */
  step(): Promise<void>;
};

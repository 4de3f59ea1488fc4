/** One change of the desk: a transaction that is tried again where two got in each other's way, and the bell after it. */
import type { Database, DatabaseTransaction } from "../database/schema.ts";
import { errorCode } from "../start-error.ts";
import type { DeskClock } from "./desk-clock.ts";
import { type Actor, type DeskEvent, storeDeskEvents } from "./desk-event.ts";

export type DeskDeps = {
  readonly db: Database;
  readonly clock: DeskClock;
  /** After a commit: somebody is to look. */
  deskChanged(): void;
};

/** What a body gets; `events` are stored at the transaction's end. */
export type DeskStep = {
  readonly trx: DatabaseTransaction;
  readonly nowMs: number;
  readonly events: DeskEvent[];
};

const ATTEMPTS_MAX = 5;
/** Serialisation failure, deadlock. An exclusion (23P01) or unique violation (23505) is an answer, not an accident. */
const TRY_AGAIN = ["40001", "40P01"];

/**
 * `nowMs` is read when the transaction begins; a body that has waited for a lock reads the clock again by `clock.nowMs`.
 * A body may run several times and keeps nothing outside of the transaction.
 */
export async function inDeskTransaction<Result>(
  { db, clock, deskChanged }: DeskDeps,
  actor: Actor,
  body: (step: DeskStep) => Promise<Result>,
): Promise<Result> {
  for (let attempt = 1; ; attempt += 1) {
    try {
      const { result, changed } = await db.transaction().execute(async (trx) => {
        const nowMs = await clock.nowMs(trx);
        const events: DeskEvent[] = [];
        const result = await body({ trx, nowMs, events });
        await storeDeskEvents(trx, events, { actor, nowMs });
        return { result, changed: events.length > 0 };
      });
      if (changed) deskChanged();
      return result;
    } catch (error) {
      const code = errorCode(error);
      if (attempt === ATTEMPTS_MAX || code === undefined || !TRY_AGAIN.includes(code)) throw error;
    }
  }
}

/**
 * Rolls up what was stored, lane by lane, a bounded stretch in each transaction:
 *
 *   ingest commits ─▶ wake ─▶ of each lane that is far enough behind: take its cursor ─▶ merge ─▶ move the cursor
 *
 * Any number of processes may do so at once, and one that dies leaves nothing undone or done twice. What is not rolled
 * up yet is no loss to who reads: reader.ts looks at it as it came.
 */
import type { Logger } from "pino";
import type { Database } from "../../database/schema.ts";
import { waited } from "../../live/every.ts";
import { rollUp } from "./roll-up.ts";
import { type LaneOfJournal, lanesBehind, moveCursor, takeCursor } from "./rollup-cursors.ts";

/** A lane that is far behind is seen to soon, since reading it as it came takes long. */
const EAGER_EVERY_MS = 1_000;
const EAGER_BEHIND_MIN = 20_000;
/** The others are not: each time costs a row of each series, however little came. */
const PATIENT_EVERY_MS = 10_000;
const STRETCH_MAX = 50_000;
/** Of one round; those that are furthest behind come first. */
const LANES_MAX = 200;

export type RollupFeedDeps = { readonly db: Database; readonly log: Logger; readonly stretchMax?: number };

export class RollupFeed {
  readonly #deps: RollupFeedDeps;
  #isWoken = true;

  constructor(deps: RollupFeedDeps) {
    this.#deps = deps;
  }

  /** Something was stored. */
  wake(): void {
    this.#isWoken = true;
  }

  /** Rides out a database that is away. */
  async run(signal: AbortSignal): Promise<void> {
    let patientAtMs = Number.NEGATIVE_INFINITY;
    while (!signal.aborted) {
      const nowMs = performance.now();
      // Another process may have stored something and died, so a patient round needs no wake.
      const isPatientRound = nowMs - patientAtMs >= PATIENT_EVERY_MS;
      if (isPatientRound) patientAtMs = nowMs;
      try {
        if (isPatientRound || this.#isWoken) {
          this.#isWoken = false;
          await this.round(isPatientRound ? 1 : EAGER_BEHIND_MIN, signal);
        }
      } catch (error) {
        this.#deps.log.warn({ err: error }, "what was stored could not be rolled up; tried again");
      }
      await waited(EAGER_EVERY_MS, signal);
    }
  }

  /** Of every lane that is at least this far behind, all that there is. */
  async round(behindMin: number, signal: AbortSignal): Promise<void> {
    const { db, log } = this.#deps;
    for (const lane of await lanesBehind(db, behindMin, LANES_MAX))
      try {
        while (!signal.aborted && (await this.#rollUpSome(lane)));
      } catch (error) {
        log.warn(
          { err: error, ...lane },
          "a lane could not be rolled up; the others go on, and it is tried again",
        );
      }
  }

  /** True: there is more. */
  async #rollUpSome({ journalId, lane }: LaneOfJournal): Promise<boolean> {
    const { db, stretchMax = STRETCH_MAX } = this.#deps;
    return await db.transaction().execute(async (trx) => {
      const cursor = await takeCursor(trx, { journalId, lane });
      if (cursor === null || cursor.highWaterMarkSeq <= cursor.throughSeq) return false;
      const throughSeq = Math.min(cursor.highWaterMarkSeq, cursor.throughSeq + stretchMax);
      const stretch = { journalId, lane, afterSeq: cursor.throughSeq, throughSeq };
      await rollUp(trx, stretch);
      await moveCursor(trx, { journalId, lane }, throughSeq);
      return throughSeq < cursor.highWaterMarkSeq;
    });
  }
}

/**
 * Rolls up what was stored, of many lanes at once, a bounded number of readings in each transaction:
 *
 *   ingest commits ─▶ wake ─▶ lanes that are far enough behind: take their cursors ─▶ merge ─▶ move the cursors
 *
 * Any number of processes may do so at once, and one that dies leaves nothing undone or done twice. What is not rolled
 * up yet is no loss to who reads: reader.ts looks at it as it came.
 */
import type { Logger } from "pino";
import type { Database } from "../../database/schema.ts";
import { waited } from "../../live/every.ts";
import { type LaneOfJournal, planStretches, type Stretch } from "./plan-stretches.ts";
import { rollUp } from "./roll-up.ts";
import { lanesBehind, moveCursors, takeCursors } from "./rollup-cursors.ts";

/** A lane that is far behind is seen to soon, since reading it as it came takes long. */
const EAGER_EVERY_MS = 1_000;
const EAGER_BEHIND_MIN = 20_000;
/** The others are not: each time costs a row of each series, however little came. */
const PATIENT_EVERY_MS = 10_000;
/** In one transaction: each merges a row of each series and hour anew, so that few large ones cost less than many. */
const NUMBERS_MAX = 200_000;
/** Of one round; those that are furthest behind come first. */
const LANES_MAX = 200;

export type RollupFeedDeps = { readonly db: Database; readonly log: Logger; readonly numbersMax?: number };

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
    const lanes = await lanesBehind(db, behindMin, LANES_MAX);
    try {
      await this.#rollUp(lanes, signal);
    } catch (error) {
      if (lanes.length < 2) throw error;
      log.warn(
        { err: error, lanes: lanes.length },
        "lanes could not be rolled up together; now each by itself",
      );
      await this.#rollUpEach(lanes, signal);
    }
  }

  /** One that cannot be rolled up holds up no other. */
  async #rollUpEach(lanes: readonly LaneOfJournal[], signal: AbortSignal): Promise<void> {
    for (const lane of lanes)
      try {
        await this.#rollUp([lane], signal);
      } catch (error) {
        this.#deps.log.warn({ err: error, ...lane }, "a lane could not be rolled up; it is tried again");
      }
  }

  async #rollUp(lanes: readonly LaneOfJournal[], signal: AbortSignal): Promise<void> {
    while (lanes.length > 0 && !signal.aborted && (await this.#rollUpSome(lanes)));
  }

  /** True: there is more. */
  async #rollUpSome(lanes: readonly LaneOfJournal[]): Promise<boolean> {
    const { db, numbersMax = NUMBERS_MAX } = this.#deps;
    return await db.transaction().execute(async (trx) => {
      const behind = await takeCursors(trx, lanes);
      const stretches = planStretches(behind, numbersMax);
      await rollUp(trx, stretches);
      await moveCursors(trx, stretches);
      return numbersOf(stretches) < numbersOf(behind);
    });
  }
}

const numbersOf = (stretches: readonly Stretch[]) =>
  stretches.reduce((sum, { afterSeq, throughSeq }) => sum + throughSeq - afterSeq, 0);

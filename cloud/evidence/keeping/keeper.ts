/**
 * Once a day removes what no proof needs any more. Of several cloud processes one does, as the lease says, in small steps;
 * what could not be done comes the next day.
 */
import type { Logger } from "pino";
import type { Clock, Randomness } from "../../clock.ts";
import type { Database } from "../../database/schema.ts";
import { isPassingTrouble } from "../../database/trouble.ts";
import { holdLease, releaseLease } from "../../history/feed/lease.ts";
import { waited } from "../../live/every.ts";
import { networkLog } from "../views/network-log.ts";
import { keptSizesOf } from "./kept-sizes.ts";
import { pruneBundles } from "./prune-bundles.ts";
import { pruneGatewayCheckpoints, pruneNetworkCheckpoints } from "./prune-checkpoints.ts";

const ROUND_EVERY_MS = 86_400_000;
/** The rest of a start is more urgent. */
const FIRST_ROUND_AFTER_MS = 120_000;
/** Some tens of milliseconds each. */
const ROWS_PER_STEP = 1_000;
/** Between two steps: what a batch takes to be stored. */
const PAUSE_MS = 10;
/** Whoever was away for that long comes with a cosignature that is not missed. */
export const CHECKPOINTS_KEPT_MS = 7 * 86_400_000;
/** In the table of leases. */
const LEASE = "evidence-keeping";

export type KeeperDeps = {
  readonly db: Database;
  readonly clock: Clock;
  readonly randomness: Randomness;
  readonly witnessesMin: number;
  readonly log: Logger;
};

export class EvidenceKeeper {
  readonly #deps: KeeperDeps;
  readonly #holder: string;

  constructor(deps: KeeperDeps) {
    this.#deps = deps;
    this.#holder = Buffer.from(deps.randomness.bytes(8)).toString("hex");
  }

  /** Until the signal; rejects only by a bug. */
  async run(signal: AbortSignal): Promise<void> {
    await waited(FIRST_ROUND_AFTER_MS, signal);
    while (!signal.aborted) {
      try {
        await this.round(signal);
      } catch (error) {
        if (!isPassingTrouble(error)) throw error;
        this.#deps.log.warn({ err: error }, "what no proof needs any more waits for the database");
      }
      await waited(ROUND_EVERY_MS, signal);
    }
  }

  /** How many rows were removed or made shorter; 0 too where another process is at it. */
  async round(signal: AbortSignal): Promise<number> {
    const { db, log } = this.#deps;
    if (!(await holdLease(db, LEASE, this.#holder))) return 0;
    let pruned = 0;
    try {
      for await (const count of this.#steps()) {
        pruned += count;
        await waited(PAUSE_MS, signal);
        if (signal.aborted || !(await holdLease(db, LEASE, this.#holder))) break;
      }
    } finally {
      // So that the next one need not wait. What ended the round is what counts, so this is told and not thrown.
      await releaseLease(db, LEASE, this.#holder).catch((error: unknown) =>
        log.warn({ err: error }, "the lease of evidence's keeping was not given back; it ends by itself"),
      );
    }
    if (pruned > 0) log.info({ rows: pruned }, "rows of evidence that no proof needs were removed");
    return pruned;
  }

  /** Yields what each step removed; the network's checkpoints come after all of the gateways' that they prove. */
  async *#steps(): AsyncGenerator<number> {
    const { db, clock, witnessesMin } = this.#deps;
    const nowMs = clock.nowMs();
    const limit = ROWS_PER_STEP;
    for (let count = limit; count > 0; yield count) count = await pruneBundles(db, { nowMs, limit });
    const { logId: networkLogId } = await networkLog(db);
    const beforeMs = nowMs - CHECKPOINTS_KEPT_MS;
    for (let afterEntry: number | null = -1; afterEntry !== null; ) {
      const step = { networkLogId, witnessesMin, beforeMs, afterEntry, limit };
      const { gone, lastEntry } = await pruneGatewayCheckpoints(db, step);
      yield gone;
      afterEntry = lastEntry;
    }
    const kept = await keptSizesOf(db, networkLogId, witnessesMin);
    for (let count = limit; count > 0; yield count)
      count = await pruneNetworkCheckpoints(db, { networkLogId, beforeMs, ...kept, limit });
  }
}

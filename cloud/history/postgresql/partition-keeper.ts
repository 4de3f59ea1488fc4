/**
 * Makes partitions before they are needed, and for what was stored without one. Any number of processes may keep the
 * same database; what one does not get done, because a lock is held or the database is away, comes in a later round.
 */
import type { Logger } from "pino";
import type { Clock } from "../../clock.ts";
import type { Database } from "../../database/schema.ts";
import { waited } from "../../live/every.ts";
import {
  makePartition,
  PARTITIONED,
  type Partitioned,
  strayStarts,
  tidyPartition,
  wantedStarts,
} from "./partitions.ts";

const ROUND_EVERY_MS = 600_000;

export type PartitionKeeperDeps = { readonly db: Database; readonly clock: Clock; readonly log: Logger };

export class PartitionKeeper {
  readonly #deps: PartitionKeeperDeps;

  constructor(deps: PartitionKeeperDeps) {
    this.#deps = deps;
  }

  /** Until the signal; rejects only by a bug. */
  async run(signal: AbortSignal): Promise<void> {
    while (!signal.aborted) {
      for (const partitioned of PARTITIONED)
        try {
          if (!signal.aborted) await this.keep(partitioned);
        } catch (error) {
          this.#deps.log.warn(
            { err: error, table: partitioned.table },
            "partitions could not be made or tidied; what needs one is stored without it, and moved later",
          );
        }
      await waited(ROUND_EVERY_MS, signal);
    }
  }

  async keep(partitioned: Partitioned): Promise<void> {
    const { db, clock } = this.#deps;
    const wanted = wantedStarts(partitioned, clock.nowMs());
    for (const fromMs of [...wanted, ...(await strayStarts(db, partitioned, clock.nowMs()))])
      await makePartition(db, partitioned, fromMs);
    for (const fromMs of wanted) await tidyPartition(db, partitioned, fromMs);
  }
}

/**
 * Usual batches of readings, of whatever gateways, many in one transaction:
 *
 *   comes ─▶ waits while others are stored ─▶ with all that wait: lanes moved on, COPY, commit ─▶ each is told
 *
 * No batch waits for another to come. Many side by side would wait for each other at the end of the same table, each with
 * a flush to disk of its own; a few keep the database busy while another flushes.
 */
import { sql } from "kysely";
import { takesCopies } from "../database/prepared.ts";
import type { Database } from "../database/schema.ts";
import { errorCode } from "../start-error.ts";
import { copyAndCommit } from "./copied-rows.ts";
import type { GatewayClock } from "./gateway-clock.ts";
import { JournalIds } from "./journal-ids.ts";
import { laneNumber } from "./lane-rows.ts";
import { isPoison } from "./park-poison.ts";
import { storeWholeBatch, type WholeBatch } from "./reading-rows.ts";
import { NOT_ALL_TAKEN, prepareTakeLanes, takeLanes } from "./take-lanes.ts";

/** Of one transaction, beside its first batch. */
const READINGS_MAX = 16_000;
/** Three or four take in most: with fewer the database waits for the disk, with more they wait for each other. */
const TRANSACTIONS_MAX = 4;
/** Fewer are stored sooner by a statement of their own. */
const COPIED_MIN = 500;

type Waiting = {
  readonly batch: WholeBatch;
  readonly clock: GatewayClock;
  readonly stored: (isStored: boolean) => void;
  readonly failed: (error: unknown) => void;
};
type OfJournal = Waiting & { readonly journalId: number };

export class WholeBatches {
  readonly #db: Database;
  readonly #journalIds: JournalIds;
  #waiting: Waiting[] = [];
  #atWork = 0;

  constructor(db: Database) {
    this.#db = db;
    this.#journalIds = new JournalIds(db);
  }

  /** False: it is no usual one, and nothing of it was stored. Rejects where the database refused it or was away. */
  store(batch: WholeBatch, clock: GatewayClock): Promise<boolean> {
    if (!takesCopies(this.#db)) return storeWholeBatch(this.#db, batch, clock);
    return new Promise((stored, failed) => {
      this.#waiting.push({ batch, clock, stored, failed });
      void this.#work();
    });
  }

  async #work(): Promise<void> {
    if (this.#atWork >= TRANSACTIONS_MAX) return;
    this.#atWork += 1;
    for (let group = this.#next(); group.length > 0; group = this.#next()) await this.#settle(group);
    this.#atWork -= 1;
  }

  #next(): Waiting[] {
    let readings = 0;
    let count = 0;
    for (const { batch } of this.#waiting) {
      readings += batch.columns.flags.length;
      if (count > 0 && readings > READINGS_MAX) break;
      count += 1;
    }
    return this.#waiting.splice(0, count);
  }

  async #settle(group: readonly Waiting[]): Promise<void> {
    try {
      if (await this.#storeGroup(group)) for (const { stored } of group) stored(true);
      // Which one it was is not said: each by itself.
      else if (group.length > 1) for (const one of group) await this.#settle([one]);
      else for (const { stored } of group) stored(false);
    } catch (error) {
      if (isPoison(error) && group.length > 1) for (const one of group) await this.#settle([one]);
      else for (const { failed } of group) failed(error);
    }
  }

  /** False: not each of them is a usual one, and nothing of any was stored. */
  async #storeGroup(group: readonly Waiting[]): Promise<boolean> {
    const [first] = group;
    if (first !== undefined && group.length === 1 && first.batch.columns.flags.length < COPIED_MIN)
      return await storeWholeBatch(this.#db, first.batch, first.clock);
    const keys = group.map(({ batch }) => batch.key);
    const ids = await this.#journalIds.of(keys);
    const known = group.flatMap((waiting, place) => {
      const journalId = ids[place];
      return journalId === undefined ? [] : [{ ...waiting, journalId }];
    });
    if (known.length === group.length && (await storeTogether(this.#db, known))) return true;
    // Of several it is not known which.
    if (group.length === 1) this.#journalIds.forget(keys);
    return false;
  }
}

/** Of a prepared statement that this connection has not made yet, and of one that it has. */
const NOT_PREPARED = "26000";
const PREPARED_BEFORE = "42P05";
/** Each batch is looked at by itself then. A pooler that changes the connection between two messages has none prepared. */
const NOT_TOGETHER = [NOT_ALL_TAKEN, NOT_PREPARED];

/**
 * In one message, and one more where this connection does it for the first time: whoever waits for an answer between two
 * of them waits for this process too, which is unpacking what others sent.
 */
async function storeTogether(db: Database, group: readonly OfJournal[]): Promise<boolean> {
  return await db.connection().execute(async (connection) => {
    try {
      try {
        await takeAndCopy(connection, group);
      } catch (error) {
        if (errorCode(error) !== NOT_PREPARED) throw error;
        await prepareTakeLanes.execute(connection).catch((trouble: unknown) => {
          if (errorCode(trouble) !== PREPARED_BEFORE) throw trouble;
        });
        await takeAndCopy(connection, group);
      }
      return true;
    } catch (error) {
      if (NOT_TOGETHER.includes(errorCode(error) ?? "")) return false;
      throw error;
    }
  });
}

async function takeAndCopy(connection: Database, group: readonly OfJournal[]): Promise<void> {
  const lanes = takeLanes(group.map(({ batch, journalId }) => ({ batch, journalId })));
  const copied = group.map(({ batch: { key, firstSeq, columns }, clock, journalId }) => {
    return { journalId, lane: laneNumber(key.lane), firstSeq, columns, clock };
  });
  try {
    await copyAndCommit(lanes, copied).execute(connection);
  } catch (error) {
    // What went wrong first is what is told. Where the connection cannot even take back, the pool ends it as it comes
    // back in a transaction, and the database that transaction with it.
    await sql`ROLLBACK`.execute(connection).catch(() => {});
    throw error;
  }
}

/**
 * Usual batches of readings, of whatever gateways, many in one transaction:
 *
 *   comes ─▶ waits while others are stored ─▶ with all that wait: lanes moved on ─▶ COPY and commit ─▶ each is told
 *
 * No batch waits for another to come. Many side by side would wait for each other at the end of the same table, each with
 * a flush to disk of its own; a few keep the database busy while another flushes.
 */
import { sql } from "kysely";
import { arrayText } from "../database/array-text.ts";
import { preparedAs, takesCopies } from "../database/prepared.ts";
import type { Database } from "../database/schema.ts";
import { copyAndCommit } from "./copied-rows.ts";
import type { GatewayClock } from "./gateway-clock.ts";
import { laneNumber } from "./lane-rows.ts";
import { isPoison } from "./park-poison.ts";
import { blockSpans, noteBlocks, spansSql } from "./reading-blocks.ts";
import { storeWholeBatch, type WholeBatch } from "./reading-rows.ts";

/** Of one transaction, beside its first batch. */
const READINGS_MAX = 16_000;
/** Three or four take in most: with fewer the database waits for the disk, with more they wait for each other. */
const TRANSACTIONS_MAX = 4;
/** Fewer are stored sooner by one statement than by the three of a transaction. */
const COPIED_MIN = 500;

type Stored = { readonly batch: WholeBatch; readonly clock: GatewayClock };
type Waiting = Stored & {
  readonly stored: (isStored: boolean) => void;
  readonly failed: (error: unknown) => void;
};

export class WholeBatches {
  readonly #db: Database;
  #waiting: Waiting[] = [];
  #atWork = 0;

  constructor(db: Database) {
    this.#db = db;
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
      const places = await this.#storeGroup(group);
      for (const [place, { stored }] of group.entries()) stored(places.has(place));
    } catch (error) {
      // Which one it was is not said: each by itself.
      if (isPoison(error) && group.length > 1) for (const one of group) await this.#settle([one]);
      else for (const { failed } of group) failed(error);
    }
  }

  async #storeGroup(group: readonly Stored[]): Promise<ReadonlySet<number>> {
    const [first] = group;
    if (first !== undefined && group.length === 1 && first.batch.columns.flags.length < COPIED_MIN)
      return new Set((await storeWholeBatch(this.#db, first.batch, first.clock)) ? [0] : []);
    return await storeTogether(this.#db, group);
  }
}

/** The places of those that were stored. */
async function storeTogether(db: Database, group: readonly Stored[]): Promise<ReadonlySet<number>> {
  // Where it fails in between, the pool ends the connection, and the database the transaction with it.
  return await db.connection().execute(async (connection) => {
    await sql`BEGIN`.execute(connection);
    const taken = await takeLanes(connection, group);
    const copied = group.flatMap(({ batch: { key, firstSeq, columns }, clock }, place) => {
      const journalId = taken.get(place);
      return journalId === undefined
        ? []
        : [{ journalId, lane: laneNumber(key.lane), firstSeq, columns, clock }];
    });
    await (copied.length > 0 ? copyAndCommit(copied) : sql`ROLLBACK`).execute(connection);
    return new Set(taken.keys());
  });
}

/**
 * Moves on the lanes of those that begin right after their mark, in a journal and from a process that are the newest, and
 * speak of no bed that is somebody else's: place → journal. A lane that somebody else holds is not waited for, since
 * whoever waits with lanes in hand may wait in a circle.
 */
async function takeLanes(db: Database, group: readonly Stored[]): Promise<ReadonlyMap<number, number>> {
  const texts = (of: (batch: WholeBatch) => string) => JSON.stringify(group.map(({ batch }) => of(batch)));
  const bedIds = group.flatMap(({ batch }) => batch.bedIds);
  const bedPlaces = group.flatMap(({ batch }, place) => batch.bedIds.map(() => place));
  const spans = group.flatMap(({ batch: { key, firstSeq, columns } }, place) =>
    blockSpans((ofBatch) => firstSeq + ofBatch, columns.observedAtMs).map((span) => ({
      ...span,
      lane: laneNumber(key.lane),
      place,
    })),
  );
  const { rows } = await sql<{ place: number; journalId: number }>`${preparedAs("take-lanes")}
    WITH asked AS (
      SELECT * FROM ROWS FROM (
        jsonb_array_elements_text(${texts(({ key }) => key.gatewayId)}::text::jsonb),
        jsonb_array_elements_text(${texts(({ key }) => key.epoch)}::text::jsonb),
        jsonb_array_elements_text(${texts(({ key }) => key.lane)}::text::jsonb),
        jsonb_array_elements_text(${texts(({ bootId }) => bootId)}::text::jsonb),
        unnest(${arrayText(group.map(({ batch }) => batch.firstSeq))}::text::bigint[]),
        unnest(${arrayText(group.map(({ batch }) => batch.columns.flags.length))}::text::int[])
      ) WITH ORDINALITY AS asked(gateway_id, epoch, lane, boot_id, first_seq, count, place)
    ), foreign_beds AS (
      SELECT bed.place FROM unnest(${`{${bedIds.join(",")}}`}::text::text[], ${arrayText(bedPlaces)}::text::int[])
          AS bed(bed_id, place)
        JOIN beds USING (bed_id) JOIN asked ON asked.place = bed.place + 1
      WHERE beds.gateway_id <> asked.gateway_id
    ), held AS (
      SELECT lanes.gateway_id, lanes.epoch, lanes.lane, lanes.journal_id, asked.place, asked.first_seq, asked.count
      FROM asked JOIN lanes USING (gateway_id, epoch, lane) JOIN journals USING (journal_id)
      WHERE lanes.high_water_mark_seq = asked.first_seq - 1 AND NOT lanes.superseded
        AND journals.boot_id = asked.boot_id AND asked.place NOT IN (SELECT place + 1 FROM foreign_beds)
      FOR UPDATE OF lanes SKIP LOCKED
    ), taken AS (
      UPDATE lanes SET high_water_mark_seq = held.first_seq + held.count - 1 FROM held
      WHERE lanes.gateway_id = held.gateway_id AND lanes.epoch = held.epoch AND lanes.lane = held.lane
        AND lanes.high_water_mark_seq = held.first_seq - 1
      RETURNING (held.place - 1)::int AS place, held.journal_id
    ), noted AS (${noteBlocks(sql`
      SELECT taken.journal_id, span.lane, span.week, span.block, span.from_ms, span.through_ms
      FROM taken JOIN unnest(${spansSql(spans)}, ${arrayText(spans.map(({ lane }) => lane))}::text::smallint[],
        ${arrayText(spans.map(({ place }) => place))}::text::int[]) AS span(block, week, from_ms, through_ms, lane, place) USING (place)
      ORDER BY 1, 3, 4, 2`)}
    )
    SELECT place, journal_id FROM taken`.execute(db);
  return new Map(rows.map(({ place, journalId }) => [place, journalId]));
}

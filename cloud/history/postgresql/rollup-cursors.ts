/** How far each lane is rolled up. Whoever moves a cursor, or stores something below it, holds it until its commit. */
import { sql } from "kysely";
import { LANES } from "../../../contracts/wire/ids.ts";
import type { Database, DatabaseTransaction } from "../../database/schema.ts";

const STORE = "rollups";

/** Of each lane of measured values: how far it is stored, how far rolled up, and the difference. */
export const LANES_DONE = sql`
  SELECT gateway_id, journal_id, lane, high_water_mark_seq, coalesce(through_seq, 0) AS through_seq,
    high_water_mark_seq - coalesce(through_seq, 0) AS behind
  FROM (
    SELECT gateway_id, journal_id, array_position(${sql.lit(`{${LANES.join(",")}}`)}::text[], lane) - 1 AS lane,
      high_water_mark_seq
    FROM lanes WHERE lane <> 'beds'
  ) numbered
    LEFT JOIN (SELECT journal_id, lane, through_seq FROM series_cursors WHERE store = ${sql.lit(STORE)}) done
      USING (journal_id, lane)`;

export type LaneOfJournal = { readonly journalId: number; readonly lane: number };
export type LaneBehind = LaneOfJournal & { readonly behind: number };

/** Lanes of measured values, those that are furthest behind first. */
export async function lanesBehind(db: Database, behindMin: number, limit: number): Promise<LaneBehind[]> {
  const { rows } = await sql<LaneBehind>`
    SELECT journal_id, lane, behind FROM (${LANES_DONE}) lane
    WHERE behind >= ${behindMin} ORDER BY behind DESC, journal_id, lane LIMIT ${limit}`.execute(db);
  return rows;
}

/** Null: another process is at it. What is read in a later statement of this transaction is all there through the mark. */
export async function takeCursor(
  trx: DatabaseTransaction,
  { journalId, lane }: LaneOfJournal,
): Promise<{ readonly throughSeq: number; readonly highWaterMarkSeq: number } | null> {
  await sql`
    INSERT INTO series_cursors (store, journal_id, lane, through_seq) VALUES (${STORE}, ${journalId}, ${lane}, 0)
    ON CONFLICT DO NOTHING`.execute(trx);
  const { rows } = await sql<{ throughSeq: number; highWaterMarkSeq: number }>`
    SELECT done.through_seq, lanes.high_water_mark_seq FROM series_cursors done
      JOIN lanes ON lanes.journal_id = done.journal_id AND lanes.lane = ${LANES[lane]}
    WHERE done.store = ${STORE} AND done.journal_id = ${journalId} AND done.lane = ${lane}
    FOR UPDATE OF done SKIP LOCKED`.execute(trx);
  return rows[0] ?? null;
}

/** Waits for whoever is at it. 0 where nothing is rolled up yet. */
export async function holdCursor(trx: DatabaseTransaction, { journalId, lane }: LaneOfJournal) {
  const { rows } = await sql<{ throughSeq: number }>`
    INSERT INTO series_cursors AS done (store, journal_id, lane, through_seq) VALUES (${STORE}, ${journalId}, ${lane}, 0)
    ON CONFLICT (store, journal_id, lane) DO UPDATE SET through_seq = done.through_seq
    RETURNING through_seq`.execute(trx);
  return rows[0]?.throughSeq ?? 0;
}

export async function moveCursor(
  trx: DatabaseTransaction,
  { journalId, lane }: LaneOfJournal,
  throughSeq: number,
): Promise<void> {
  await sql`
    UPDATE series_cursors SET through_seq = ${throughSeq}
    WHERE store = ${STORE} AND journal_id = ${journalId} AND lane = ${lane}`.execute(trx);
}

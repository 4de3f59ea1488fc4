/** How far each lane has gone into each store. A cursor moves only when the store said yes, and from where it stood. */
import { sql } from "kysely";
import { arrayText } from "../../database/array-text.ts";
import type { Database, DatabaseTransaction } from "../../database/schema.ts";
import type { LaneKey } from "./plan-chunk.ts";

export type LaneCursor = LaneKey & {
  readonly highWaterMarkSeq: number;
  /** The store has everything up to here, or will never take it. */
  readonly throughSeq: number;
  /** When the newest of those was observed; -1: there are none. */
  readonly newestAtMs: number;
};

const LANE_NUMBER = sql`CASE lanes.lane WHEN 'beds' THEN 0 WHEN 'vitals' THEN 1 ELSE 2 END`;

/** Of every lane that has more than the store, those of superseded journals too. */
export async function cursorsBehind(db: Database, store: string): Promise<LaneCursor[]> {
  await sql`
    INSERT INTO series_cursors (store, journal_id, lane, through_seq)
    SELECT ${store}, journal_id, ${LANE_NUMBER}, 0 FROM lanes
    WHERE NOT EXISTS (SELECT FROM series_cursors cursor
      WHERE cursor.store = ${store} AND cursor.journal_id = lanes.journal_id AND cursor.lane = ${LANE_NUMBER})
    ON CONFLICT DO NOTHING`.execute(db);
  const { rows } = await sql<LaneCursor>`
    SELECT cursor.journal_id, cursor.lane, lanes.high_water_mark_seq, cursor.through_seq, cursor.newest_at_ms
    FROM series_cursors cursor
      JOIN lanes ON lanes.journal_id = cursor.journal_id AND ${LANE_NUMBER} = cursor.lane
    WHERE cursor.store = ${store} AND lanes.high_water_mark_seq > cursor.through_seq`.execute(db);
  return rows;
}

export type CursorMove = LaneKey & {
  readonly fromSeq: number;
  readonly throughSeq: number;
  readonly newestAtMs: number;
};

/** False: one of them stood elsewhere, since another process feeds too or somebody set it back; then none has moved. */
export async function moveCursors(
  db: Database,
  store: string,
  moves: readonly CursorMove[],
): Promise<boolean> {
  if (moves.length === 0) return true;
  const column = (of: (move: CursorMove) => number) => arrayText(moves.map(of));
  const { rows } = await sql`
    WITH move AS (
      SELECT * FROM unnest(${column(({ journalId }) => journalId)}::text::int[],
        ${column(({ lane }) => lane)}::text::smallint[], ${column(({ fromSeq }) => fromSeq)}::text::bigint[],
        ${column(({ throughSeq }) => throughSeq)}::text::bigint[],
        ${column(({ newestAtMs }) => newestAtMs)}::text::bigint[])
        AS move(journal_id, lane, from_seq, through_seq, newest_at_ms)
    ), held AS (
      SELECT cursor.journal_id, cursor.lane FROM series_cursors cursor JOIN move USING (journal_id, lane)
      WHERE cursor.store = ${store} AND cursor.through_seq = move.from_seq
      ORDER BY 1, 2 FOR UPDATE OF cursor
    )
    UPDATE series_cursors cursor SET through_seq = move.through_seq,
      newest_at_ms = greatest(cursor.newest_at_ms, move.newest_at_ms)
    FROM move
    WHERE cursor.store = ${store} AND cursor.journal_id = move.journal_id AND cursor.lane = move.lane
      AND (SELECT count(*) FROM held) = ${moves.length}
    RETURNING cursor.journal_id`.execute(db);
  return rows.length === moves.length;
}

/** What a store has accepted and may still lose. Only told: what is brought next goes by the cursors. */
export async function noteAccepted(db: Database, store: string, marks: readonly CursorMove[]): Promise<void> {
  if (marks.length === 0) return;
  const column = (of: (mark: CursorMove) => number) => arrayText(marks.map(of));
  await sql`
    UPDATE series_cursors cursor SET accepted_seq = mark.accepted_seq
    FROM unnest(${column(({ journalId }) => journalId)}::text::int[], ${column(({ lane }) => lane)}::text::smallint[],
      ${column(({ throughSeq }) => throughSeq)}::text::bigint[]) AS mark(journal_id, lane, accepted_seq)
    WHERE cursor.store = ${store} AND cursor.journal_id = mark.journal_id AND cursor.lane = mark.lane`.execute(
    db,
  );
}

/** It lost that. */
export async function forgetAccepted(db: Database, store: string): Promise<void> {
  await sql`UPDATE series_cursors SET accepted_seq = 0 WHERE store = ${store} AND accepted_seq > 0`.execute(
    db,
  );
}

/**
 * For who stores something under a number that the others of its lane have passed, inside the transaction that does so.
 * From there on everything is brought again: later readings of the same millisecond move on by one. A cursor that is not
 * there yet goes back a step too, so that whoever has read past that number notices.
 */
export async function setBackCursors(
  trx: DatabaseTransaction,
  { journalId, lane }: LaneKey,
  seq: number,
): Promise<void> {
  await sql`
    UPDATE series_cursors SET through_seq = least(through_seq, ${seq}) - 1, accepted_seq = 0
    WHERE journal_id = ${journalId} AND lane = ${lane} AND store IN (SELECT store FROM series_feeders)`.execute(
    trx,
  );
}

/** Of a store that is fed no more. */
export async function dropCursors(db: Database, store: string): Promise<void> {
  await db.deleteFrom("seriesCursors").where("store", "=", store).execute();
  await db.deleteFrom("seriesFeeders").where("store", "=", store).execute();
}

export type FeedLag = { readonly records: number; readonly oldestReceivedAtMs: number | null };

/** What the store does not have yet, and since when the oldest reading of it waits. */
export async function feedLag(db: Database, store: string): Promise<FeedLag> {
  const { rows } = await sql<FeedLag>`
    WITH behind AS (
      SELECT lanes.journal_id, ${LANE_NUMBER} AS lane, lanes.high_water_mark_seq,
        greatest(cursor.through_seq, cursor.accepted_seq, 0) AS done_seq
      FROM lanes
        LEFT JOIN series_cursors cursor ON cursor.store = ${store} AND cursor.journal_id = lanes.journal_id
          AND cursor.lane = ${LANE_NUMBER}
    )
    SELECT coalesce(sum(behind.high_water_mark_seq - behind.done_seq), 0)::float8 AS records,
      min(oldest.received_at_ms) AS oldest_received_at_ms
    FROM behind
      LEFT JOIN LATERAL (
        SELECT received_at_ms FROM readings
        WHERE readings.journal_id = behind.journal_id AND readings.lane = behind.lane
          AND readings.seq > behind.done_seq AND readings.seq <= behind.high_water_mark_seq
        ORDER BY readings.seq LIMIT 1) oldest ON true
    WHERE behind.high_water_mark_seq > behind.done_seq`.execute(db);
  return rows[0] ?? { records: 0, oldestReceivedAtMs: null };
}

/** How far each lane is rolled up. Whoever moves a cursor, or stores something below it, holds it until its commit. */
import { sql } from "kysely";
import { LANES } from "../../../contracts/wire/lanes.ts";
import { arrayText } from "../../database/array-text.ts";
import type { Database, DatabaseTransaction } from "../../database/schema.ts";
import type { LaneOfJournal, Stretch } from "./plan-stretches.ts";

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

/** Those that are furthest behind. */
export async function lanesBehind(db: Database, behindMin: number, limit: number): Promise<LaneOfJournal[]> {
  const { rows } = await sql<LaneOfJournal>`
    SELECT journal_id, lane FROM (${LANES_DONE}) lane
    WHERE behind >= ${behindMin} ORDER BY behind DESC, journal_id, lane LIMIT ${limit}`.execute(db);
  return rows;
}

/**
 * What is not rolled up of these; without those that another process is at. What is read in a later statement of this
 * transaction is all there.
 */
export async function takeCursors(
  trx: DatabaseTransaction,
  lanes: readonly LaneOfJournal[],
): Promise<Stretch[]> {
  const asked = sql`
    unnest(${arrayText(lanes.map(({ journalId }) => journalId))}::text::int[],
      ${arrayText(lanes.map(({ lane }) => lane))}::text::smallint[]) AS asked(journal_id, lane)`;
  await sql`
    INSERT INTO series_cursors (store, journal_id, lane, through_seq)
    SELECT ${STORE}, journal_id, lane, 0 FROM ${asked} ORDER BY 2, 3
    ON CONFLICT DO NOTHING`.execute(trx);
  const { rows } = await sql<Stretch>`
    SELECT done.journal_id, done.lane, done.through_seq AS after_seq, stored.high_water_mark_seq AS through_seq
    FROM series_cursors done JOIN ${asked} USING (journal_id, lane)
      JOIN lanes stored ON stored.journal_id = done.journal_id
        AND stored.lane = (${sql.lit(`{${LANES.join(",")}}`)}::text[])[done.lane + 1]
    WHERE done.store = ${STORE}
    FOR UPDATE OF done SKIP LOCKED`.execute(trx);
  return rows.filter(({ afterSeq, throughSeq }) => afterSeq < throughSeq);
}

/** Waits for whoever is at it. 0 where nothing is rolled up yet. */
export async function holdCursor(
  trx: DatabaseTransaction,
  { journalId, lane }: LaneOfJournal,
): Promise<number> {
  const { rows } = await sql<{ throughSeq: number }>`
    INSERT INTO series_cursors AS done (store, journal_id, lane, through_seq) VALUES (${STORE}, ${journalId}, ${lane}, 0)
    ON CONFLICT (store, journal_id, lane) DO UPDATE SET through_seq = done.through_seq
    RETURNING through_seq`.execute(trx);
  return rows[0]?.throughSeq ?? 0;
}

export async function moveCursors(trx: DatabaseTransaction, stretches: readonly Stretch[]): Promise<void> {
  await sql`
    UPDATE series_cursors done SET through_seq = stretch.through_seq FROM ${stretchesSql(stretches)}
    WHERE done.store = ${STORE} AND done.journal_id = stretch.journal_id AND done.lane = stretch.lane`.execute(
    trx,
  );
}

export function stretchesSql(stretches: readonly Stretch[]) {
  const column = (of: (stretch: Stretch) => number) => arrayText(stretches.map(of));
  return sql`
    unnest(${column(({ journalId }) => journalId)}::text::int[], ${column(({ lane }) => lane)}::text::smallint[],
      ${column(({ afterSeq }) => afterSeq)}::text::bigint[], ${column(({ throughSeq }) => throughSeq)}::text::bigint[])
      AS stretch(journal_id, lane, after_seq, through_seq)`;
}

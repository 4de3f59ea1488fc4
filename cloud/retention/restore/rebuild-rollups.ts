/**
 * Makes roll-ups anew for readings that were put back. Where a roll-up accounts for as many readings as there are, or
 * more, it is right and stays; where it accounts for fewer, or is gone, it is made of all that there are now.
 */
import { type RawBuilder, sql } from "kysely";
import { arrayText } from "../../database/array-text.ts";
import type { DatabaseTransaction } from "../../database/schema.ts";
import { aggregateParts } from "../../history/postgresql/aggregate-parts.ts";
import {
  MINUTE_MS,
  OF_PARTS,
  OF_READINGS,
  READING_FACTS,
  startOf,
} from "../../history/postgresql/reading-sql.ts";
import { ROLLUP_WIDTHS_MS, type RollupTable } from "../round/trim-rollups.ts";
import type { DueLane } from "../rows/due-lanes.ts";

export type Rebuilt = { readonly minutes: number; readonly hours: number };
type Range = { readonly fromMs: number; readonly toMs: number };

/** The cursors of these lanes are held by the caller. */
export async function rebuildRollups(
  trx: DatabaseTransaction,
  lanes: readonly DueLane[],
  range: Range,
): Promise<Rebuilt> {
  if (lanes.length === 0) return { minutes: 0, hours: 0 };
  return {
    minutes: await rebuild(trx, "rollups_1m", lanes, range),
    hours: await rebuild(trx, "rollups_1h", lanes, range),
  };
}

async function rebuild(
  trx: DatabaseTransaction,
  table: RollupTable,
  lanes: readonly DueLane[],
  { fromMs, toMs }: Range,
): Promise<number> {
  const { rows } = await sql<{ rows: number }>`
    WITH minutes AS (${minutesOf(lanes, { fromMs, toMs })}), part AS (
      SELECT series_id, start_at_ms, ${OF_PARTS}
      FROM (
        SELECT series_id, ${startOf(sql`start_at_ms`, ROLLUP_WIDTHS_MS[table])} AS start_at_ms, count, bad_count, min,
          max, sum, last, lag_count, lag_sum_ms, lag_max_ms
        FROM minutes) minute
      GROUP BY series_id, start_at_ms
    ), made AS (
      INSERT INTO ${sql.table(table)} AS known (series_id, start_at_ms, count, bad_count, min, max, sum, last_at_ms,
        last_seq, last, lag_count, lag_sum_ms, lag_max_ms)
      SELECT series_id, start_at_ms, count, bad_count, min, max, sum, last[1], last[2], last[3], lag_count, lag_sum_ms,
        lag_max_ms
      FROM part
      WHERE NOT EXISTS (SELECT FROM ${sql.table(table)} there
        WHERE there.series_id = part.series_id AND there.start_at_ms = part.start_at_ms
          AND there.start_at_ms >= ${sql.lit(fromMs)} AND there.start_at_ms < ${sql.lit(toMs)}
          AND there.count + there.bad_count >= part.count + part.bad_count)
      ORDER BY series_id, start_at_ms
      ON CONFLICT (series_id, start_at_ms) DO UPDATE SET
        count = excluded.count, bad_count = excluded.bad_count, min = excluded.min, max = excluded.max,
        sum = excluded.sum, last_at_ms = excluded.last_at_ms, last_seq = excluded.last_seq, last = excluded.last,
        lag_count = excluded.lag_count, lag_sum_ms = excluded.lag_sum_ms, lag_max_ms = excluded.lag_max_ms
      RETURNING 1)
    SELECT count(*)::int AS rows FROM made`.execute(trx);
  return rows[0]?.rows ?? 0;
}

/** Of readings and of what is left of those that a gateway let go of, as far as both are rolled up. */
function minutesOf(lanes: readonly DueLane[], { fromMs, toMs }: Range): RawBuilder<unknown> {
  const isRolledUp = (seq: RawBuilder<unknown>, table: RawBuilder<unknown>) => sql`
    ${seq} <= (SELECT through_seq FROM series_cursors done
      WHERE done.store = 'rollups' AND done.journal_id = ${table}.journal_id AND done.lane = ${table}.lane)`;
  const isOfLanes = (table: RawBuilder<unknown>) => sql`
    ${table}.journal_id = ANY(${arrayText(lanes.map(({ journalId }) => journalId))}::text::int[])
      AND ${table}.lane = ${lanes[0]?.lane}`;
  const reading = sql.ref("readings");
  const aggregate = sql.ref("aggregate");
  return sql`
    SELECT series_id, start_at_ms, ${OF_READINGS}
    FROM (
      SELECT series_id, ${startOf(sql`observed_at_ms`, MINUTE_MS)} AS start_at_ms, ${READING_FACTS} FROM readings
      WHERE observed_at_ms >= ${sql.lit(fromMs)} AND observed_at_ms < ${sql.lit(toMs)} AND ${isOfLanes(reading)}
        AND ${isRolledUp(sql`readings.seq`, reading)}
    ) reading
    GROUP BY series_id, start_at_ms
    UNION ALL
    ${aggregateParts(sql`aggregate.start_at_ms >= ${sql.lit(fromMs)} AND aggregate.start_at_ms < ${sql.lit(toMs)} AND ${isOfLanes(aggregate)}
      AND ${isRolledUp(sql`aggregate.from_seq`, aggregate)}`)}`;
}

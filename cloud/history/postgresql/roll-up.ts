/**
 * Merges readings into the roll-ups of a minute and an hour. In whatever order parts come, the sum is the same; each
 * part is to come once, which is for the caller to see to, by a cursor that moves in the same transaction.
 */
import { type RawBuilder, sql } from "kysely";
import type { DatabaseTransaction } from "../../database/schema.ts";
import { aggregateParts } from "./aggregate-parts.ts";
import type { Stretch } from "./plan-stretches.ts";
import { HOUR_MS, MINUTE_MS, OF_PARTS, OF_READINGS, READING_FACTS, startOf } from "./reading-sql.ts";
import { stretchesSql } from "./rollup-cursors.ts";

/** Readings, and what is left of those that their gateway let go of. */
export async function rollUp(trx: DatabaseTransaction, stretches: readonly Stretch[]): Promise<void> {
  if (stretches.length === 0) return;
  // Nothing is known yet of what a new partition holds, and a database that knows nothing sorts, at twice the cost. What
  // it then sorts nevertheless it takes for so dear that it would compile the statement first.
  await sql`SELECT set_config('enable_sort', 'off', true), set_config('jit', 'off', true)`.execute(trx);
  await merge(
    trx,
    sql`
      SELECT series_id, start_at_ms, ${OF_READINGS}
      FROM ${stretchesSql(stretches)} CROSS JOIN LATERAL (
        SELECT series_id, ${startOf(sql`observed_at_ms`, MINUTE_MS)} AS start_at_ms, ${READING_FACTS} FROM readings
        WHERE journal_id = stretch.journal_id AND lane = stretch.lane
          AND seq > stretch.after_seq AND seq <= stretch.through_seq
        OFFSET 0
      ) reading
      GROUP BY series_id, start_at_ms`,
  );
  if (!(await haveAggregates(trx, stretches))) return;
  await merge(
    trx,
    sql`
      SELECT series_id, start_at_ms, ${OF_PARTS}
      FROM ${stretchesSql(stretches)} CROSS JOIN LATERAL (
        ${aggregateParts(sql`
          aggregate.journal_id = stretch.journal_id AND aggregate.lane = stretch.lane
            AND aggregate.from_seq > stretch.after_seq AND aggregate.from_seq <= stretch.through_seq`)}
        OFFSET 0
      ) given
      GROUP BY 1, 2`,
  );
}

/** Asked first, since most of the time there are none and to plan for them costs more than to ask. */
async function haveAggregates(trx: DatabaseTransaction, stretches: readonly Stretch[]): Promise<boolean> {
  const { rows } = await sql`
    SELECT 1 FROM ${stretchesSql(stretches)} CROSS JOIN LATERAL (
      SELECT FROM reading_aggregates aggregate
      WHERE aggregate.journal_id = stretch.journal_id AND aggregate.lane = stretch.lane
        AND aggregate.from_seq > stretch.after_seq AND aggregate.from_seq <= stretch.through_seq
      LIMIT 1
    ) any_of_it LIMIT 1`.execute(trx);
  return rows.length > 0;
}

async function merge(trx: DatabaseTransaction, minutes: RawBuilder<unknown>): Promise<void> {
  await sql`
    WITH minutes AS MATERIALIZED (${minutes}), stored AS (${storeInto("rollups_1m", sql`minutes`)})
    ${storeInto(
      "rollups_1h",
      sql`(SELECT series_id, ${startOf(sql`start_at_ms`, HOUR_MS)} AS start_at_ms, ${OF_PARTS} FROM minutes GROUP BY 1, 2)`,
    )}`.execute(trx);
}

const IS_LATER = sql`known.last_at_ms IS NULL
  OR (excluded.last_at_ms, excluded.last_seq, excluded.last) > (known.last_at_ms, known.last_seq, known.last)`;

/** In the order of their key, so that two who merge into the same ones do not wait for each other in a circle. */
const storeInto = (table: string, parts: RawBuilder<unknown>) => sql`
  INSERT INTO ${sql.table(table)} AS known (series_id, start_at_ms, count, bad_count, min, max, sum, last_at_ms,
    last_seq, last, lag_count, lag_sum_ms, lag_max_ms)
  SELECT series_id, start_at_ms, count, bad_count, min, max, sum, last[1], last[2], last[3], lag_count, lag_sum_ms,
    lag_max_ms
  FROM ${parts} AS part ORDER BY series_id, start_at_ms
  ON CONFLICT (series_id, start_at_ms) DO UPDATE SET
    count = known.count + excluded.count, bad_count = known.bad_count + excluded.bad_count,
    min = least(known.min, excluded.min), max = greatest(known.max, excluded.max), sum = known.sum + excluded.sum,
    last_at_ms = CASE WHEN ${IS_LATER} THEN excluded.last_at_ms ELSE known.last_at_ms END,
    last_seq = CASE WHEN ${IS_LATER} THEN excluded.last_seq ELSE known.last_seq END,
    last = CASE WHEN ${IS_LATER} THEN excluded.last ELSE known.last END,
    lag_count = known.lag_count + excluded.lag_count, lag_sum_ms = known.lag_sum_ms + excluded.lag_sum_ms,
    lag_max_ms = greatest(known.lag_max_ms, excluded.lag_max_ms)`;

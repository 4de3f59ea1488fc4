/**
 * What is left of readings that gateways had to let go of, as parts of roll-ups. They count; nothing is known of the
 * last one, nor of when they came.
 */
import { type RawBuilder, sql } from "kysely";
import { isGood, isSane, MINUTE_MS, startOf } from "./reading-sql.ts";

/** More in one aggregate are a mistake of its gateway's, and no sum of them is to end the work on a lane. */
const COUNT_MAX = 1_000_000_000;

/**
 * `which`: a condition over reading_aggregates as `aggregate`. A gateway that heard no reply lets go of what is stored
 * here; its aggregates have those readings in them, which are not counted a second time.
 */
export const aggregateParts = (which: RawBuilder<unknown>) => sql`
  SELECT aggregate.series_id, ${startOf(sql`aggregate.start_at_ms`, MINUTE_MS)} AS start_at_ms,
    sum(greatest(aggregate.count - coalesce(known.count, 0), 0))::bigint AS count, 0::bigint AS bad_count,
    min(aggregate.min) AS min, max(aggregate.max) AS max,
    sum(aggregate.mean * aggregate.count - coalesce(known.sum, 0)) AS sum, NULL::float8[] AS last,
    0::bigint AS lag_count, 0::float8 AS lag_sum_ms, NULL::bigint AS lag_max_ms
  FROM reading_aggregates aggregate JOIN tombstones tombstone USING (journal_id, lane, from_seq)
    LEFT JOIN LATERAL (
      SELECT sum(told.count)::bigint AS count, sum(told.sum) AS sum FROM (
        SELECT count(*) AS count, coalesce(sum(value), 0) AS sum FROM readings
        WHERE ${isEarlier("readings", "seq")} AND ${isInStep("observed_at_ms")} AND ${isGood}
        UNION ALL
        SELECT coalesce(sum(earlier.count), 0), coalesce(sum(earlier.mean * earlier.count), 0)
        FROM reading_aggregates earlier
        WHERE ${isEarlier("earlier", "from_seq")} AND ${isInStep("earlier.start_at_ms")}
      ) told
    ) known ON tombstone.sent_from_seq < tombstone.from_seq
  WHERE ${which} AND aggregate.count BETWEEN 1 AND ${sql.lit(COUNT_MAX)}
    AND ${isSane(sql`aggregate.min`)} AND ${isSane(sql`aggregate.mean`)} AND ${isSane(sql`aggregate.max`)}
  GROUP BY 1, 2`;

/** In the part of what the gateway sent that was known before. */
function isEarlier(table: string, number: string) {
  const column = (name: string) => sql.ref(`${table}.${name}`);
  return sql`${column("journal_id")} = aggregate.journal_id AND ${column("lane")} = aggregate.lane
    AND ${column("series_id")} = aggregate.series_id
    AND ${column(number)} >= tombstone.sent_from_seq AND ${column(number)} < tombstone.from_seq`;
}

const isInStep = (atMs: string) => sql`${sql.ref(atMs)} >= aggregate.start_at_ms
  AND ${sql.ref(atMs)} < aggregate.start_at_ms + coalesce(tombstone.every_ms, 1)`;

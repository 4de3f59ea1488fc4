/** What readings and roll-ups are made of, in SQL: said once for what is rolled up, and for what is not yet. */
import { type RawBuilder, sql } from "kysely";

export const MINUTE_MS = 60_000;
export const HOUR_MS = 3_600_000;

/** Bits of a reading's flags (contracts/wire/reading-columns.ts): a reason to distrust it, and "no value". */
const BAD_OR_MISSING = 0b10_0111;
/**
 * No metric comes near it. A value beyond it is kept as it came, and counts as bad: the sums of some could otherwise
 * not be written.
 */
const VALUE_MAX = 1e15;

export const isSane = (value: RawBuilder<unknown>) => sql`abs(${value}) <= ${sql.lit(VALUE_MAX)}`;

/** Of a row of readings: its value may be used. */
export const isGood = sql`flags & ${sql.lit(BAD_OR_MISSING)} = 0 AND ${isSane(sql`value`)}`;

/** Where the piece of time begins that `atMs` lies in. */
export const startOf = (atMs: RawBuilder<unknown>, everyMs: number) =>
  sql`${atMs} - ${atMs} % ${sql.lit(everyMs)}::bigint`;

/**
 * Of readings. `good` is null where there is no value to use; `last` is ordered by when it was observed, then by its
 * number, then by its value, and so the same in whatever order it is looked at.
 */
export const READING_FACTS = sql`
  CASE WHEN ${isGood} THEN value END AS good,
  CASE WHEN ${isGood} THEN ARRAY[observed_at_ms::float8, seq::float8, value] END AS last,
  received_at_ms - observed_at_ms AS lag`;

/** Over rows of READING_FACTS. */
export const OF_READINGS = sql`
  count(good) AS count, count(*) - count(good) AS bad_count, min(good) AS min, max(good) AS max,
  coalesce(sum(good), 0) AS sum, max(last) AS last, count(*) AS lag_count, sum(lag::float8) AS lag_sum_ms,
  max(lag) AS lag_max_ms`;

/** Over rows of OF_READINGS or of roll-ups. */
export const OF_PARTS = sql`
  sum(count)::bigint AS count, sum(bad_count)::bigint AS bad_count, min(min) AS min, max(max) AS max, sum(sum) AS sum,
  max(last) AS last, sum(lag_count)::bigint AS lag_count, sum(lag_sum_ms) AS lag_sum_ms, max(lag_max_ms) AS lag_max_ms`;

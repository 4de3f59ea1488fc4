/**
 * Reads parts of series in one statement, and so as of one moment: readings, and roll-ups together with what came since
 * they were made.
 */
import { type RawBuilder, sql } from "kysely";
import { arrayText } from "../../database/array-text.ts";
import type { Database } from "../../database/schema.ts";
import type { Series } from "../series-store.ts";
import { aggregateParts } from "./aggregate-parts.ts";
import type { Part } from "./part.ts";
import { MINUTE_MS, OF_PARTS, OF_READINGS, READING_FACTS, startOf } from "./reading-sql.ts";
import { readingsWithin } from "./readings-within.ts";
import { LANES_DONE } from "./rollup-cursors.ts";

/** Parts of one width. */
export type Level =
  | {
      readonly kind: "single";
      readonly fromMs: number;
      readonly toMs: number;
      /** Of each series at most these, the oldest first, and as many of those that lie outside of it. */
      readonly counted: { readonly fromMs: number; readonly toMs: number; readonly perSeriesMax: number };
    }
  | {
      readonly kind: "readings" | "minutes" | "hours";
      readonly everyMs: number;
      readonly fromMs: number;
      readonly toMs: number;
    };

type Row = Part & { readonly level: number; readonly place: number };

/** By level, then by the place of the series; each ascending. */
export async function readParts(
  db: Database,
  series: readonly Series[],
  levels: readonly Level[],
): Promise<Part[][][]> {
  const parts = levels.map(() => series.map((): Part[] => []));
  const asked = series.flatMap(({ seriesIds }, place) => seriesIds.map((id) => ({ id, place })));
  if (asked.length === 0) return parts;
  // Written out: a parameter's text would be made an array anew for each row that is looked at.
  const ids = sql`${sql.lit(arrayText(asked.map(({ id }) => id)))}::int[]`;
  const gateways = sql.join([...new Set(series.map(({ gatewayId }) => gatewayId))]);
  const fromMs = Math.min(...levels.map((level) => level.fromMs));
  const toMs = Math.max(...levels.map((level) => level.toMs));
  const { rows } = await sql<Row>`
    WITH wanted AS MATERIALIZED (
      SELECT * FROM unnest(${ids}, ${arrayText(asked.map(({ place }) => place))}::text::int[])
        AS asked(series_id, place)
    ), behind AS MATERIALIZED (
      SELECT * FROM (${LANES_DONE}) lane WHERE behind > 0 AND gateway_id IN (${gateways})
    ), unrolled AS MATERIALIZED (
      SELECT series_id, start_at_ms, ${OF_READINGS}
      FROM behind CROSS JOIN LATERAL (
        -- One lane's at a time, by their numbers: they are few, and the range may be long.
        SELECT series_id, ${startOf(sql`observed_at_ms`, MINUTE_MS)} AS start_at_ms, ${READING_FACTS} FROM readings
        WHERE journal_id = behind.journal_id AND lane = behind.lane AND seq > behind.through_seq
          AND seq <= behind.high_water_mark_seq AND series_id = ANY(${ids})
          AND observed_at_ms >= ${fromMs} AND observed_at_ms < ${toMs}
        OFFSET 0
      ) reading
      GROUP BY series_id, start_at_ms
      UNION ALL
      SELECT given.* FROM behind CROSS JOIN LATERAL (
        ${aggregateParts(sql`
          aggregate.journal_id = behind.journal_id AND aggregate.lane = behind.lane
            AND aggregate.from_seq > behind.through_seq AND aggregate.series_id = ANY(${ids})
            AND aggregate.start_at_ms >= ${fromMs} AND aggregate.start_at_ms < ${toMs}`)}
        OFFSET 0
      ) given
    )
    ${sql.join(
      levels.map((level, n) => levelSql(level, n, { ids, numbers: asked.map(({ id }) => id) })),
      sql` UNION ALL `,
    )}
    ORDER BY level, place, start_at_ms, ordinal`.execute(db);
  for (const { level, place, ...part } of rows) parts[level]?.[place]?.push(part);
  return parts;
}

type SeriesNumbers = { readonly ids: RawBuilder<unknown>; readonly numbers: readonly number[] };

function levelSql(level: Level, n: number, { ids, numbers }: SeriesNumbers): RawBuilder<unknown> {
  const { fromMs, toMs } = level;
  const head = sql`${sql.lit(n)} AS level, place`;
  const readings = sql`
    SELECT place, observed_at_ms, seq, ${READING_FACTS}
    FROM ${readingsWithin(numbers, level)} AS reading JOIN wanted USING (series_id)`;
  if (level.kind === "single")
    return sql`
      SELECT ${head}, observed_at_ms AS start_at_ms, 1::bigint AS width_ms, num_nonnulls(good)::bigint AS count,
        num_nulls(good)::bigint AS bad_count, good AS min, good AS max, coalesce(good, 0) AS sum, good AS last, ordinal
      FROM (
        SELECT place, observed_at_ms, good,
          row_number() OVER (
            PARTITION BY place, observed_at_ms >= ${level.counted.fromMs} AND observed_at_ms < ${level.counted.toMs}
            ORDER BY observed_at_ms, seq, last) AS ordinal
        FROM (${readings}) reading
      ) numbered
      WHERE ordinal <= ${level.counted.perSeriesMax}`;
  const { kind, everyMs } = level;
  const tail = sql`count, bad_count, min, max, sum, last[3] AS last, 0::bigint AS ordinal`;
  const width = sql`${sql.lit(everyMs)}::bigint AS width_ms`;
  if (kind === "readings")
    return sql`
      SELECT ${head}, start_at_ms, ${width}, ${tail} FROM (
        SELECT place, ${startOf(sql`observed_at_ms`, everyMs)} AS start_at_ms, ${OF_READINGS}
        FROM (${readings}) reading GROUP BY 1, 2
      ) part`;
  const table = kind === "minutes" ? "rollups_1m" : "rollups_1h";
  // Whole pieces of the roll-up's width: what came since is as wide, or narrower.
  const inRange = sql`start_at_ms >= ${fromMs} AND start_at_ms < ${toMs}`;
  return sql`
    SELECT ${head}, start_at_ms, ${width}, ${tail} FROM (
      SELECT place, ${startOf(sql`start_at_ms`, everyMs)} AS start_at_ms, ${OF_PARTS} FROM (
        SELECT series_id, start_at_ms, count, bad_count, min, max, sum,
          CASE WHEN last IS NOT NULL THEN ARRAY[last_at_ms, last_seq, last] END AS last, lag_count, lag_sum_ms, lag_max_ms
        FROM ${sql.table(table)} WHERE series_id = ANY(${ids}) AND ${inRange}
        UNION ALL SELECT * FROM unrolled WHERE ${inRange}
      ) known JOIN wanted USING (series_id) GROUP BY 1, 2
    ) part`;
}

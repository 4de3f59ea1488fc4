/** Points straight from readings, until the reader of roll-ups is there. */
import { sql } from "kysely";
import type { SeriesPoints } from "../../contracts/wire/history.ts";
import type { Database } from "../database/schema.ts";
import type { Range, Series, SeriesReader } from "./series-store.ts";

type Row = {
  readonly place: number;
  readonly atMs: number;
  readonly min: number | null;
  readonly mean: number | null;
  readonly max: number | null;
  readonly last: number | null;
  readonly count: number;
  readonly bad: number;
};

export function interimReader(db: Database): SeriesReader {
  return {
    name: "postgresql",
    async read(series, range) {
      const rows = await rowsOf(db, series, range);
      const answer = series.map(
        (): SeriesPoints => ({ atMs: [], min: [], mean: [], max: [], last: [], count: [], bad: [] }),
      );
      for (const { place, atMs, min, mean, max, last, count, bad } of rows) {
        const points = answer[place];
        if (points === undefined || (range.everyMs === null && points.atMs.length >= range.pointsMax))
          continue;
        points.atMs.push(atMs);
        points.min.push(min);
        points.mean.push(mean);
        points.max.push(max);
        points.last.push(last);
        points.count.push(count);
        points.bad.push(bad);
      }
      return answer;
    },
  };
}

async function rowsOf(
  db: Database,
  series: readonly Series[],
  { fromMs, toMs, everyMs }: Range,
): Promise<readonly Row[]> {
  const places = JSON.stringify(
    series.flatMap(({ seriesIds }, place) => seriesIds.map((id) => ({ id, place }))),
  );
  const group =
    everyMs === null
      ? sql`wanted.place, observed_at_ms, journal_id, lane, seq`
      : sql`wanted.place, observed_at_ms / ${everyMs}::bigint`;
  const atMs =
    everyMs === null
      ? sql`min(observed_at_ms)`
      : sql`min(observed_at_ms) / ${everyMs}::bigint * ${everyMs}::bigint`;
  const isGood = sql`flags & 39 = 0`;
  const { rows } = await sql<Row>`
    SELECT wanted.place, ${atMs} AS at_ms, min(value) FILTER (WHERE ${isGood}) AS min, avg(value) FILTER (WHERE ${isGood}) AS mean,
      max(value) FILTER (WHERE ${isGood}) AS max,
      (array_agg(value ORDER BY observed_at_ms DESC, seq DESC) FILTER (WHERE ${isGood}))[1] AS last,
      (count(*) FILTER (WHERE ${isGood}))::int AS count, (count(*) FILTER (WHERE NOT (${isGood})))::int AS bad
    FROM readings JOIN jsonb_to_recordset(${places}::jsonb) AS wanted(id int, place int) ON wanted.id = series_id
    WHERE observed_at_ms >= ${fromMs} AND observed_at_ms < ${toMs}
    GROUP BY ${group} ORDER BY 1, 2`.execute(db);
  return rows;
}

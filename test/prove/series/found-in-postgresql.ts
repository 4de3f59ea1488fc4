/** What lies in the cloud's database, read by SQL of the proof's own: raw readings, and both roll-ups. */
import { PGlite } from "@electric-sql/pglite";
import pg from "pg";
import type { Found, FoundSeries } from "./tally.ts";

/** Bits of `flags`: a reason to distrust it, and that there is no value. */
const RAW = `
  SELECT series.gateway_id || ' ' || series.device_id || ' ' || series.metric AS name,
    count(*) FILTER (WHERE flags & 39 = 0)::float8 AS good,
    coalesce(sum(value) FILTER (WHERE flags & 39 = 0), 0) AS "goodSum",
    count(*) FILTER (WHERE flags & 7 <> 0)::float8 AS bad,
    coalesce(sum(value) FILTER (WHERE flags & 7 <> 0), 0) AS "badSum",
    count(*) FILTER (WHERE flags & 32 <> 0)::float8 AS empty
  FROM readings JOIN series USING (series_id) GROUP BY 1`;
const rolledUp = (table: string) => `
  SELECT series.gateway_id || ' ' || series.device_id || ' ' || series.metric AS name,
    sum(count)::float8 AS good, sum(sum) AS "goodSum", sum(bad_count)::float8 AS unusable
  FROM ${table} JOIN series USING (series_id) GROUP BY 1`;

export type InPostgresql = {
  readonly raw: FoundSeries;
  readonly minutes: FoundSeries;
  readonly hours: FoundSeries;
  readonly parked: number;
};

/** `where`: an address, or the directory of an embedded database that nobody has open. */
export async function foundInPostgresql(
  where: { readonly url: string } | { readonly directory: string },
): Promise<InPostgresql> {
  const database = await open(where);
  const series = async (sql: string) => {
    const rows = await database.rows<Found & { readonly name: string }>(sql);
    return new Map(rows.map(({ name, ...found }) => [name, found]));
  };
  try {
    const [parked] = await database.rows<{ count: number }>(
      "SELECT count(*)::int AS count FROM parked_records",
    );
    return {
      raw: await series(RAW),
      minutes: await series(rolledUp("rollups_1m")),
      hours: await series(rolledUp("rollups_1h")),
      parked: parked?.count ?? 0,
    };
  } finally {
    await database.close();
  }
}

async function open(where: { readonly url: string } | { readonly directory: string }) {
  if ("url" in where) {
    const client = new pg.Client({ connectionString: where.url });
    await client.connect();
    const rows = async <Row extends object>(sql: string) => (await client.query<Row>(sql)).rows;
    return { rows, close: () => client.end() };
  }
  const database = await PGlite.create(where.directory);
  const rows = async <Row extends object>(sql: string) => (await database.query<Row>(sql)).rows;
  return { rows, close: () => database.close() };
}

/** What the cloud has in its database of the newest journal, read after the cloud has stopped. */
import { join } from "node:path";
import { PGlite } from "@electric-sql/pglite";
import pg from "pg";
import { IS_FOUND } from "../../support/unfound-readings.ts";

export type StoredReading = {
  readonly deviceId: string;
  readonly metric: string;
  readonly value: number;
  readonly seq: number;
  readonly receivedAtMs: number;
};

/** A lane at the cloud: `mark` is what the gateway was told. */
export type StoredLane = {
  readonly lane: string;
  readonly mark: number;
  readonly stored: number;
  readonly parked: number;
  readonly tombstoned: number;
};

export type CloudFacts = {
  readonly readings: readonly StoredReading[];
  readonly lanes: readonly StoredLane[];
};

const NEWEST = `(SELECT max(journal_id) FROM journals)`;

/** What nobody finds by its time is lost. */
const READINGS = `
  SELECT device_id AS "deviceId", metric, value, seq, gateway_received_at_ms AS "receivedAtMs"
  FROM readings reading JOIN series USING (series_id)
  WHERE journal_id = ${NEWEST} AND ${IS_FOUND}
  ORDER BY lane, seq`;

const LANES = `
  SELECT lanes.lane, high_water_mark_seq AS mark,
    CASE lanes.lane WHEN 'beds'
      THEN (SELECT count(*) FROM bed_events e WHERE e.gateway_id = lanes.gateway_id AND e.epoch = lanes.epoch)
      ELSE (SELECT count(*) FROM readings r WHERE r.journal_id = lanes.journal_id
        AND r.lane = CASE lanes.lane WHEN 'vitals' THEN 1 ELSE 2 END)
    END AS stored,
    (SELECT count(*) FROM parked_records p
      WHERE p.gateway_id = lanes.gateway_id AND p.epoch = lanes.epoch AND p.lane = lanes.lane) AS parked,
    (SELECT coalesce(sum(through_seq - from_seq + 1), 0) FROM tombstones t WHERE t.journal_id = lanes.journal_id
      AND t.lane = CASE lanes.lane WHEN 'beds' THEN 0 WHEN 'vitals' THEN 1 ELSE 2 END) AS tombstoned
  FROM lanes WHERE journal_id = ${NEWEST} ORDER BY lanes.lane`;

export async function readCloud(
  cloudDirectory: string,
  databaseUrl = process.env.DATABASE_URL ?? "",
): Promise<CloudFacts> {
  return await withDatabase(cloudDirectory, databaseUrl, async (rowsOf) => ({
    readings: (await rowsOf(READINGS)).map(numbers<StoredReading>(["value", "seq", "receivedAtMs"])),
    lanes: (await rowsOf(LANES)).map(numbers<StoredLane>(["mark", "stored", "parked", "tombstoned"])),
  }));
}

type Row = Record<string, unknown>;

async function withDatabase<Answer>(
  cloudDirectory: string,
  databaseUrl: string,
  ask: (rowsOf: (sql: string) => Promise<Row[]>) => Promise<Answer>,
): Promise<Answer> {
  if (databaseUrl !== "") {
    const client = new pg.Client({ connectionString: databaseUrl });
    await client.connect();
    try {
      return await ask(async (sql) => (await client.query<Row>(sql)).rows);
    } finally {
      await client.end();
    }
  }
  const database = await PGlite.create(join(cloudDirectory, "pglite"));
  try {
    return await ask(async (sql) => (await database.query<Row>(sql)).rows);
  } finally {
    await database.close();
  }
}

/** PostgreSQL's drivers hand out 64-bit numbers as text. */
const numbers =
  <Wanted>(columns: readonly string[]) =>
  (row: Row): Wanted =>
    ({ ...row, ...Object.fromEntries(columns.map((column) => [column, Number(row[column])])) }) as Wanted;

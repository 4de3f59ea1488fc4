/** What the cloud stored of one device, in order, read from its database after the cloud has stopped. */
import { join } from "node:path";
import { PGlite } from "@electric-sql/pglite";
import pg from "pg";

export type StoredReading = {
  readonly metric: string;
  readonly value: number | null;
  readonly quality: string;
  readonly observedAtMs: number;
};

const READINGS = `
  SELECT series.metric, CASE WHEN readings.flags & 48 = 0 THEN readings.value END AS value,
    CASE WHEN readings.flags & 7 = 0 THEN 'good' ELSE 'bad' END AS quality,
    readings.observed_at_ms::float8 AS "observedAtMs"
  FROM readings JOIN series USING (series_id)
  WHERE series.device_id = $1 AND readings.gateway_received_at_ms >= $2
  ORDER BY readings.journal_id, readings.lane, readings.seq`;

export async function readStoredReadings(
  cloudDirectory: string,
  deviceId: string,
  fromMs: number,
): Promise<StoredReading[]> {
  const url = process.env.DATABASE_URL;
  if (url !== undefined) {
    const client = new pg.Client({ connectionString: url });
    await client.connect();
    try {
      return (await client.query<StoredReading>(READINGS, [deviceId, fromMs])).rows;
    } finally {
      await client.end();
    }
  }
  const database = await PGlite.create(join(cloudDirectory, "pglite"));
  try {
    return (await database.query<StoredReading>(READINGS, [deviceId, fromMs])).rows;
  } finally {
    await database.close();
  }
}

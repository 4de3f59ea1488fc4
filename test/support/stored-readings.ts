/** What the cloud stored of one device, in order, read from its database after the cloud has stopped. */
import { join } from "node:path";
import { PGlite } from "@electric-sql/pglite";
import pg from "pg";

export type StoredReading = {
  readonly metric: string;
  readonly value: number | null;
  readonly quality: string;
};

const READINGS = `
  SELECT metric, value_number AS value, quality FROM readings
  WHERE device_id = $1 AND gateway_received_at_ms >= $2
  ORDER BY epoch, lane, seq`;

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

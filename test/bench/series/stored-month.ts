/**
 * A database with a month of one hospital's wards, and beside it as many readings of another gateway as it takes to have so
 * many in all: written by the database itself, which is the fastest way to fill it.
 */
import { join } from "node:path";
import { sql } from "kysely";
import { pino } from "pino";
import { openDatabase } from "../../../cloud/database/open.ts";
import type { Database } from "../../../cloud/database/schema.ts";
import { RollupFeed } from "../../../cloud/history/postgresql/rollup-feed.ts";
import { blocksOf, noteBlocks } from "../../../cloud/ingest/reading-blocks.ts";
import { loadConfig } from "../../../config/load.ts";
import { WardFile } from "../../../config/ward.ts";
import { fillMonth } from "../../support/month-of-history.ts";

const WARD_FILE = join(import.meta.dirname, "../../../config/demo/ward.yaml");
const log = pino({ level: "silent" });

export const BED = "north-bed-01";
export const DAYS = 30;
const DAY_MS = 86_400_000;
/** Monitors that report each second for some hours, on different days. */
const FURTHER_SERIES = 240;
/** Of one statement: its time is limited. */
const ROWS_PER_STATEMENT = 500_000;
const ROLLED_UP_WITHIN_MS = 3_600_000;

export type StoredMonth = { readonly toMs: number; readonly rows: number };

export async function storeMonth(
  databaseUrl: string,
  { rows: wanted, everyMs }: { readonly rows: number; readonly everyMs: number },
  say: (line: string) => void,
): Promise<StoredMonth> {
  const toMs = Date.now();
  const opened = await openDatabase({ databaseUrl, dataDirectory: "", log });
  const { db } = opened;
  try {
    const hospitals = loadConfig(WardFile, WARD_FILE, "Ward file").hospitals.slice(0, 1);
    const { readings } = await fillMonth({ db, hospitals, toMs, days: DAYS, everyMs, seed: 1, say });
    const further = Math.max(0, wanted - readings);
    say(`${readings} readings of a month, and ${further} further ones`);
    await fillFurther(db, further, toMs - DAYS * DAY_MS);
    await noteBlocks(blocksOf(sql`readings`)).execute(db);
    await new RollupFeed({ db, log }).round(1, AbortSignal.timeout(ROLLED_UP_WITHIN_MS));
    await sql`ANALYZE`.execute(db);
    return { toMs, rows: readings + further };
  } finally {
    await opened.close();
  }
}

async function fillFurther(db: Database, count: number, fromMs: number): Promise<void> {
  const [journal] = (
    await sql<{ journalId: number }>`
      WITH gateway AS (INSERT INTO gateways (gateway_id, hospital_id) VALUES ('gw-further', 'north') RETURNING gateway_id),
      journal AS (INSERT INTO journals (gateway_id, epoch) SELECT gateway_id, '00000000000000ff' FROM gateway RETURNING *)
      SELECT journal_id FROM journal`.execute(db)
  ).rows;
  if (journal === undefined) throw new Error("a journal was to be made");
  const { journalId } = journal;
  await sql`
    INSERT INTO lanes (gateway_id, epoch, lane, high_water_mark_seq, superseded, journal_id)
    SELECT 'gw-further', '00000000000000ff', lane, 0, false, ${journalId}
    FROM unnest(ARRAY['beds', 'vitals', 'environment']) AS lane(lane)`.execute(db);
  await sql`
    INSERT INTO series (gateway_id, device_id, bed_id, room_id, metric, unit)
    SELECT 'gw-further', 'further-' || n, NULL, NULL, 'heart-rate', '/min'
    FROM generate_series(0, ${FURTHER_SERIES - 1}::int) AS n`.execute(db);
  for (let from = 0; from < count; from += ROWS_PER_STATEMENT) {
    const through = Math.min(count, from + ROWS_PER_STATEMENT);
    await sql`
      INSERT INTO readings (seq, value, observed_at_ms, gateway_received_at_ms, received_at_ms, clock_offset_ms,
        journal_id, series_id, lane, flags)
      SELECT n, 70 + n % 17, at_ms, at_ms + 40, at_ms + 500, 0, ${journalId}, further.series_id, 1, 8
      FROM (SELECT n, ${fromMs}::bigint + (n % ${FURTHER_SERIES}) % ${DAYS} * ${DAY_MS}::bigint
            + n / ${FURTHER_SERIES} * 1000 AS at_ms, n % ${FURTHER_SERIES} AS place
          FROM generate_series(${from + 1}::bigint, ${through}::bigint) AS n) AS made
        JOIN (SELECT series_id, row_number() OVER (ORDER BY series_id) - 1 AS place FROM series
          WHERE gateway_id = 'gw-further') AS further USING (place)`.execute(db);
    await sql`
      UPDATE lanes SET high_water_mark_seq = ${through}
      WHERE journal_id = ${journalId} AND lane = 'vitals'`.execute(db);
  }
}

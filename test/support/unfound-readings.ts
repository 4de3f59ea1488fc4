/** Readings that whoever asks by time would miss, since no block says that they are there. To be none, however they came. */
import { sql } from "kysely";
import type { Database } from "../../cloud/database/schema.ts";
import { BLOCK_SEQS, WEEK_MS } from "../../cloud/ingest/reading-blocks.ts";

/** Over `readings` as `reading`: some block covers it. */
export const IS_FOUND = `EXISTS (
  SELECT FROM reading_blocks block
  WHERE block.journal_id = reading.journal_id AND block.lane = reading.lane AND block.block = reading.seq / ${BLOCK_SEQS}
    AND block.week = reading.observed_at_ms / ${WEEK_MS}
    AND reading.observed_at_ms BETWEEN block.from_ms AND block.through_ms)`;

export async function unfoundReadings(db: Database): Promise<number> {
  const { rows } = await sql<{ count: number }>`
    SELECT count(*)::int AS count FROM readings reading WHERE NOT ${sql.raw(IS_FOUND)}`.execute(db);
  return rows[0]?.count ?? 0;
}

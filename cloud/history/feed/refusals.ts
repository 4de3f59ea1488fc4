/** What a store will never take is written down once, with its reason; it stays where it is in the database. */
import { sql } from "kysely";
import type { Database } from "../../database/schema.ts";
import type { Unfit } from "./chunk-reader.ts";

/** Noted of one chunk; of more than these only their number is told, by /metrics. */
const NOTED_MAX = 1_000;

export async function noteRefusals(
  db: Database,
  store: string,
  refused: readonly Unfit[],
  nowMs: number,
): Promise<void> {
  if (refused.length === 0) return;
  const rows = refused
    .slice(0, NOTED_MAX)
    .map(({ journalId, lane, seq, reason }) => ({ journal_id: journalId, lane, seq, reason }));
  await sql`
    INSERT INTO series_refusals (store, journal_id, lane, seq, reason, refused_at_ms)
    SELECT ${store}, journal_id, lane, seq, reason, ${nowMs}
    FROM jsonb_to_recordset(${JSON.stringify(rows)}::jsonb)
      AS refusal(journal_id int, lane smallint, seq bigint, reason text)
    ON CONFLICT DO NOTHING`.execute(db);
}

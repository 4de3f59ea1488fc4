/** Bundles are made anew whenever somebody asks: what was kept of one is of no use after some days. */
import { sql } from "kysely";
import type { Database } from "../../database/schema.ts";

/** A backlog of Kubo's is gone by then. */
export const BUNDLES_KEPT_MS = 7 * 86_400_000;

/**
 * The oldest that nobody has begun to publish go. Of one that was published the row stays without its bytes, so that an
 * erasure finds it there; how many of both. What is on its way, or is to be taken back, is left alone.
 */
export async function pruneBundles(
  db: Database,
  { nowMs, limit }: { nowMs: number; limit: number },
): Promise<number> {
  const isOld = sql`made_at_ms < ${nowMs - BUNDLES_KEPT_MS}`;
  const gone = await sql`
    DELETE FROM evidence_bundles WHERE cid IN (
      SELECT cid FROM evidence_bundles
      WHERE ${isOld} AND attempts = 0 AND published_at_ms IS NULL AND bytes IS NOT NULL
      ORDER BY cid LIMIT ${limit} FOR UPDATE SKIP LOCKED)
    RETURNING cid`.execute(db);
  const emptied = await sql`
    UPDATE evidence_bundles SET bytes = '' WHERE cid IN (
      SELECT cid FROM evidence_bundles
      WHERE ${isOld} AND published_at_ms IS NOT NULL AND next_attempt_at_ms IS NULL AND octet_length(bytes) > 0
      ORDER BY cid LIMIT ${limit} FOR UPDATE SKIP LOCKED)
    RETURNING cid`.execute(db);
  return gone.rows.length + emptied.rows.length;
}

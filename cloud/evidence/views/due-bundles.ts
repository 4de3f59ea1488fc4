/** Which bundles have somewhere to go, and how far they came. */
import { sql } from "kysely";
import type { Database } from "../../database/schema.ts";

/** `bytes` null: it is forgotten, and to be taken back from where it was published. */
export type DueBundle = {
  readonly cid: string;
  readonly bytes: Uint8Array | null;
  readonly attempts: number;
};

/** Takes them until `heldUntilMs`: of several processes one has each, and where it dies, another in its time. */
export async function takeDueBundles(
  db: Database,
  { nowMs, heldUntilMs, limit }: { nowMs: number; heldUntilMs: number; limit: number },
): Promise<DueBundle[]> {
  const { rows } = await sql<DueBundle>`
    UPDATE evidence_bundles SET attempts = attempts + 1, next_attempt_at_ms = ${heldUntilMs}
    WHERE cid IN (
      SELECT cid FROM evidence_bundles WHERE next_attempt_at_ms <= ${nowMs}
      ORDER BY next_attempt_at_ms, cid LIMIT ${limit} FOR UPDATE SKIP LOCKED)
    RETURNING cid, bytes, attempts`.execute(db);
  return rows;
}

/** False where it was forgotten meanwhile: then it is to be taken back. */
export async function storePublished(db: Database, cid: string, nowMs: number): Promise<boolean> {
  const { rows } = await sql`
    UPDATE evidence_bundles SET published_at_ms = ${nowMs}, pinned = true, next_attempt_at_ms = NULL, last_error = NULL
    WHERE cid = ${cid} AND bytes IS NOT NULL RETURNING cid`.execute(db);
  return rows.length > 0;
}

/** `nextAttemptAtMs` null: it stays as it is until a person looks. What was forgotten meanwhile stays due. */
export async function storeUnpublished(
  db: Database,
  { cid, bytes }: DueBundle,
  { nextAttemptAtMs, error }: { nextAttemptAtMs: number | null; error: string },
): Promise<void> {
  await sql`
    UPDATE evidence_bundles SET next_attempt_at_ms = ${nextAttemptAtMs}, last_error = ${error}
    WHERE cid = ${cid} AND (bytes IS NULL) = ${bytes === null}`.execute(db);
}

/** Of what was forgotten, once it is taken back. */
export async function dropForgotten(db: Database, cid: string): Promise<void> {
  await sql`DELETE FROM evidence_bundles WHERE cid = ${cid} AND bytes IS NULL`.execute(db);
}

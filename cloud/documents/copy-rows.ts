/** Copies of sealed documents outside of this database: which are to be made, which are there, which are to go. */
import { sql } from "kysely";
import * as z from "zod";
import type { Database, DatabaseTransaction } from "../database/schema.ts";
import { blocksOf } from "./content-id.ts";
import type { SealedDocument } from "./sealed-document.ts";

/** An attempt that is under way has so long; another process takes it up after that. */
const ATTEMPT_MS_MAX = 120_000;

const CopyToDo = z.object({
  cid: z.string(),
  documentId: z.uuid().nullable(),
  state: z.enum(["wanted", "unwanted"]),
  blockCids: z.array(z.string()),
  attempts: z.int(),
});
export type CopyToDo = z.infer<typeof CopyToDo>;

/** In the transaction that stores the document. */
export async function copyWanted(
  trx: DatabaseTransaction,
  { documentId, sealed }: Pick<SealedDocument, "documentId" | "sealed">,
  nowMs: number,
): Promise<void> {
  const { root, blocks } = blocksOf(sealed);
  const blockCids = JSON.stringify([...new Set([root, ...blocks.map(({ cid }) => cid)])]);
  await sql`
    INSERT INTO document_copies (cid, document_id, state, block_cids, attempts, next_attempt_at_ms)
    VALUES (${root}, ${documentId}, 'wanted', ${blockCids}::jsonb, 0, ${nowMs})`.execute(trx);
}

/** In the transaction that erases it. A copy that was never tried is nowhere. */
export async function copyUnwanted(
  trx: DatabaseTransaction,
  documentId: string,
  nowMs: number,
): Promise<void> {
  await sql`DELETE FROM document_copies WHERE document_id = ${documentId} AND state = 'wanted' AND attempts = 0`.execute(
    trx,
  );
  await sql`
    UPDATE document_copies SET document_id = NULL, state = 'unwanted', attempts = 0, last_error = NULL,
      next_attempt_at_ms = ${nowMs}
    WHERE document_id = ${documentId}`.execute(trx);
}

/** The one that is due first; until its time is over nobody else takes it. */
export async function takeCopy(db: Database, nowMs: number): Promise<CopyToDo | undefined> {
  const { rows } = await sql`
    UPDATE document_copies SET attempts = attempts + 1, next_attempt_at_ms = ${nowMs + ATTEMPT_MS_MAX}
    WHERE cid = (
      SELECT cid FROM document_copies WHERE state <> 'kept' AND next_attempt_at_ms <= ${nowMs}
      ORDER BY next_attempt_at_ms LIMIT 1 FOR UPDATE SKIP LOCKED)
    RETURNING cid, document_id, state, block_cids, attempts`.execute(db);
  return rows[0] === undefined ? undefined : CopyToDo.parse(rows[0]);
}

/** Where the document was erased while it was copied, the copy is to go, also if somebody has removed it before that. */
export async function copyDone(
  db: Database,
  { cid, state, blockCids }: CopyToDo,
  nowMs: number,
): Promise<void> {
  if (state === "unwanted") {
    await sql`DELETE FROM document_copies WHERE cid = ${cid} AND state = 'unwanted'`.execute(db);
    return;
  }
  const { rows } = await sql`
    UPDATE document_copies SET state = 'kept', last_error = NULL WHERE cid = ${cid} AND state = 'wanted'
    RETURNING cid`.execute(db);
  if (rows.length > 0) return;
  await sql`
    INSERT INTO document_copies (cid, state, block_cids, attempts, next_attempt_at_ms)
    VALUES (${cid}, 'unwanted', ${JSON.stringify(blockCids)}::jsonb, 0, ${nowMs})
    ON CONFLICT (cid) DO UPDATE SET next_attempt_at_ms = excluded.next_attempt_at_ms`.execute(db);
}

export async function copyFailed(
  db: Database,
  { cid, state }: CopyToDo,
  { error, nextAttemptAtMs }: { readonly error: string; readonly nextAttemptAtMs: number },
): Promise<void> {
  await sql`
    UPDATE document_copies SET last_error = ${error}, next_attempt_at_ms = ${nextAttemptAtMs}
    WHERE cid = ${cid} AND state = ${state}`.execute(db);
}

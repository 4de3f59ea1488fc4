/** Bundles that were made, kept under their CID until the leaf that they open is erased. */
import { sql } from "kysely";
import type { Database, DatabaseTransaction } from "../../database/schema.ts";
import type { LeafFacts, RecordName } from "./bundle-facts.ts";

export type MadeBundle = { readonly cid: string; readonly bytes: Uint8Array; readonly hasOpening: boolean };

/**
 * False, and nothing is kept, where the leaf was erased since its salt was read: the bundle must not leave this process.
 * The leaf's row is locked against that until the bundle is stored, where forgetBundles finds it.
 */
export async function keepBundle(
  db: Database,
  { cid, bytes, hasOpening }: MadeBundle,
  { bedId, leaf, name, nowMs }: { bedId: string; leaf: LeafFacts; name: RecordName; nowMs: number },
): Promise<boolean> {
  return await db.transaction().execute(async (trx) => {
    const { rows } = await sql<{ isOpen: boolean }>`
      SELECT salt IS NOT NULL AS is_open FROM evidence_leaves
      WHERE log_id = ${leaf.logId} AND index = ${leaf.index} FOR SHARE`.execute(trx);
    if (hasOpening && rows[0]?.isOpen !== true) return false;
    // Whoever asks for what was erased does not write down again which bed it was of.
    const keptBedId = hasOpening ? bedId : "";
    await sql`
      INSERT INTO evidence_bundles
        (cid, bytes, has_opening, origin, leaf_index, bed_id, epoch, seq, made_at_ms, next_attempt_at_ms)
      VALUES (${cid}, ${Buffer.from(bytes)}, ${hasOpening}, ${leaf.origin}, ${leaf.index}, ${keptBedId}, ${name.epoch},
        ${name.seq}, ${nowMs}, ${nowMs})
      ON CONFLICT (cid) DO NOTHING`.execute(trx);
    return true;
  });
}

/**
 * Of a leaf whose salt and payload were erased earlier in the same transaction: no bundle that opens it stays here, and
 * what was published of them is taken back by the publisher. One that is on its way there keeps its time until it arrived.
 */
export async function forgetBundles(trx: DatabaseTransaction, origin: string, index: number): Promise<void> {
  const ofLeaf = sql`origin = ${origin} AND leaf_index = ${index} AND has_opening`;
  await sql`DELETE FROM evidence_bundles WHERE ${ofLeaf} AND attempts = 0`.execute(trx);
  await sql`
    UPDATE evidence_bundles SET bytes = NULL, attempts = 0, next_attempt_at_ms = COALESCE(next_attempt_at_ms, 0)
    WHERE ${ofLeaf} AND bytes IS NOT NULL`.execute(trx);
}

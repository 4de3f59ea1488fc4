/** What an erasure does in the logs: the leaf stays in its tree, what it commits to goes, and a leaf says that it went. */
import { sql } from "kysely";
import type { Randomness } from "../clock.ts";
import type { DeskStep } from "../desk/desk-transaction.ts";
import { addPending } from "../evidence/pending.ts";
import { forgetBundles } from "../evidence/views/bundles.ts";
import { uuidOf } from "../exports/exports.ts";

/** `payload` null: it was erased before. */
export type LoggedLeaf = {
  readonly logId: number;
  readonly origin: string;
  readonly index: number;
  readonly payload: string | null;
  readonly erasedAtMs: number | null;
};

/** Answers the id of the entry that is to say so in the network's log. The leaf's row is locked by the caller. */
export async function emptyLeaf(
  { trx, nowMs }: DeskStep,
  { logId, origin, index }: LoggedLeaf,
  randomness: Randomness,
): Promise<string> {
  await sql`
    UPDATE evidence_leaves SET salt = NULL, payload = NULL, erased_at_ms = ${nowMs}
    WHERE log_id = ${logId} AND index = ${index}`.execute(trx);
  await forgetBundles(trx, origin, index);
  // What is left of them, to be taken back from elsewhere, does not say of which bed they were.
  await sql`
    UPDATE evidence_bundles SET bed_id = '', epoch = '', seq = 0
    WHERE origin = ${origin} AND leaf_index = ${index}`.execute(trx);
  const entryId = uuidOf(randomness.bytes(16));
  await addPending(trx, { entryId, leaf: { kind: "erasure", origin, index } }, nowMs);
  return entryId;
}

/** Erases a document: its sealed bytes, its key and its name, what the log commits to, and copies of it elsewhere. */
import { sql } from "kysely";
import * as z from "zod";
import { AtMs, BedId, HospitalId } from "../../contracts/wire/ids.ts";
import type { Randomness } from "../clock.ts";
import type { DatabaseTransaction } from "../database/schema.ts";
import { copyUnwanted } from "../documents/copy-rows.ts";
import { tellDocument } from "../documents/document-events.ts";
import { mergedInto } from "../documents/repository.ts";
import { encounterById } from "../encounters/repository.ts";
import { CloudError } from "../http/problem.ts";
import type { Hold } from "../retention/holds/hold.ts";
import { lockLegalHolds } from "../retention/holds/repository.ts";
import { emptyLeaf } from "./erased-leaf.ts";
import { erasedAlready, heldBack, type Target } from "./target.ts";

const LockedDocument = z.object({
  documentId: z.uuid(),
  encounterId: z.uuid(),
  hospitalId: HospitalId,
  entryId: z.uuid(),
  storedAtMs: AtMs,
});
type LockedDocument = z.infer<typeof LockedDocument>;
const Leaf = z.object({
  logId: z.int(),
  origin: z.string(),
  index: z.int(),
  payload: z.string().nullable(),
  erasedAtMs: AtMs.nullable(),
});

/** Locked to the transaction's end. Throws a CloudError. */
export async function lockDocument(
  trx: DatabaseTransaction,
  documentId: string,
  hospitalId: HospitalId,
  randomness: Randomness,
): Promise<Target> {
  const { rows } = await sql`
    SELECT document_id, encounter_id, hospital_id, entry_id, stored_at_ms FROM documents
    WHERE document_id = ${documentId} AND hospital_id = ${hospitalId} FOR UPDATE`.execute(trx);
  if (rows[0] === undefined)
    throw new CloudError("ERASURE_NOT_FOUND", "Your hospital has stored no such document.");
  const document = LockedDocument.parse(rows[0]);
  const { rows: leaves } = await sql`
    SELECT log.log_id, log.origin, leaf.index, leaf.payload, leaf.erased_at_ms
    FROM evidence_leaves leaf JOIN evidence_logs log ON log.log_id = leaf.log_id
    WHERE leaf.entry_id = ${document.entryId} FOR UPDATE OF leaf`.execute(trx);
  if (leaves[0] === undefined)
    throw new CloudError("ERASURE_NOT_LOGGED", "It was stored within the last second.");
  const leaf = Leaf.parse(leaves[0]);
  return {
    kind: "document",
    leaf,
    async destroy(step) {
      if (leaf.erasedAtMs !== null) throw erasedAlready(leaf);
      const bedIds = await bedsOf(trx, document);
      if ((await lockLegalHolds(trx)).some((hold) => holdsDocument(hold, document, bedIds))) throw heldBack();
      await copyUnwanted(trx, documentId, step.nowMs);
      await sql`DELETE FROM document_blocks WHERE document_id = ${documentId}`.execute(trx);
      await sql`
        UPDATE documents SET type = NULL, bytes = NULL, cid = NULL, key_id = NULL, wrapped_key = NULL,
          sealed_name = NULL, erased_at_ms = ${step.nowMs}
        WHERE document_id = ${documentId}`.execute(trx);
      tellDocument(step, "document-erased", document, null);
      const { origin, index } = leaf;
      return {
        leaves: [{ origin, index, entryId: await emptyLeaf(step, leaf, randomness) }],
        archives: [],
      };
    },
  };
}

/** A document is of no class and no device; by its patient it is of the beds in which they lay. */
function holdsDocument(
  hold: Hold,
  { hospitalId, storedAtMs }: LockedDocument,
  bedIds: readonly BedId[],
): boolean {
  return (
    hold.hospitalId === hospitalId &&
    hold.class === null &&
    hold.deviceId === null &&
    (hold.bedId === null || bedIds.includes(hold.bedId)) &&
    hold.fromMs <= storedAtMs &&
    (hold.toMs === null || storedAtMs < hold.toMs)
  );
}

async function bedsOf(trx: DatabaseTransaction, { encounterId }: LockedDocument): Promise<BedId[]> {
  const root = (await encounterById(trx, encounterId))?.encounterId ?? encounterId;
  const { rows } = await sql`
    SELECT DISTINCT bed_id FROM stays WHERE is_current AND encounter_id IN (${mergedInto(root)})`.execute(
    trx,
  );
  return z
    .object({ bedId: BedId })
    .array()
    .parse(rows)
    .map(({ bedId }) => bedId);
}

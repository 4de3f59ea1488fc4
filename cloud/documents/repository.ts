/** Documents in the database: what is known of each, its sealed blocks, and what the network's log says of it. */
import { type RawBuilder, sql } from "kysely";
import * as z from "zod";
import { isSame } from "../../contracts/log/bytes.ts";
import { commitmentOf, leafHash } from "../../contracts/log/hash.ts";
import { encodeNetworkLeaf } from "../../contracts/log/leaf.ts";
import { DocumentType } from "../../contracts/wire/documents.ts";
import { HospitalId } from "../../contracts/wire/ids.ts";
import { PersonRole } from "../../contracts/wire/roles.ts";
import type { DatabaseTransaction } from "../database/schema.ts";
import { blocksOf } from "./content-id.ts";
import type { SealedDocument } from "./sealed-document.ts";

const bytes = z.instanceof(Uint8Array);

const StoredDocument = z
  .object({
    documentId: z.uuid(),
    encounterId: z.uuid(),
    hospitalId: HospitalId,
    type: DocumentType,
    bytes: z.int(),
    cid: z.string(),
    keyId: z.string(),
    wrappedKey: bytes,
    sealedName: bytes,
    entryId: z.uuid(),
    storedAtMs: z.int(),
    role: PersonRole,
    origin: z.string().nullable(),
    index: z.int().nullable(),
  })
  .transform(({ keyId, wrappedKey, origin, index, ...row }) => ({
    ...row,
    key: { keyId, wrapped: wrappedKey },
    logged: origin === null || index === null ? null : { origin, index },
  }));
export type StoredDocument = z.infer<typeof StoredDocument>;

/** An encounter and all that were merged into it: what was stored for them is its. */
export const mergedInto = (encounterId: string) => sql`
  WITH RECURSIVE merged AS (
    SELECT ${encounterId}::uuid AS encounter_id
    UNION SELECT encounters.encounter_id FROM encounters JOIN merged ON encounters.merged_into = merged.encounter_id
  ) SELECT encounter_id FROM merged`;

/** Those that are not erased, oldest first. `where` speaks of `document`. */
async function selectDocuments(
  trx: DatabaseTransaction,
  where: RawBuilder<unknown>,
): Promise<StoredDocument[]> {
  const { rows } = await sql`
    SELECT document.document_id, document.encounter_id, document.hospital_id, document.type, document.bytes,
      document.cid, document.key_id, document.wrapped_key, document.sealed_name, document.entry_id,
      document.stored_at_ms, document.role, log.origin, leaf.index
    FROM documents document
      LEFT JOIN evidence_leaves leaf ON leaf.entry_id = document.entry_id
      LEFT JOIN evidence_logs log ON log.log_id = leaf.log_id
    WHERE document.erased_at_ms IS NULL AND ${where}
    ORDER BY document.stored_at_ms, document.document_id`.execute(trx);
  return StoredDocument.array().parse(rows);
}

export async function documentsOf(trx: DatabaseTransaction, encounterId: string): Promise<StoredDocument[]> {
  return await selectDocuments(trx, sql`document.encounter_id IN (${mergedInto(encounterId)})`);
}

export async function documentById(
  trx: DatabaseTransaction,
  documentId: string,
): Promise<StoredDocument | undefined> {
  const [found] = await selectDocuments(trx, sql`document.document_id = ${documentId}`);
  return found;
}

export type NewDocument = SealedDocument & {
  readonly entryId: string;
  readonly storedAtMs: number;
  readonly role: PersonRole;
  readonly sessionSha256: string;
};

export async function insertDocument(
  trx: DatabaseTransaction,
  { key, sealed, sealedName, ...document }: NewDocument,
): Promise<void> {
  const row = { ...document, keyId: key.keyId, wrappedKey: Buffer.from(key.wrapped) };
  await trx
    .insertInto("documents")
    .values({ ...row, sealedName: Buffer.from(sealedName), erasedAtMs: null })
    .execute();
  for (const [place, { cid, bytes: block }] of blocksOf(sealed).blocks.entries())
    await trx
      .insertInto("documentBlocks")
      .values({ documentId: document.documentId, place, cid, bytes: Buffer.from(block) })
      .execute();
}

/** The sealed bytes, as they lie here. */
export async function sealedBytes(trx: DatabaseTransaction, documentId: string): Promise<Uint8Array> {
  const rows = await trx
    .selectFrom("documentBlocks")
    .select("bytes")
    .where("documentId", "=", documentId)
    .orderBy("place")
    .execute();
  return Buffer.concat(rows.map((row) => row.bytes));
}

const Logged = z.object({
  salt: bytes.nullable(),
  payload: z.string().nullable(),
  leaf: bytes,
  /** Of the leaf in the tree; null: it waits to be taken in. */
  hash: bytes.nullable(),
});

/**
 * What the log commits to; null where what stands beside the entry is not that, or the entry is not what is in the tree.
 * Looked for where it waits first: it may be taken in at this moment, and never goes back.
 */
export async function payloadOf(trx: DatabaseTransaction, entryId: string): Promise<string | null> {
  const { rows: waiting } = await sql`
    SELECT salt, payload, leaf, NULL AS hash FROM evidence_pending WHERE entry_id = ${entryId}`.execute(trx);
  const { rows: taken } = await sql`
    SELECT leaf.salt, leaf.payload, leaf.leaf, node.hash FROM evidence_leaves leaf
      JOIN evidence_nodes node ON node.log_id = leaf.log_id AND node.level = 0 AND node.index = leaf.index
    WHERE leaf.entry_id = ${entryId}`.execute(trx);
  const found = waiting[0] ?? taken[0];
  if (found === undefined) return null;
  const { salt, payload, leaf, hash } = Logged.parse(found);
  if (salt === null || payload === null) return null;
  const commitment = commitmentOf(salt, new TextEncoder().encode(payload));
  const isCommitted = isSame(encodeNetworkLeaf({ kind: "document", commitment }), leaf);
  return isCommitted && (hash === null || isSame(leafHash(leaf), hash)) ? payload : null;
}

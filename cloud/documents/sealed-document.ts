/**
 * A document as it lies in the database and wherever else it is copied to. It has a data key of its own, so that it is
 * gone when that key is. What is sealed is `salt (32 bytes) ‖ document`: the log's payload commits to both, so that a
 * guess of a short document cannot be tried by whoever has the disk, and the hospital can still prove what it said.
 */
import * as z from "zod";
import { fromBase64, isSame, toBase64, utf8 } from "../../contracts/log/bytes.ts";
import { commitmentOf, SALT_BYTES } from "../../contracts/log/hash.ts";
import { DocumentName, DocumentType } from "../../contracts/wire/documents.ts";
import type { HospitalId } from "../../contracts/wire/ids.ts";
import type { Randomness } from "../clock.ts";
import type { KeyProvider, WrappedKey } from "../encounters/key-provider.ts";
import { KEY_BYTES, SealBrokenError, seal, unseal } from "../encounters/seal.ts";
import { blocksOf } from "./content-id.ts";

/** Which document, and whose; sealed for another it does not open as this one. */
export type DocumentPlace = {
  readonly documentId: string;
  readonly encounterId: string;
  readonly hospitalId: HospitalId;
};
export type PlainDocument = {
  readonly name: string;
  readonly type: DocumentType;
  readonly content: Uint8Array;
};
export type SealedDocument = DocumentPlace & {
  readonly type: DocumentType;
  /** Of the document itself. */
  readonly bytes: number;
  readonly cid: string;
  readonly key: WrappedKey;
  readonly sealedName: Uint8Array;
  readonly sealed: Uint8Array;
};

export type Sealing = { readonly keys: KeyProvider; readonly randomness: Randomness };

/** What the network's log commits to. */
const LoggedDocument = z.strictObject({
  documentId: z.uuid(),
  encounterId: z.uuid(),
  hospitalId: z.string(),
  cid: z.string(),
  type: DocumentType,
  bytes: z.int(),
  commitment: z.string(),
});

export async function sealDocument(
  place: DocumentPlace,
  { name, type, content }: PlainDocument,
  { keys, randomness }: Sealing,
): Promise<{ readonly document: SealedDocument; readonly payload: string }> {
  const dataKey = randomness.bytes(KEY_BYTES);
  const salt = randomness.bytes(SALT_BYTES);
  const sealed = seal(Buffer.concat([salt, content]), dataKey, boundTo(place, "content"), randomness);
  const sealedName = seal(utf8(name), dataKey, boundTo(place, "name"), randomness);
  const { root: cid } = blocksOf(sealed);
  const facts = { ...place, cid, type, bytes: content.length };
  const logged: z.infer<typeof LoggedDocument> = {
    ...facts,
    commitment: toBase64(commitmentOf(salt, content)),
  };
  const document = { ...facts, key: await keys.wrap(dataKey), sealedName, sealed };
  return { document, payload: JSON.stringify(logged) };
}

/**
 * In this order: the stored bytes are those of the CID, the log says the same of the document, they open with its key,
 * and they are what was committed to. `payload` null: what the log commits to is not what stands beside it. Throws
 * SealBrokenError, or what the provider throws.
 */
export async function openDocument(
  document: SealedDocument,
  payload: string | null,
  { keys }: Pick<Sealing, "keys">,
): Promise<PlainDocument> {
  if (blocksOf(document.sealed).root !== document.cid)
    throw new SealBrokenError("the stored bytes are not those of the document's CID");
  const logged = loggedAs(document, payload);
  const dataKey = await keys.unwrap(document.key);
  const opened = unseal(document.sealed, dataKey, boundTo(document, "content"));
  const [salt, content] = [opened.subarray(0, SALT_BYTES), opened.subarray(SALT_BYTES)];
  const commitment = fromBase64(logged.commitment) ?? new Uint8Array(0);
  if (content.length !== document.bytes || !isSame(commitmentOf(salt, content), commitment))
    throw new SealBrokenError("what was sealed is not what the log commits to");
  return { name: nameOf(document, dataKey), type: document.type, content };
}

/** Without its content, for lists. */
export async function openName(
  document: Omit<SealedDocument, "sealed">,
  { keys }: Pick<Sealing, "keys">,
): Promise<string> {
  return nameOf(document, await keys.unwrap(document.key));
}

function nameOf(document: Omit<SealedDocument, "sealed">, dataKey: Uint8Array): string {
  const text = new TextDecoder().decode(unseal(document.sealedName, dataKey, boundTo(document, "name")));
  const name = DocumentName.safeParse(text);
  // The schema's own error would quote what it found.
  if (!name.success) throw new SealBrokenError("what was sealed is no name");
  return name.data;
}

function loggedAs(
  document: Omit<SealedDocument, "sealed">,
  payload: string | null,
): z.infer<typeof LoggedDocument> {
  const logged = LoggedDocument.safeParse(parsed(payload ?? "null")).data;
  const isOfIt =
    logged !== undefined &&
    (["documentId", "encounterId", "hospitalId", "cid", "type", "bytes"] as const).every(
      (fact) => logged[fact] === document[fact],
    );
  if (!isOfIt) throw new SealBrokenError("the log says something else of the document");
  return logged;
}

function parsed(json: string): unknown {
  try {
    return JSON.parse(json);
  } catch {
    return null;
  }
}

const boundTo = ({ documentId, encounterId, hospitalId }: DocumentPlace, part: "content" | "name") =>
  ["hospitell-document", documentId, encounterId, hospitalId, part] as const;

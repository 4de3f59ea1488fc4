/**
 * A patient's documents: stored sealed, listed and fetched by who may read them. What does not open, or is not what was
 * stored, is shown to nobody. Each storing and reading is kept on record, without what the document says.
 */
import type { Logger } from "pino";
import { isSame } from "../../contracts/log/bytes.ts";
import { commitmentOf, SALT_BYTES } from "../../contracts/log/hash.ts";
import {
  DOCUMENTS_PER_ENCOUNTER_MAX,
  type DocumentList,
  type DocumentView,
} from "../../contracts/wire/documents.ts";
import type { HospitalId } from "../../contracts/wire/ids.ts";
import type { PersonCaller } from "../access/scope.ts";
import { type DeskDeps, type DeskStep, inDeskTransaction } from "../desk/desk-transaction.ts";
import { type Once, once } from "../desk/idempotent.ts";
import { KeyMissingError } from "../encounters/key-provider.ts";
import { requireEncounter } from "../encounters/may-read.ts";
import { encounterById, lockEncounters } from "../encounters/repository.ts";
import { SealBrokenError } from "../encounters/seal.ts";
import { addPending } from "../evidence/pending.ts";
import { uuidOf } from "../exports/exports.ts";
import { CloudError } from "../http/problem.ts";
import { rfc3339 } from "../registry/bed-view.ts";
import { consentsOf } from "./consent-repository.ts";
import { copyWanted } from "./copy-rows.ts";
import { tellDocument } from "./document-events.ts";
import { mayReadDocument, readsByConsent } from "./may.ts";
import {
  documentById,
  documentsOf,
  insertDocument,
  payloadOf,
  type StoredDocument,
  sealedBytes,
} from "./repository.ts";
import { openDocument, openName, type PlainDocument, type Sealing, sealDocument } from "./sealed-document.ts";

export type DocumentsDeps = DeskDeps &
  Sealing & {
    readonly log: Pick<Logger, "error">;
    /** The sealed bytes are to be copied to another place too. */
    readonly isCopied: boolean;
  };

/** Nothing of the document is among it: a hash of a short one would tell what it says. */
const uploadAsked = (caller: PersonCaller, encounterId: string, key: string): Once => ({
  caller,
  key,
  route: "POST /api/v1/encounters/:encounterId/documents",
  request: { encounterId },
});

export class Documents {
  readonly #deps: DocumentsDeps;

  constructor(deps: DocumentsDeps) {
    this.#deps = deps;
  }

  /** Before its body is read. What is stored under the key by now is no refusal, wherever the patient has gone since. */
  async requireMayStore(caller: PersonCaller, encounterId: string, key: string): Promise<void> {
    const encounter = await encounterById(this.#deps.db, encounterId);
    if (encounter !== undefined && encounter.hospitalId === caller.hospitalId) return;
    await once(this.#deps, uploadAsked(caller, encounterId, key), async (step) => {
      await lockedPlace(step, caller, encounterId);
      throw new CloudError("DOCUMENTS_BUSY", "The patient has come to the hospital at this moment.");
    });
  }

  async store(
    caller: PersonCaller,
    encounterId: string,
    plain: PlainDocument,
    key: string,
  ): Promise<{ readonly view: DocumentView; readonly isRepetition: boolean }> {
    const { answer, isRepetition } = await once(
      this.#deps,
      uploadAsked(caller, encounterId, key),
      async (step) => this.#insert(step, caller, await lockedPlace(step, caller, encounterId), plain),
    );
    return await inDeskTransaction(this.#deps, caller, async (step) => {
      const stored = requireFound(await documentById(step.trx, answer.documentId));
      if (isRepetition) await this.#requireSame(step, stored, plain);
      return { view: viewOf(stored, plain.name), isRepetition };
    });
  }

  async list(caller: PersonCaller, encounterId: string): Promise<DocumentList> {
    return await inDeskTransaction(this.#deps, caller, async ({ trx, nowMs }) => {
      const encounter = await encounterById(trx, encounterId);
      if (encounter === undefined) throw noEncounter();
      const consents = await consentsOf(trx, encounter.encounterId);
      const all = await documentsOf(trx, encounter.encounterId);
      const readable = all.filter((document) => mayReadDocument(caller, document, consents, nowMs));
      const isTheirs = encounter.hospitalId === caller.hospitalId;
      if (readable.length === 0 && !isTheirs && !readsByConsent(caller, consents, nowMs)) throw noEncounter();
      const documents: DocumentView[] = [];
      for (const document of readable) documents.push(viewOf(document, await this.#nameOf(document)));
      return { documents, serverTime: rfc3339(nowMs) };
    });
  }

  async view(caller: PersonCaller, documentId: string): Promise<DocumentView> {
    return await inDeskTransaction(this.#deps, caller, async (step) => {
      const stored = await readableDocument(step, caller, documentId);
      return viewOf(stored, await this.#nameOf(stored));
    });
  }

  async fetch(caller: PersonCaller, documentId: string): Promise<PlainDocument> {
    return await inDeskTransaction(this.#deps, caller, async (step) => {
      const stored = await readableDocument(step, caller, documentId);
      const plain = await this.#opened(step, stored);
      tellDocument(step, "document-read", stored, caller.hospitalId);
      return plain;
    });
  }

  async #insert(
    step: DeskStep,
    caller: PersonCaller,
    place: { readonly encounterId: string; readonly hospitalId: HospitalId },
    plain: PlainDocument,
  ): Promise<{ documentId: string }> {
    const { randomness } = this.#deps;
    const { trx, nowMs } = step;
    if ((await documentsOf(trx, place.encounterId)).length >= DOCUMENTS_PER_ENCOUNTER_MAX)
      throw new CloudError(
        "DOCUMENTS_TOO_MANY",
        `The encounter has ${DOCUMENTS_PER_ENCOUNTER_MAX} documents, which is the most.`,
      );
    const documentId = uuidOf(randomness.bytes(16));
    const entryId = uuidOf(randomness.bytes(16));
    const { document, payload } = await sealDocument({ documentId, ...place }, plain, this.#deps);
    const { role, sessionSha256 } = caller;
    await insertDocument(trx, { ...document, entryId, storedAtMs: nowMs, role, sessionSha256 });
    const salt = randomness.bytes(SALT_BYTES);
    const commitment = commitmentOf(salt, new TextEncoder().encode(payload));
    await addPending(trx, { entryId, leaf: { kind: "document", commitment }, salt, payload }, nowMs);
    if (this.#deps.isCopied) await copyWanted(trx, document, nowMs);
    tellDocument(step, "document-stored", document, null);
    return { documentId };
  }

  async #requireSame(step: DeskStep, stored: StoredDocument, plain: PlainDocument): Promise<void> {
    const first = await this.#opened(step, stored);
    const { name, type, content } = plain;
    if (first.name !== name || first.type !== type || !isSame(first.content, content))
      throw new CloudError("IDEMPOTENCY_KEY_REUSED", "This key was used for another document before.");
  }

  async #opened(step: DeskStep, stored: StoredDocument): Promise<PlainDocument> {
    const { documentId } = stored;
    const sealed = await sealedBytes(step.trx, documentId);
    const payload = await payloadOf(step.trx, stored.entryId);
    try {
      return await openDocument({ ...stored, sealed }, payload, this.#deps);
    } catch (error) {
      if (error instanceof KeyMissingError)
        throw new CloudError("DOCUMENT_SEALED", `It does not open here: ${error.message}.`);
      if (!(error instanceof SealBrokenError) && !(error instanceof RangeError)) throw error;
      this.#deps.log.error(
        { documentId, hospitalId: stored.hospitalId, reason: error.message },
        "a document is not what was stored, and is shown to nobody",
      );
      throw new CloudError("DOCUMENT_DAMAGED", `It is not shown: ${error.message}.`);
    }
  }

  async #nameOf(stored: StoredDocument): Promise<string | null> {
    try {
      return await openName(stored, this.#deps);
    } catch (error) {
      if (error instanceof KeyMissingError || error instanceof SealBrokenError) return null;
      throw error;
    }
  }
}

const noEncounter = () =>
  new CloudError("ENCOUNTER_NOT_FOUND", "There is no such encounter among those that you may see.");
const noDocument = () =>
  new CloudError("DOCUMENT_NOT_FOUND", "There is no such document among those that you may read.");

function requireFound(stored: StoredDocument | undefined): StoredDocument {
  if (stored === undefined) throw noDocument();
  return stored;
}

export async function lockedPlace({ trx }: DeskStep, caller: PersonCaller, encounterId: string) {
  const asked = await encounterById(trx, encounterId);
  if (asked !== undefined) await lockEncounters(trx, [asked.encounterId]);
  // It may have been merged, or have come to another hospital, while the lock was waited for.
  return requireEncounter(caller, await encounterById(trx, encounterId));
}

async function readableDocument(
  { trx, nowMs }: DeskStep,
  caller: PersonCaller,
  documentId: string,
): Promise<StoredDocument> {
  const stored = requireFound(await documentById(trx, documentId));
  const encounter = await encounterById(trx, stored.encounterId);
  const consents = await consentsOf(trx, encounter?.encounterId ?? stored.encounterId);
  if (!mayReadDocument(caller, stored, consents, nowMs)) throw noDocument();
  return stored;
}

function viewOf(stored: StoredDocument, name: string | null): DocumentView {
  const { documentId, encounterId, hospitalId, type, bytes, storedAtMs, role, logged } = stored;
  const facts = { documentId, encounterId, hospitalId, name, type, bytes };
  return { ...facts, storedAt: rfc3339(storedAtMs), storedBy: role, logged };
}

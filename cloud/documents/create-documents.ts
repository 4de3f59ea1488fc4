/** Puts documents, consents and erasures together. */
import type { Logger } from "pino";
import type { Randomness } from "../clock.ts";
import type { DeskDeps } from "../desk/desk-transaction.ts";
import type { KeyProvider } from "../encounters/key-provider.ts";
import { Erasures } from "../erasure/erasures.ts";
import type { BlobPlace } from "./blob-place.ts";
import { Consents } from "./consents.ts";
import { Copier } from "./copier.ts";
import { Documents } from "./documents.ts";

export type CreateDocumentsDeps = {
  readonly desk: DeskDeps;
  readonly keys: KeyProvider;
  readonly randomness: Randomness;
  /** Null: documents are in the database alone. */
  readonly place: BlobPlace | null;
  readonly log: Logger;
};

export function createDocuments({ desk, keys, randomness, place, log }: CreateDocumentsDeps) {
  const copier = place === null ? null : new Copier({ db: desk.db, clock: desk.clock, place, log });
  return {
    routes: {
      documents: new Documents({ ...desk, keys, randomness, log, isCopied: place !== null }),
      consents: new Consents({ ...desk, randomness }),
      erasures: new Erasures({ ...desk, randomness }),
    },
    copier,
    async run(signal: AbortSignal): Promise<void> {
      await copier?.run(signal);
    },
  };
}

/** Documents, consents and erasures, as Kysely sees them; what each means stands in migrations/0017-documents.ts. */
import type { JSONColumnType } from "kysely";

export type DocumentTables = {
  documents: {
    documentId: string;
    encounterId: string;
    hospitalId: string;
    type: string | null;
    bytes: number | null;
    cid: string | null;
    keyId: string | null;
    wrappedKey: Uint8Array | null;
    sealedName: Uint8Array | null;
    entryId: string;
    storedAtMs: number;
    role: string;
    sessionSha256: string;
    erasedAtMs: number | null;
  };
  documentBlocks: { documentId: string; place: number; cid: string; bytes: Uint8Array };
  documentCopies: {
    cid: string;
    documentId: string | null;
    state: "wanted" | "kept" | "unwanted";
    blockCids: JSONColumnType<string[], string, string>;
    attempts: number;
    nextAttemptAtMs: number;
    lastError: string | null;
  };
  consents: {
    consentId: string;
    encounterId: string;
    kind: string;
    hospitalId: string;
    untilMs: number;
    formDocumentId: string | null;
    givenAtMs: number;
    givenRole: string;
    givenHospitalId: string;
    givenSessionSha256: string;
    givenEntryId: string;
    withdrawnAtMs: number | null;
    withdrawnRole: string | null;
    withdrawnHospitalId: string | null;
    withdrawnSessionSha256: string | null;
    withdrawnEntryId: string | null;
  };
  erasures: {
    origin: string;
    index: number;
    erasureId: string;
    hospitalId: string;
    kind: string;
    entryId: string;
    reason: string;
    atMs: number;
    role: string;
    sessionSha256: string;
  };
};

/** The tables of the logs, as Kysely sees them; what each means stands in migrations/0015-evidence.ts. */
import type { Generated, GeneratedAlways, JSONColumnType } from "kysely";

type Json = JSONColumnType<object, string, string>;

export type EvidenceTables = {
  evidenceLogs: {
    logId: GeneratedAlways<number>;
    origin: string;
    gatewayId: string | null;
    epoch: string | null;
    size: number;
    frontier: Uint8Array;
    heardAtMs: number | null;
    sentAtMs: number | null;
    comparedSize: Generated<number>;
    publicKey: Uint8Array | null;
    halted: string | null;
    resumedAtMs: number | null;
    resumedBy: string | null;
    resumeReason: string | null;
  };
  evidenceLeaves: {
    logId: number;
    index: number;
    kind: string;
    lane: string | null;
    firstSeq: number | null;
    lastSeq: number | null;
    leaf: Uint8Array;
    salt: Uint8Array | null;
    payload: string | null;
    entryId: string | null;
    addedAtMs: number;
    erasedAtMs: number | null;
  };
  evidenceNodes: { logId: number; level: number; index: number; hash: Uint8Array };
  evidenceCheckpoints: {
    logId: number;
    size: number;
    root: Uint8Array;
    note: string;
    signedAtMs: number;
    receivedAtMs: number;
    position: Generated<number | null>;
    networkIndex: number | null;
    isKept: Generated<boolean>;
  };
  evidencePending: {
    position: Generated<number>;
    entryId: string;
    kind: string;
    leaf: Uint8Array;
    salt: Uint8Array | null;
    payload: string | null;
    createdAtMs: number;
  };
  evidenceCosignatures: {
    size: number;
    gatewayId: string;
    publicKey: Uint8Array;
    line: string;
    cosignedAtMs: number;
    receivedAtMs: number;
  };
  evidenceKeys: {
    gatewayId: string;
    publicKey: Uint8Array;
    addedEntryId: string;
    revokedEntryId: string | null;
    addedAtMs: number;
    revokedAtMs: number | null;
    revokedBy: string | null;
    revokeReason: string | null;
  };
  evidenceAlarms: {
    alarmId: string;
    kind: string;
    gatewayId: string | null;
    subject: string;
    detail: string;
    proof: Json | null;
    atMs: number;
  };
};

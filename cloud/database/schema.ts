/** The tables as Kysely sees them: columns in camelCase here, in snake_case in SQL. */
import type { Generated, JSONColumnType, Kysely, Transaction } from "kysely";
import type { AnchorTables } from "./anchor-tables.ts";
import type { DeskTables } from "./desk-tables.ts";
import type { DocumentTables } from "./document-tables.ts";
import type { EvidenceTables } from "./evidence-tables.ts";

type Json = JSONColumnType<object, string, string>;

/** Null: no good reading is in it; of the lag, none that came by itself. */
type RollupColumns = {
  seriesId: number;
  startAtMs: number;
  count: number;
  badCount: number;
  min: number | null;
  max: number | null;
  sum: number;
  last: number | null;
  lastAtMs: number | null;
  lastSeq: number | null;
  lagCount: number;
  lagSumMs: number;
  lagMaxMs: number | null;
};

export type Tables = AnchorTables &
  DeskTables &
  DocumentTables &
  EvidenceTables & {
    hospitals: { hospitalId: string; name: string };
    gateways: {
      gatewayId: string;
      hospitalId: string;
      lastHeardAtMs: number | null;
      lastHeartbeatAtMs: number | null;
    };
    lanes: {
      gatewayId: string;
      epoch: string;
      lane: string;
      highWaterMarkSeq: number;
      superseded: boolean;
      journalId: number;
    };
    journals: { journalId: Generated<number>; gatewayId: string; epoch: string; bootId: string | null };
    boots: { journalId: number; bootId: string; firstHeardAtMs: number };
    latestMarks: { journalId: number; lane: string; throughSeq: number };
    series: {
      seriesId: Generated<number>;
      gatewayId: string;
      deviceId: string;
      metric: string;
      bedId: string | null;
      roomId: string | null;
      unit: string | null;
    };
    bedEvents: {
      gatewayId: string;
      epoch: string;
      seq: number;
      bedId: string;
      kind: string;
      body: Json;
      observedAtMs: number;
      receivedAtMs: number;
      clockOffsetMs: number;
      position: number;
    };
    outbox: {
      id: Generated<number>;
      hospitalId: string;
      gatewayId: string;
      epoch: string;
      seq: number;
      bedId: string;
      storedAtMs: number;
    };
    readings: {
      seq: number;
      value: number;
      observedAtMs: number;
      gatewayReceivedAtMs: number;
      receivedAtMs: number;
      clockOffsetMs: number;
      journalId: number;
      seriesId: number;
      lane: number;
      flags: number;
    };
    /** When those of a block were observed (ingest/reading-blocks.ts). */
    readingBlocks: {
      block: number;
      fromMs: number;
      throughMs: number;
      journalId: number;
      week: number;
      lane: number;
    };
    rollups_1m: RollupColumns;
    rollups_1h: RollupColumns;
    seriesCursors: {
      store: string;
      journalId: number;
      lane: number;
      throughSeq: number;
      newestAtMs: Generated<number>;
      acceptedSeq: Generated<number>;
    };
    seriesFeeders: { store: string; holder: string; untilMs: number };
    seriesRefusals: {
      store: string;
      journalId: number;
      lane: number;
      seq: number;
      reason: string;
      refusedAtMs: number;
    };
    latestValues: {
      gatewayId: string;
      deviceId: string;
      metric: string;
      bedId: string | null;
      roomId: string | null;
      unit: string | null;
      value: number;
      flags: number;
      observedAtMs: number;
      receivedAtMs: number;
    };
    beds: {
      bedId: string;
      hospitalId: string;
      gatewayId: string;
      epoch: string;
      wardId: string;
      wardName: string;
      assignmentSource: string;
      roomId: string;
      roomName: string;
      label: string;
      sources: Json;
      axes: Json;
      settling: Json | null;
      roomCondition: string;
      roomIsolation: string;
      roomLimits: Json;
      findings: Json;
      removed: boolean;
      liveSeq: number;
    };
    sourceEvidence: { bedId: string; deviceId: string; lastObservedAtMs: number };
    parkedRecords: {
      gatewayId: string;
      epoch: string;
      lane: string;
      seq: number;
      reason: string;
      body: string;
      receivedAtMs: number;
      clockOffsetMs: number;
    };
    tombstones: {
      journalId: number;
      lane: number;
      fromSeq: number;
      throughSeq: number;
      reason: string;
      sentFromSeq: number;
      everyMs: number | null;
      notedAtMs: number;
    };
    readingAggregates: {
      journalId: number;
      lane: number;
      fromSeq: number;
      seriesId: number;
      startAtMs: number;
      count: number;
      min: number;
      mean: number;
      max: number;
    };
    equivocations: {
      gatewayId: string;
      epoch: string;
      lane: string;
      kind: string;
      bootId: string;
      seq: number | null;
      times: number;
      firstAtMs: number;
      lastAtMs: number;
    };
    exports: {
      exportId: string;
      kind: string;
      request: Json;
      requestSha256: string;
      role: string;
      hospitalId: string | null;
      sessionSha256: string;
      idempotencyKey: string | null;
      state: string;
      attempts: Generated<number>;
      fileName: string;
      contentType: string;
      doneRows: Generated<number>;
      totalRows: number | null;
      bytes: Generated<number>;
      sha256: string | null;
      error: string | null;
      askedAtMs: number;
      startedAtMs: number | null;
      endedAtMs: number | null;
      expiresAtMs: number | null;
      note: Generated<string | null>;
    };
    legalHolds: {
      holdId: string;
      hospitalId: string;
      bedId: string | null;
      deviceId: string | null;
      class: string | null;
      fromMs: number;
      toMs: number | null;
      reason: string;
      createdAtMs: number;
      createdRole: string;
      createdSessionSha256: string;
      idempotencyKey: string | null;
      requestSha256: string;
      releasedAtMs: number | null;
      releasedRole: string | null;
      releasedSessionSha256: string | null;
      releaseReason: string | null;
    };
    archives: {
      key: string;
      hospitalId: string;
      class: string;
      fromMs: number;
      toMs: number;
      rowCount: number;
      bytes: number;
      sha256: string;
      archivedAtMs: number;
      restoredUntilMs: number | null;
    };
    databaseIdentity: { isOnly: Generated<boolean>; databaseId: Generated<string> };
    sessions: {
      tokenSha256: string;
      role: string;
      hospitalId: string | null;
      createdAtMs: number;
      expiresAtMs: number;
    };
    signInLinks: {
      tokenSha256: string;
      role: string;
      hospitalId: string | null;
      createdAtMs: number;
      expiresAtMs: number;
      usedAtMs: number | null;
    };
  };

export type Database = Kysely<Tables>;
export type DatabaseTransaction = Transaction<Tables>;

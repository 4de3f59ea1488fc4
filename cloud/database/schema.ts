/** The tables as Kysely sees them: columns in camelCase here, in snake_case in SQL. */
import type { Generated, JSONColumnType, Kysely, Transaction } from "kysely";

type Json = JSONColumnType<object, string, string>;

export type Tables = {
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

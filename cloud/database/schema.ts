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
    gatewayId: string;
    epoch: string;
    lane: string;
    seq: number;
    deviceId: string;
    bedId: string | null;
    roomId: string | null;
    metric: string;
    valueNumber: number | null;
    valueBoolean: boolean | null;
    unit: string | null;
    quality: string;
    badReason: string | null;
    observedAtMs: number;
    observedBy: string;
    gatewayReceivedAtMs: number;
    receivedAtMs: number;
    clockOffsetMs: number;
  };
  latestValues: {
    gatewayId: string;
    deviceId: string;
    metric: string;
    bedId: string | null;
    roomId: string | null;
    valueNumber: number | null;
    valueBoolean: boolean | null;
    unit: string | null;
    quality: string;
    badReason: string | null;
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
  };
  lostRanges: {
    gatewayId: string;
    epoch: string;
    lane: string;
    fromSeq: number;
    throughSeq: number;
    notedAtMs: number;
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

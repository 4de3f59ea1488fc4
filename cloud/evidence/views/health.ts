/** How the logs are: the network's, those of the gateways that the caller may see, and what is wrong with them. */
import { sql } from "kysely";
import { toBase64 } from "../../../contracts/log/bytes.ts";
import { EvidenceHealth } from "../../../contracts/wire/evidence.ts";
import type { Scope } from "../../access/scope.ts";
import { anchorHealth } from "../../anchor/repository.ts";
import type { Database } from "../../database/schema.ts";
import { rfc3339, rfc3339OrNull } from "../../registry/bed-view.ts";
import { networkLog } from "./network-log.ts";
import { newestWitnessedSize } from "./witnessed.ts";

const ALARMS_MAX = 100;

export type HealthDeps = {
  readonly db: Database;
  readonly witnessesMin: number;
};

export async function evidenceHealth(
  { db, witnessesMin }: HealthDeps,
  scope: Scope,
  nowMs: number,
): Promise<EvidenceHealth> {
  return EvidenceHealth.parse({
    asOf: rfc3339(nowMs),
    network: await networkPart(db, witnessesMin),
    gateways: await gatewayParts(db, scope),
    anchor: await anchorHealth(db),
    alarms: await alarmParts(db, scope),
  });
}

async function networkPart(db: Database, witnessesMin: number): Promise<EvidenceHealth["network"]> {
  const { logId, origin, publicKey, size } = await networkLog(db);
  const witnessedSize = await newestWitnessedSize(db, logId, witnessesMin);
  const { rows } = await sql<{ signedAtMs: number | null; witnessedAtMs: number | null }>`
    SELECT
      (SELECT signed_at_ms FROM evidence_checkpoints WHERE log_id = ${logId} ORDER BY size DESC LIMIT 1) AS signed_at_ms,
      (SELECT signed_at_ms FROM evidence_checkpoints WHERE log_id = ${logId} AND size = ${witnessedSize})
        AS witnessed_at_ms`.execute(db);
  return {
    origin,
    publicKey: toBase64(publicKey),
    size,
    signedAt: rfc3339OrNull(rows[0]?.signedAtMs ?? null),
    witnessedSize: witnessedSize ?? 0,
    witnessedAt: rfc3339OrNull(rows[0]?.witnessedAtMs ?? null),
    witnessesMin,
  };
}

type GatewayRow = {
  readonly gatewayId: string;
  readonly hospitalId: string;
  readonly origin: string | null;
  readonly size: number | null;
  readonly heardAtMs: number | null;
  readonly halted: string | null;
  readonly signedAtMs: number | null;
  readonly publicKey: Uint8Array | null;
  readonly isInForce: boolean | null;
  readonly cosignedSize: number | null;
  readonly cosignedAtMs: number | null;
};

/** Of each gateway the log that was heard of last, its newest key, and what it cosigned last. */
async function gatewayParts(db: Database, scope: Scope) {
  const inScope = scope.kind === "network" ? sql`true` : sql`gateway.hospital_id = ${scope.hospitalId}`;
  const { rows } = await sql<GatewayRow>`
    SELECT gateway.gateway_id, gateway.hospital_id, log.origin, log.size, log.heard_at_ms, log.halted,
      signed.signed_at_ms, key.public_key, key.is_in_force, cosigned.size AS cosigned_size, cosigned.cosigned_at_ms
    FROM gateways gateway
    LEFT JOIN LATERAL (
      SELECT log_id, origin, size, heard_at_ms, halted FROM evidence_logs
      WHERE gateway_id = gateway.gateway_id ORDER BY heard_at_ms DESC NULLS LAST, log_id DESC LIMIT 1
    ) log ON true
    LEFT JOIN LATERAL (
      SELECT signed_at_ms FROM evidence_checkpoints WHERE log_id = log.log_id ORDER BY size DESC LIMIT 1
    ) signed ON true
    LEFT JOIN LATERAL (
      SELECT public_key, revoked_entry_id IS NULL AS is_in_force FROM evidence_keys
      WHERE gateway_id = gateway.gateway_id ORDER BY revoked_entry_id IS NULL DESC, added_at_ms DESC LIMIT 1
    ) key ON true
    LEFT JOIN LATERAL (
      SELECT size, cosigned_at_ms FROM evidence_cosignatures
      WHERE gateway_id = gateway.gateway_id AND public_key = key.public_key ORDER BY size DESC LIMIT 1
    ) cosigned ON true
    WHERE ${inScope} ORDER BY gateway.gateway_id`.execute(db);
  return rows.map((row) => ({
    gatewayId: row.gatewayId,
    hospitalId: row.hospitalId,
    origin: row.origin,
    size: row.size ?? 0,
    signedAt: rfc3339OrNull(row.signedAtMs),
    heardAt: rfc3339OrNull(row.heardAtMs),
    publicKey: row.publicKey === null ? null : toBase64(row.publicKey),
    keyState: row.isInForce === null ? "none" : row.isInForce ? "in-force" : "revoked",
    cosignedSize: row.cosignedSize ?? 0,
    cosignedAt: rfc3339OrNull(row.cosignedAtMs),
    halted: row.halted,
  }));
}

/** Newest first. Whatever is of no gateway may be of any hospital, and is for those who see all of them. */
async function alarmParts(db: Database, scope: Scope) {
  const inScope = scope.kind === "network" ? sql`true` : sql`gateway.hospital_id = ${scope.hospitalId}`;
  const { rows } = await sql<{
    alarmId: string;
    atMs: number;
    kind: string;
    gatewayId: string | null;
    detail: string;
  }>`
    SELECT alarm.alarm_id, alarm.at_ms, alarm.kind, alarm.gateway_id, alarm.detail FROM evidence_alarms alarm
    LEFT JOIN gateways gateway ON gateway.gateway_id = alarm.gateway_id
    WHERE ${inScope} ORDER BY alarm.at_ms DESC, alarm.alarm_id LIMIT ${ALARMS_MAX}`.execute(db);
  return rows.map(({ atMs, ...alarm }) => ({ ...alarm, at: rfc3339(atMs) }));
}

/**
 * Heartbeats say that a gateway lives and how old its sources' newest evidence is. Ages count only where the bed
 * events that the evidence led to are stored here: otherwise they would make an old status look fresh.
 */
import { sql } from "kysely";
import type { BedId } from "../../contracts/wire/ids.ts";
import type { Heartbeat } from "../../contracts/wire/sync.ts";
import type { GatewayCaller } from "../access/scope.ts";
import type { Database } from "../database/schema.ts";
import { gatewayClock } from "./gateway-clock.ts";
import { isOldBoot, readLane } from "./lane-rows.ts";
import { storeLiveValues } from "./live-values.ts";
import { retireMissingBeds } from "./retire-beds.ts";

export type HeartbeatResult =
  | { readonly kind: "heard"; readonly bedsBehind: boolean; readonly retired: readonly BedId[] }
  | { readonly kind: "superseded" }
  | { readonly kind: "second-instance" };

export async function storeHeartbeat(
  db: Database,
  gateway: GatewayCaller,
  heartbeat: Heartbeat,
  nowMs: number,
): Promise<HeartbeatResult> {
  const { gatewayId } = gateway;
  const { beds } = heartbeat;
  const lane = await readLane(db, { gatewayId, epoch: heartbeat.epoch, lane: "beds" });
  if (lane?.superseded === true) return { kind: "superseded" };
  // A heartbeat alone makes no process the newest: a copy is found by what it stores.
  if (lane !== null && (await isOldBoot(db, lane, heartbeat.bootId))) return { kind: "second-instance" };
  const bedsBehind = (lane?.highWaterMarkSeq ?? 0) < heartbeat.bedsHeadSeq;
  if (!bedsBehind) await storeEvidence(db, heartbeat, nowMs);
  const retired =
    bedsBehind || beds === undefined
      ? []
      : await retireMissingBeds(db, gateway, { ...heartbeat, beds }, nowMs);
  await storeLiveValues(db, gatewayId, heartbeat.live ?? [], gatewayClock(heartbeat.sentAtMs, nowMs));
  await db
    .updateTable("gateways")
    .set({ lastHeardAtMs: nowMs, lastHeartbeatAtMs: nowMs })
    .where("gatewayId", "=", gatewayId)
    .execute();
  return { kind: "heard", bedsBehind, retired };
}

/** A batch, too, says that its gateway lives. */
export async function noteHeard(db: Database, { gatewayId }: GatewayCaller, nowMs: number): Promise<void> {
  await db.updateTable("gateways").set({ lastHeardAtMs: nowMs }).where("gatewayId", "=", gatewayId).execute();
}

async function storeEvidence(db: Database, { gatewayId, epoch, sources }: Heartbeat, nowMs: number) {
  const rows = sources.flatMap(({ bedId, deviceId, evidenceAgeMs }) =>
    evidenceAgeMs === null
      ? []
      : [{ bed_id: bedId, device_id: deviceId, last_observed_at_ms: Math.max(0, nowMs - evidenceAgeMs) }],
  );
  if (rows.length === 0) return;
  // Only for beds of this gateway's current journal, and only sources that they were commissioned with.
  await sql`
    INSERT INTO source_evidence (bed_id, device_id, last_observed_at_ms)
    SELECT age.bed_id, age.device_id, max(age.last_observed_at_ms)
    FROM jsonb_to_recordset(${JSON.stringify(rows)}::jsonb)
        AS age(bed_id text, device_id text, last_observed_at_ms bigint)
      JOIN beds bed ON bed.bed_id = age.bed_id AND bed.gateway_id = ${gatewayId} AND bed.epoch = ${epoch}
    WHERE NOT bed.removed
      AND bed.sources @> jsonb_build_array(jsonb_build_object('deviceId', age.device_id))
    GROUP BY age.bed_id, age.device_id ORDER BY age.bed_id, age.device_id
    ON CONFLICT (bed_id, device_id) DO UPDATE SET last_observed_at_ms = excluded.last_observed_at_ms
    -- Two heartbeats may overtake each other; evidence does not become older.
    WHERE source_evidence.last_observed_at_ms < excluded.last_observed_at_ms`.execute(db);
}

/** Reads beds out of the database; every row passes the schema once. */
import { type RawBuilder, sql } from "kysely";
import type { Database } from "../database/schema.ts";
import { KnownBed } from "./bed.ts";

type BedRow = Record<string, unknown>;

/** Beds with their evidence, those out of service too. `where` speaks of `bed` and `gateway`. */
export async function selectBeds(
  db: Database,
  where: RawBuilder<unknown>,
  order: RawBuilder<unknown> = sql`bed.bed_id`,
): Promise<KnownBed[]> {
  const { rows } = await sql<BedRow>`
    SELECT bed.*, gateway.last_heard_at_ms AS gateway_last_heard_at_ms,
      (SELECT jsonb_object_agg(evidence.device_id, evidence.last_observed_at_ms)
        FROM source_evidence evidence WHERE evidence.bed_id = bed.bed_id) AS last_observed_at_ms
    FROM beds bed JOIN gateways gateway ON gateway.gateway_id = bed.gateway_id
    WHERE ${where} ORDER BY ${order}`.execute(db);
  return rows.map(knownBed);
}

function knownBed({ liveSeq, gatewayLastHeardAtMs, lastObservedAtMs, ...bed }: BedRow): KnownBed {
  return KnownBed.parse({ bed, liveSeq, gatewayLastHeardAtMs, lastObservedAtMs: lastObservedAtMs ?? {} });
}

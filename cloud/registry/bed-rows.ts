/** Reads beds out of the database; every row passes the schema once. */
import { type RawBuilder, sql } from "kysely";
import { columnsOf } from "../database/columns.ts";
import type { Database } from "../database/schema.ts";
import { Bed, KnownBed } from "./bed.ts";

type BedRow = Record<string, unknown>;

const BED_COLUMNS = columnsOf("bed", Bed.shape);

/**
 * Beds with their evidence, their claims and what people said of them, those out of service too. `where` speaks of
 * `bed` and `gateway`. The rest is looked up for each bed by an index, so that one bed costs as little as it is.
 *
 * Of two claims that are called live, the older is a hold that has lapsed and was not swept yet: their ranges never
 * overlap, and the newer one counts.
 */
export async function selectBeds(
  db: Database,
  where: RawBuilder<unknown>,
  order: RawBuilder<unknown> = sql`bed.bed_id`,
  prepared: RawBuilder<unknown> = sql``,
): Promise<KnownBed[]> {
  const { rows } = await sql<BedRow>`${prepared}
    SELECT ${BED_COLUMNS}, bed.live_seq, gateway.last_heard_at_ms AS gateway_last_heard_at_ms,
      (SELECT jsonb_object_agg(evidence.device_id, evidence.last_observed_at_ms)
        FROM source_evidence evidence WHERE evidence.bed_id = bed.bed_id) AS last_observed_at_ms,
      (SELECT jsonb_build_object('bookingId', claim.booking_id, 'state', claim.state, 'sinceMs', claim.since_ms,
          'expiresAtMs', claim.expires_at_ms, 'role', claim.role, 'reservedAtMs', claim.reserved_at_ms,
          'dischargeOrderedAtMs', claim.discharge_ordered_at_ms,
          'isLeaving', EXISTS (SELECT FROM transfers transfer WHERE transfer.from_booking_id = claim.booking_id
            AND transfer.is_live AND transfer.state IN ('en-route', 'arrived')))
        FROM bookings claim WHERE claim.bed_id = bed.bed_id AND claim.is_live
        ORDER BY lower(claim.during) DESC LIMIT 1) AS claim,
      (SELECT jsonb_build_object('bookingId', ended.booking_id, 'state', ended.state, 'sinceMs', ended.since_ms)
        FROM bookings ended WHERE ended.bed_id = bed.bed_id AND NOT ended.is_live
        ORDER BY ended.since_ms DESC LIMIT 1) AS ended_claim,
      (SELECT jsonb_agg(jsonb_build_object('axis', word.axis, 'value', word.value, 'sinceMs', word.since_ms,
          'untilMs', word.until_ms, 'role', word.role))
        FROM declarations word WHERE word.bed_id = bed.bed_id) AS words,
      (SELECT jsonb_build_object('levelOfCare', profile.level_of_care, 'features', profile.features,
          'ageBands', profile.age_bands, 'sexRule', profile.sex_rule,
          'patientMassKgMax', profile.patient_mass_kg_max)
        FROM bed_profiles profile WHERE profile.bed_id = bed.bed_id) AS profile
    FROM beds bed JOIN gateways gateway ON gateway.gateway_id = bed.gateway_id
    WHERE ${where} ORDER BY ${order}`.execute(db);
  return rows.map(knownBed);
}

function knownBed(row: BedRow): KnownBed {
  const { liveSeq, gatewayLastHeardAtMs, lastObservedAtMs, claim, endedClaim, words, profile, ...bed } = row;
  return KnownBed.parse({
    bed,
    claim,
    endedClaim,
    words: words ?? [],
    profile,
    liveSeq,
    gatewayLastHeardAtMs,
    lastObservedAtMs: lastObservedAtMs ?? {},
  });
}

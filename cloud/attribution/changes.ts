/** Which stretches of readings came to belong to somebody else, when, and why: the trace of every correction. */
import { sql } from "kysely";
import * as z from "zod";
import {
  type ChangedStretch,
  changedStretches,
  type HeardDevice,
  type Known,
} from "../../contracts/booking/attribute.ts";
import type { CorrectionAnswer } from "../../contracts/wire/encounters.ts";
import type { BedId, DeviceId, GatewayId, HospitalId } from "../../contracts/wire/ids.ts";
import type { Database } from "../database/schema.ts";
import type { DeskStep } from "../desk/desk-transaction.ts";
import { rfc3339, rfc3339OrNull } from "../registry/bed-view.ts";
import { type Correction, rangeOf, type StoredStay } from "./stays.ts";

export type Change = ChangedStretch & {
  /** Null: every device at the bed. */
  readonly device: Pick<HeardDevice, "gatewayId" | "deviceId"> | null;
  readonly bedId: BedId | null;
};

/** Any device at a bed, where only the bed's stays change. */
const anyDeviceAt = (bedId: BedId): HeardDevice => ({
  gatewayId: "any" as GatewayId,
  deviceId: "any" as DeviceId,
  gatewayBedId: bedId,
});

/** `before` and `after`: the stays that the correction takes away, and those it puts in their place. */
export function changesOfStays(before: readonly StoredStay[], after: readonly StoredStay[]): Change[] {
  const beds = new Set([...before, ...after].map(({ bedId }) => bedId));
  const known = (stays: readonly StoredStay[]): Known => ({ placements: [], stays });
  return [...beds].flatMap((bedId) =>
    changedStretches(anyDeviceAt(bedId), known(before), known(after)).map((stretch) => ({
      ...stretch,
      bedId,
      device: null,
    })),
  );
}

export async function recordChanges(
  { trx, nowMs }: DeskStep,
  changes: readonly Change[],
  what: string,
  { hospitalId, reason, role }: Correction & { readonly hospitalId: HospitalId },
): Promise<CorrectionAnswer> {
  for (const { device, bedId, encounterBefore, encounterAfter, ...stretch } of changes)
    await sql`
      INSERT INTO attribution_changes (hospital_id, gateway_id, device_id, bed_id, during, encounter_before,
        encounter_after, what, reason, role, recorded_at_ms)
      VALUES (${hospitalId}, ${device?.gatewayId ?? null}, ${device?.deviceId ?? null}, ${bedId}, ${rangeOf(stretch)},
        ${encounterBefore}, ${encounterAfter}, ${what}, ${reason}, ${role}, ${nowMs})`.execute(trx);
  return {
    changes: changes.map(({ bedId, fromMs, toMs, encounterBefore, encounterAfter }) => ({
      bedId,
      from: rfc3339(fromMs),
      to: rfc3339OrNull(toMs),
      encounterBefore,
      encounterAfter,
    })),
    serverTime: rfc3339(nowMs),
  };
}

const Traced = z.object({
  recordedAtMs: z.int(),
  what: z.string(),
  encounterBefore: z.uuid().nullable(),
  encounterAfter: z.uuid().nullable(),
  reason: z.string(),
});
export type Traced = z.infer<typeof Traced>;

/**
 * Of one moment of a device: what was said of the device where its gateway had it, and of the bed that it counts for
 * now, stays that were voided since included.
 */
export async function traceOf(
  db: Database,
  { gatewayId, deviceId, gatewayBedId }: HeardDevice,
  bedId: BedId | null,
  atMs: number,
): Promise<Traced[]> {
  const { rows } = await sql`
    SELECT recorded_at_ms, what, encounter_before, encounter_after, reason FROM (
      SELECT recorded_at_ms, what, encounter_before, encounter_after, reason, change_id FROM attribution_changes
      WHERE during @> ${atMs}::bigint AND (
        gateway_id = ${gatewayId} AND device_id = ${deviceId} AND bed_id IS NOT DISTINCT FROM ${gatewayBedId}
        OR device_id IS NULL AND bed_id = ${bedId})
      UNION ALL
      SELECT stay.recorded_at_ms, 'stay-voided', stay.encounter_id, NULL, coalesce(stay.reason, ''), 0
      FROM stays stay JOIN bookings booking USING (booking_id)
      WHERE stay.bed_id = ${bedId} AND NOT stay.is_current AND stay.during @> ${atMs}::bigint
        AND booking.state = 'cancelled' AND NOT EXISTS (
          SELECT FROM stays later WHERE later.stay_id = stay.stay_id AND later.version > stay.version)
    ) known ORDER BY recorded_at_ms, change_id`.execute(db);
  return Traced.array().parse(rows);
}

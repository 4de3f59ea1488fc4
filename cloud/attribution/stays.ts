/** Stays in the database. What is corrected stays as an older version; the current ones exclude each other. */
import { randomUUID } from "node:crypto";
import { type RawBuilder, sql } from "kysely";
import * as z from "zod";
import type { BedStay, Interval } from "../../contracts/booking/attribute.ts";
import { BedId, HospitalId } from "../../contracts/wire/ids.ts";
import type { Database, DatabaseTransaction } from "../database/schema.ts";
import type { DeskStep } from "../desk/desk-transaction.ts";

const StoredStay = z.object({
  stayId: z.uuid(),
  version: z.int(),
  encounterId: z.uuid(),
  bookingId: z.uuid().nullable(),
  bedId: BedId,
  hospitalId: HospitalId,
  fromMs: z.int(),
  toMs: z.int().nullable(),
  isInDoubt: z.boolean(),
}) satisfies z.ZodType<BedStay>;
export type StoredStay = z.infer<typeof StoredStay>;

/** Those that count, by when they began. `which` speaks of `stay`. */
export async function currentStays(
  db: Database | DatabaseTransaction,
  which: RawBuilder<unknown>,
): Promise<StoredStay[]> {
  // A bed's sensors know that somebody has come, not who; everything after `arrived` is a person's word.
  const { rows } = await sql`
    SELECT stay.stay_id, stay.version, stay.encounter_id, stay.booking_id, stay.bed_id, stay.hospital_id,
      lower(stay.during) AS from_ms, upper(stay.during) AS to_ms,
      coalesce(booking.state = 'arrived' AND booking.presence_by = 'sensor', false) AS is_in_doubt
    FROM stays stay LEFT JOIN bookings booking ON booking.booking_id = stay.booking_id
    WHERE stay.is_current AND ${which}
    ORDER BY lower(stay.during), stay.stay_id`.execute(db);
  return StoredStay.array().parse(rows);
}

export const rangeOf = ({ fromMs, toMs }: Interval) => sql`int8range(${fromMs}::bigint, ${toMs}::bigint)`;

/** By whom, and why. */
export type Correction = { readonly reason: string; readonly role: string };

/** From now on it is history. */
export async function retireStay({ trx }: DeskStep, { stayId, version }: StoredStay): Promise<void> {
  await sql`UPDATE stays SET is_current = false WHERE stay_id = ${stayId} AND version = ${version}`.execute(
    trx,
  );
}

/** The stay's next version. */
export async function reviseStay(
  step: DeskStep,
  before: StoredStay,
  change: Partial<Pick<StoredStay, "encounterId" | "fromMs" | "toMs">>,
  correction: Correction,
): Promise<StoredStay> {
  const after = { ...before, ...change, version: before.version + 1 };
  await insertStay(step, after, correction);
  return after;
}

export async function beginStay(
  step: DeskStep,
  stay: Omit<StoredStay, "stayId" | "version">,
  correction: Correction,
): Promise<StoredStay> {
  const begun = { ...stay, stayId: randomUUID(), version: 1 };
  await insertStay(step, begun, correction);
  return begun;
}

async function insertStay({ trx, nowMs }: DeskStep, stay: StoredStay, correction: Correction): Promise<void> {
  const { stayId, version, encounterId, bookingId, bedId, hospitalId } = stay;
  await sql`
    INSERT INTO stays (stay_id, version, is_current, encounter_id, booking_id, bed_id, hospital_id, during,
      recorded_at_ms, reason, role)
    VALUES (${stayId}, ${version}, true, ${encounterId}, ${bookingId}, ${bedId}, ${hospitalId}, ${rangeOf(stay)},
      ${nowMs}, ${correction.reason}, ${correction.role})`.execute(trx);
}

/** The patient has the bed from the arrival to the end. What is corrected later is a version of its own (encounters). */

import { randomBytes } from "node:crypto";
import { sql } from "kysely";
import type { DeskStep } from "../desk/desk-transaction.ts";
import { uuidOf } from "../exports/exports.ts";
import type { StoredBooking } from "./rows.ts";

/**
 * Begins with the presence that was seen, but not before the last stay of this bed and of this patient had ended: what
 * the one before may still have lain in belongs to nobody then. The constraints answer where one has no end.
 */
export async function openStay({ trx, nowMs }: DeskStep, booking: StoredBooking): Promise<void> {
  const { bookingId, encounterId, bedId, hospitalId } = booking;
  const sinceMs = booking.presenceSinceMs ?? nowMs;
  await sql`
    INSERT INTO stays (stay_id, version, is_current, encounter_id, booking_id, bed_id, hospital_id, during,
      recorded_at_ms)
    SELECT ${uuidOf(randomBytes(16))}::uuid, 1, true, ${encounterId}, ${bookingId}, ${bedId}, ${hospitalId},
      int8range(greatest(${sinceMs}::bigint, max(upper(during))), NULL), ${nowMs}
    FROM stays WHERE is_current AND (bed_id = ${bedId} OR encounter_id = ${encounterId})`.execute(trx);
}

/** An empty range would forget where the patient was. */
export async function closeStay(
  { trx }: DeskStep,
  { bookingId }: StoredBooking,
  atMs: number,
): Promise<void> {
  await sql`
    UPDATE stays SET during = int8range(lower(during), greatest(${atMs}::bigint, lower(during) + 1))
    WHERE booking_id = ${bookingId} AND is_current AND upper_inf(during)`.execute(trx);
}

/** It was somebody else who lay there: nothing of that time belongs to this patient. */
export async function voidStay({ trx, nowMs }: DeskStep, { bookingId }: StoredBooking): Promise<void> {
  await sql`
    UPDATE stays SET is_current = false, reason = 'somebody else was in the bed', recorded_at_ms = ${nowMs}
    WHERE booking_id = ${bookingId} AND is_current`.execute(trx);
}

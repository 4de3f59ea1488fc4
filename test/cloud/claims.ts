/** Claims as they stand in the database, for what reads them; how they come to be is another test's question. */
import { randomUUID } from "node:crypto";
import { sql } from "kysely";
import type { Database } from "../../cloud/database/schema.ts";
import type { DeskStep } from "../../cloud/desk/desk-transaction.ts";
import type { BookingState } from "../../contracts/booking/states.ts";

export type StoredClaim = {
  readonly bedId?: string;
  readonly hospitalId?: string;
  readonly state?: BookingState;
  readonly sinceMs: number;
  readonly expiresAtMs?: number | null;
  readonly dischargeOrderedAtMs?: number | null;
  readonly reservedAtMs?: number | null;
  readonly sessionSha256?: string;
};

/** Returns the booking's id. */
export async function storeClaim(db: Database | DeskStep["trx"], claim: StoredClaim): Promise<string> {
  const { bedId = "bed-1", hospitalId = "north", state = "held", sinceMs, expiresAtMs = null } = claim;
  const { dischargeOrderedAtMs = null, reservedAtMs = null, sessionSha256 = "somebody" } = claim;
  const [encounterId, requestId, bookingId] = [randomUUID(), randomUUID(), randomUUID()];
  await sql`INSERT INTO encounters (encounter_id, call_name, hospital_id, created_at_ms)
    VALUES (${encounterId}, 'R-7F3K', NULL, ${sinceMs})`.execute(db);
  await sql`INSERT INTO bed_requests (request_id, encounter_id, state, need, urgency, clinical_priority, asked_at_ms,
      role, session_sha256, version)
    VALUES (${requestId}, ${encounterId}, 'held', ${NEED}::jsonb, 'urgent', 3, ${sinceMs}, 'emergency-coordinator',
      ${sessionSha256}, 1)`.execute(db);
  await sql`INSERT INTO bookings (booking_id, request_id, encounter_id, bed_id, hospital_id, state, during, since_ms,
      expires_at_ms, renewals_left, discharge_ordered_at_ms, reserved_at_ms, evidence, urgency, sex, role,
      session_sha256, created_at_ms, version)
    VALUES (${bookingId}, ${requestId}, ${encounterId}, ${bedId}, ${hospitalId}, ${state},
      int8range(${sinceMs}::bigint, ${expiresAtMs}::bigint), ${sinceMs}, ${expiresAtMs}, 1, ${dischargeOrderedAtMs},
      ${reservedAtMs}, ${EVIDENCE}::jsonb, 'urgent', 'unknown', 'emergency-coordinator', ${sessionSha256}, ${sinceMs},
      1)`.execute(db);
  return bookingId;
}

const NEED = JSON.stringify({
  levelOfCare: "general",
  features: [],
  isolation: "none",
  ageBand: "adult",
  sex: "unknown",
  from: { kind: "hospital", hospitalId: "north" },
});
const EVIDENCE = JSON.stringify({
  basis: "verified",
  verification: "verified",
  observedAt: null,
  ageMs: null,
  liveSeq: 1,
});

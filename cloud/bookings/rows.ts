/** Requests and bookings as they are stored; every row passes the schema once. */
import * as z from "zod";
import { BOOKING_EVENTS, BOOKING_STATES, REQUEST_STATES } from "../../contracts/booking/states.ts";
import { ClinicalPriority, Sex, Urgency } from "../../contracts/booking/vocabulary.ts";
import { BedNeed, HoldEvidence } from "../../contracts/wire/booking.ts";
import { BedId, HospitalId } from "../../contracts/wire/ids.ts";
import { PersonRole } from "../../contracts/wire/roles.ts";

const AtMs = z.int();

export const StoredRequest = z.object({
  requestId: z.uuid(),
  encounterId: z.uuid(),
  callName: z.string(),
  /** The hospital that has the patient; null: none has yet. */
  encounterHospitalId: HospitalId.nullable(),
  state: z.enum(REQUEST_STATES),
  need: BedNeed,
  urgency: Urgency,
  clinicalPriority: ClinicalPriority,
  news2Total: z.int().nullable(),
  news2TakenAtMs: AtMs.nullable(),
  overrideReason: z.string().nullable(),
  overrideAtMs: AtMs.nullable(),
  overrideRole: PersonRole.nullable(),
  askedAtMs: AtMs,
  role: PersonRole,
  hospitalId: HospitalId.nullable(),
  version: z.int(),
});
export type StoredRequest = z.infer<typeof StoredRequest>;

/** What the last step changed, for who takes it back: the step, and the columns as they were before. */
const Previous = z.object({
  event: z.enum(BOOKING_EVENTS),
  from: z.enum(BOOKING_STATES),
  atMs: AtMs,
  sessionSha256: z.string(),
  sinceMs: AtMs,
  expiresAtMs: AtMs.nullable(),
  dischargeOrderedAtMs: AtMs.nullable(),
});
export type Previous = z.infer<typeof Previous>;

export const StoredBooking = z.object({
  bookingId: z.uuid(),
  requestId: z.uuid(),
  encounterId: z.uuid(),
  bedId: BedId,
  hospitalId: HospitalId,
  state: z.enum(BOOKING_STATES),
  isLive: z.boolean(),
  /** When the claim began. */
  fromMs: AtMs,
  sinceMs: AtMs,
  expiresAtMs: AtMs.nullable(),
  renewalsLeft: z.int(),
  dischargeOrderedAtMs: AtMs.nullable(),
  presenceSinceMs: AtMs.nullable(),
  presenceBy: z.enum(["sensor", "person"]).nullable(),
  reservedAtMs: AtMs.nullable(),
  evidence: HoldEvidence,
  urgency: Urgency,
  sex: Sex,
  fencingToken: z.int(),
  previous: Previous.nullable(),
  reason: z.string().nullable(),
  role: PersonRole,
  askerHospitalId: HospitalId.nullable(),
  sessionSha256: z.string(),
  createdAtMs: AtMs,
  version: z.int(),
});
export type StoredBooking = z.infer<typeof StoredBooking>;

/** With the words that people know it by. */
export const NamedBooking = StoredBooking.extend({
  callName: z.string(),
  bedLabel: z.string(),
  wardName: z.string(),
});
export type NamedBooking = z.infer<typeof NamedBooking>;

/** Transfers as they are stored; every row passes the schema once. */
import * as z from "zod";
import { BOOKING_STATES, TRANSFER_EVENTS, TRANSFER_STATES } from "../../contracts/booking/states.ts";
import { HospitalId } from "../../contracts/wire/ids.ts";
import { PersonRole } from "../../contracts/wire/roles.ts";
import type { NamedBooking } from "../bookings/rows.ts";

const AtMs = z.int();
const State = z.enum(TRANSFER_STATES);

const Stage = z.object({
  state: State,
  atMs: AtMs,
  by: z.object({ kind: z.enum(["person", "bed", "service"]), role: PersonRole.nullable() }),
  reason: z.string().nullable(),
});
export type Stage = z.infer<typeof Stage>;

/** What the last step changed, for who takes it back. */
const PreviousStep = z.object({
  event: z.enum(TRANSFER_EVENTS),
  atMs: AtMs,
  sessionSha256: z.string(),
  state: State,
  resumesTo: State.nullable(),
  sinceMs: AtMs,
  dueAtMs: AtMs.nullable(),
  /** Of `accept`: the destination's booking as it was. */
  booking: z
    .object({ state: z.enum(BOOKING_STATES), sinceMs: AtMs, expiresAtMs: AtMs.nullable(), version: z.int() })
    .nullable(),
});
export type PreviousStep = z.infer<typeof PreviousStep>;

export const StoredTransfer = z.object({
  transferId: z.uuid(),
  encounterId: z.uuid(),
  requestId: z.uuid(),
  fromBookingId: z.uuid(),
  toBookingId: z.uuid().nullable(),
  fromHospitalId: HospitalId,
  toHospitalId: HospitalId.nullable(),
  state: State,
  isLive: z.boolean(),
  resumesTo: State.nullable(),
  sinceMs: AtMs,
  dueAtMs: AtMs.nullable(),
  stages: z.array(Stage),
  previous: PreviousStep.nullable(),
  version: z.int(),
});
export type StoredTransfer = z.infer<typeof StoredTransfer>;

/** A transfer with what it binds together. */
export type LinkedTransfer = {
  readonly transfer: StoredTransfer;
  readonly from: NamedBooking;
  /** The destination that the transfer knows of; it may have ended. */
  readonly to: NamedBooking | null;
  /** The claim that the transfer's request has at this instant, whoever made it. */
  readonly claim: NamedBooking | null;
};

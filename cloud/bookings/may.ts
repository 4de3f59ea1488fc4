/** Who may do what to a booking or a request, and who may know of it. Pure. */
import { bookingTransitions } from "../../contracts/booking/booking-table.ts";
import { isLapsed } from "../../contracts/booking/decide-booking.ts";
import { BOOKING_EVENTS, type BookingEventName } from "../../contracts/booking/states.ts";
import type { HospitalId } from "../../contracts/wire/ids.ts";
import { NETWORK_ROLES, type PersonRole } from "../../contracts/wire/roles.ts";
import type { PersonCaller } from "../access/scope.ts";
import type { StoredBooking } from "./rows.ts";

/** Who asks for a bed: for their hospital, or for all. */
const ASKERS: readonly PersonRole[] = [
  "emergency-coordinator",
  "super-admin",
  "hospital-admin",
  "doctor",
  "nurse",
];
/** Who speaks for the bed's hospital. */
const WARD: readonly PersonRole[] = ["doctor", "nurse", "hospital-admin"];

type Side = "asker" | "ward" | "either" | "service";
const SIDE_OF_EVENT: Readonly<Record<BookingEventName, Side>> = {
  renew: "asker",
  request: "asker",
  release: "asker",
  cancel: "either",
  accept: "ward",
  decline: "ward",
  assign: "ward",
  arrive: "ward",
  admit: "ward",
  leave: "ward",
  return: "ward",
  "order-discharge": "ward",
  "withdraw-discharge": "ward",
  discharge: "ward",
  presence: "service",
  expire: "service",
  preempt: "service",
  // It is a step of a transfer.
  "transfer-out": "service",
};

type Parties = Pick<StoredBooking, "hospitalId" | "askerHospitalId">;

function isNetwork({ role }: Pick<PersonCaller, "role">): boolean {
  return NETWORK_ROLES.includes(role);
}

const isAsker = (caller: PersonCaller, askerHospitalId: HospitalId | null) =>
  ASKERS.includes(caller.role) && (isNetwork(caller) || caller.hospitalId === askerHospitalId);
const isWard = (caller: PersonCaller, hospitalId: HospitalId) =>
  caller.role === "super-admin" || (WARD.includes(caller.role) && caller.hospitalId === hospitalId);

export function mayDo(caller: PersonCaller, event: BookingEventName, booking: Parties): boolean {
  switch (SIDE_OF_EVENT[event]) {
    case "asker":
      return isAsker(caller, booking.askerHospitalId);
    case "ward":
      return isWard(caller, booking.hospitalId);
    case "either":
      return isAsker(caller, booking.askerHospitalId) || isWard(caller, booking.hospitalId);
    case "service":
      return false;
  }
}

/** Of another's booking a hospital knows only that the bed is taken. */
export function maySeeBooking(caller: PersonCaller, { hospitalId, askerHospitalId }: Parties): boolean {
  return isNetwork(caller) || caller.hospitalId === hospitalId || caller.hospitalId === askerHospitalId;
}

export function mayAskFor(
  caller: PersonCaller,
  request: { readonly hospitalId: HospitalId | null },
): boolean {
  return isAsker(caller, request.hospitalId);
}

export function maySeeBedOf(caller: PersonCaller, hospitalId: HospitalId): boolean {
  return isNetwork(caller) || caller.hospitalId === hospitalId;
}

/** What a client offers as buttons. What depends on the bed is asked when it is done. */
export function allowedEvents(
  caller: PersonCaller,
  booking: StoredBooking,
  nowMs: number,
): BookingEventName[] {
  if (isLapsed(booking, nowMs)) return [];
  return BOOKING_EVENTS.filter((event) => {
    const to = bookingTransitions[booking.state][event];
    if (typeof to === "object" || !mayDo(caller, event, booking)) return false;
    if (event === "renew") return booking.renewalsLeft > 0;
    if (event === "order-discharge") return booking.dischargeOrderedAtMs === null;
    if (event === "withdraw-discharge") return booking.dischargeOrderedAtMs !== null;
    if (event === "admit" && booking.state === "held") return booking.urgency === "emergency";
    return to !== booking.state;
  });
}

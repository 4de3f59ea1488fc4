/** What is recorded of a change of a request or a booking. Nothing in it names a patient. Pure. */
import type { BookingEventName, BookingState } from "../../contracts/booking/states.ts";
import type { HospitalId } from "../../contracts/wire/ids.ts";
import type { DeskEvent } from "../desk/desk-event.ts";
import { rfc3339OrNull } from "../registry/bed-view.ts";
import type { StoredBooking, StoredRequest } from "./rows.ts";

/** What each event is called once it has happened. `request` may end in `booking-reserved`, which says more. */
export const PAST_OF_EVENT: Readonly<Record<BookingEventName, string>> = {
  renew: "booking-renewed",
  request: "booking-requested",
  accept: "booking-reserved",
  decline: "booking-declined",
  assign: "booking-assigned",
  presence: "booking-arrived",
  arrive: "booking-arrived",
  admit: "booking-admitted",
  leave: "booking-left-on-leave",
  return: "booking-returned",
  "order-discharge": "booking-discharge-ordered",
  "withdraw-discharge": "booking-discharge-withdrawn",
  discharge: "booking-discharged",
  "transfer-out": "booking-transferred",
  release: "booking-released",
  cancel: "booking-cancelled",
  preempt: "booking-preempted",
  expire: "booking-expired",
};

export function bookingEvent(
  kind: string,
  booking: StoredBooking & { readonly from: BookingState | null },
  request: StoredRequest,
): DeskEvent {
  const { bookingId, requestId, encounterId, bedId, hospitalId, askerHospitalId, state, from } = booking;
  return {
    topic: "bookings",
    subjectId: bookingId,
    kind,
    bedId,
    hospitalIds: hospitalsOf(hospitalId, askerHospitalId),
    body: {
      bookingId,
      requestId,
      encounterId,
      callName: request.callName,
      bedId,
      hospitalId,
      from,
      state,
      urgency: booking.urgency,
      expiresAt: rfc3339OrNull(booking.expiresAtMs),
      dischargeOrderedAt: rfc3339OrNull(booking.dischargeOrderedAtMs),
      presenceBy: booking.presenceBy,
      reason: booking.reason,
    },
  };
}

export function requestEvent(kind: string, request: StoredRequest): DeskEvent {
  const { requestId, encounterId, callName, urgency, clinicalPriority, hospitalId } = request;
  return {
    topic: "requests",
    subjectId: requestId,
    kind,
    bedId: null,
    hospitalIds: hospitalsOf(hospitalId),
    body: { requestId, encounterId, callName, urgency, clinicalPriority },
  };
}

const hospitalsOf = (...ids: readonly (HospitalId | null)[]): HospitalId[] => [
  ...new Set(ids.filter((id) => id !== null)),
];

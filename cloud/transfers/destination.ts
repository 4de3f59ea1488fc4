/** What a transfer does to the bed that it goes to, within its transaction. */
import { sql } from "kysely";
import type { BedId } from "../../contracts/wire/ids.ts";
import type { PersonCaller } from "../access/scope.ts";
import { applyLocked } from "../bookings/apply-event.ts";
import { holdBed } from "../bookings/hold.ts";
import { BedTaken } from "../bookings/lost-race.ts";
import { maySeeBedOf } from "../bookings/may.ts";
import type { BookingPorts } from "../bookings/ports.ts";
import { selectNamedBookings } from "../bookings/repository.ts";
import type { NamedBooking } from "../bookings/rows.ts";
import type { DeskStep } from "../desk/desk-transaction.ts";
import { CloudError } from "../http/problem.ts";
import { hospitalOfBed } from "./repository.ts";
import type { PreviousStep, StoredTransfer } from "./rows.ts";

/**
 * Of another hospital a caller may hold what is offered to them, and is not told more of any other bed than that it
 * cannot be had.
 */
export async function holdDestination(
  ports: BookingPorts,
  step: DeskStep,
  caller: PersonCaller,
  { requestId, bedId }: { readonly requestId: string; readonly bedId: BedId },
): Promise<NamedBooking> {
  const hospitalId = await hospitalOfBed(step.trx, bedId);
  const isForeign = hospitalId === null || !maySeeBedOf(caller, hospitalId);
  try {
    return await holdBed(ports, step, {
      requestId,
      bedId,
      preempts: null,
      by: caller,
      // Whose step it is, the transfer says; also where a coordinator asked for the bed.
      maySeeRequest: () => true,
      maySeeBedOf: () => true,
    });
  } catch (error) {
    const isOfBed =
      error instanceof BedTaken ||
      (error instanceof CloudError && ["BED_NOT_BOOKABLE", "BED_NOT_FOUND"].includes(error.code));
    if (isForeign && isOfBed)
      throw new CloudError("BED_NOT_FOUND", "There is no such bed among those that are offered to you now.");
    throw error;
  }
}

/** The hospital agrees, also where its hold was not sent to it yet: it is asked and answers at once. */
export async function acceptDestination(
  ports: BookingPorts,
  step: DeskStep,
  to: NamedBooking,
): Promise<PreviousStep["booking"]> {
  const { bookingId, state, sinceMs, expiresAtMs } = to;
  let now = to.state;
  let version = to.version;
  if (now === "held")
    ({ state: now, version } = await applyLocked(ports, step, bookingId, asService("request")));
  if (now === "requested") ({ version } = await applyLocked(ports, step, bookingId, asService("accept")));
  return { state, sinceMs, expiresAtMs, version };
}

const asService = <Event extends "request" | "accept">(event: Event) => ({
  event,
  actor: "service" as const,
});

/** By the caller, so that they may take it back. A hold that was not sent to the hospital is let go instead. */
export async function declineDestination(
  ports: BookingPorts,
  step: DeskStep,
  to: NamedBooking,
  { caller, reason }: { readonly caller: PersonCaller; readonly reason: string },
): Promise<void> {
  const event = to.state === "held" ? "release" : "decline";
  await applyLocked(ports, step, to.bookingId, { event, actor: caller, reason });
}

/** Where the transfer does not go there any more. One that has ended, or that the patient lies in, stays as it is. */
export async function endDestination(
  ports: BookingPorts,
  step: DeskStep,
  claim: NamedBooking | null,
  reason: string | null,
): Promise<void> {
  if (claim === null) return;
  const isHold = claim.state === "held" || claim.state === "requested";
  const isReserved = claim.state === "reserved" || claim.state === "assigned";
  if (!isHold && !isReserved) return;
  const event = isHold ? "release" : "cancel";
  await applyLocked(ports, step, claim.bookingId, { event, actor: "service", reason });
}

export function destinationOf({ toBookingId }: StoredTransfer, to: NamedBooking | null): NamedBooking {
  if (to === null) throw new Error(`destination ${toBookingId} was to be known`);
  return to;
}

export async function namedBooking({ trx }: Pick<DeskStep, "trx">, bookingId: string): Promise<NamedBooking> {
  const [booking] = await selectNamedBookings(trx, sql`booking.booking_id = ${bookingId}`);
  if (booking === undefined) throw new Error(`booking ${bookingId} was to be stored`);
  return booking;
}

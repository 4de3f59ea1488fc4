/** What bookings ask of others. */
import type { BookingState } from "../../contracts/booking/states.ts";
import type { MatchedBed } from "../../contracts/wire/booking.ts";
import type { BedId, HospitalId } from "../../contracts/wire/ids.ts";
import type { Clock, Randomness } from "../clock.ts";
import type { DeskClock } from "../desk/desk-clock.ts";
import type { DeskStep } from "../desk/desk-transaction.ts";
import type { BookingEventAsk } from "./apply-event.ts";
import type { StoredBooking, StoredRequest } from "./rows.ts";

export type BookingPorts = {
  /** Of claims: the database's. */
  readonly deskClock: DeskClock;
  /** Of evidence: the service's, by which gateways' records are dated. */
  readonly clock: Clock;
  readonly randomness: Randomness;
  /** Within the transaction that ends a patient's stay: the bed is used, and somebody has to clean it. */
  bedVacated(
    step: DeskStep,
    vacated: { readonly bedId: BedId; readonly hospitalId: HospitalId; readonly isolation: boolean },
  ): Promise<void>;
  /** Within the transaction, before the booking is written: what is bound to it goes with it, or throws. */
  bookingMoves(step: DeskStep, move: BookingMove): Promise<void>;
};

export type BookingMove = {
  readonly booking: StoredBooking;
  readonly to: BookingState;
  readonly ask: BookingEventAsk;
};

/** Outside of any transaction: what else there is for who came second. Null: nothing. */
export type NextBest = (request: StoredRequest, takenBedId: BedId) => Promise<MatchedBed | null>;

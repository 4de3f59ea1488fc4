/** Whether a booking takes an event, by its table and by what is known of it and its bed at that instant. Pure. */
import { bookingTransitions } from "./booking-table.ts";
import type { BookingEventName, BookingState } from "./states.ts";
import type { Urgency } from "./vocabulary.ts";

export type BookingFacts = {
  readonly state: BookingState;
  readonly urgency: Urgency;
  /** When the claim lapses, on the database's clock; null: it does not. */
  readonly expiresAtMs: number | null;
  readonly renewalsLeft: number;
  readonly dischargeOrderedAtMs: number | null;
};

/** What `request` and `accept` ask of the bed, this booking's own claim apart. */
export type BedAnswer = {
  /** Why it cannot be booked now; empty: it can. */
  readonly misfits: readonly { readonly code: string; readonly text: string }[];
  readonly basis: "verified" | "declared";
  /** By its hospital's policy. */
  readonly autoAccept: boolean;
};

export type BookingDecision =
  | { readonly kind: "moved"; readonly to: BookingState }
  /** It says nothing new: nothing is written, and the answer is the booking as it is. */
  | { readonly kind: "same" }
  | {
      readonly kind: "refused";
      readonly code: "lapsed" | "not-bookable" | "refused";
      readonly reason: string;
      readonly misfits: BedAnswer["misfits"];
    };

/** Only these look at the bed again. */
export function asksTheBed(event: BookingEventName): boolean {
  return event === "request" || event === "accept";
}

/** The end itself belongs to the time after it. */
export function isLapsed({ state, expiresAtMs }: Pick<BookingFacts, "state" | "expiresAtMs">, nowMs: number) {
  return (state === "held" || state === "requested") && expiresAtMs !== null && expiresAtMs <= nowMs;
}

const refusal = (
  code: "lapsed" | "not-bookable" | "refused",
  reason: string,
  misfits: BedAnswer["misfits"] = [],
): BookingDecision => ({ kind: "refused", code, reason, misfits });

/** `bed` is looked at only where the event `asksTheBed`. */
export function decideBookingEvent(
  booking: BookingFacts,
  event: BookingEventName,
  { nowMs, bed }: { readonly nowMs: number; readonly bed: BedAnswer | null },
): BookingDecision {
  if (event === "expire") return decideExpiry(booking, nowMs);
  if (isLapsed(booking, nowMs)) return refusal("lapsed", "The hold has lapsed. Hold a bed anew.");
  const to = bookingTransitions[booking.state][event];
  if (typeof to === "object") return refusal("refused", to.refused);
  const guard = guardOf(booking, event);
  if (guard !== null) return refusal("refused", guard);
  if (asksTheBed(event) && to !== booking.state) return decideByBed(event, to, bed);
  if (to === booking.state && !changesWithoutMoving(booking, event)) return { kind: "same" };
  return { kind: "moved", to };
}

function decideExpiry(booking: BookingFacts, nowMs: number): BookingDecision {
  const to = bookingTransitions[booking.state].expire;
  if (typeof to === "object") return refusal("refused", to.refused);
  return isLapsed(booking, nowMs)
    ? { kind: "moved", to }
    : refusal("refused", "The hold has not lapsed; it can be released.");
}

function decideByBed(event: BookingEventName, to: BookingState, bed: BedAnswer | null): BookingDecision {
  if (bed === null) throw new Error(`what the bed says was to be known for ${event}`);
  if (bed.misfits.length > 0) {
    const why = bed.misfits.map(({ text }) => text).join(", ");
    return refusal("not-bookable", `The bed cannot be booked any more: ${why}.`, bed.misfits);
  }
  // On a person's word alone the hospital is always asked.
  const isAgreed = event === "request" && bed.autoAccept && bed.basis === "verified";
  return { kind: "moved", to: isAgreed ? "reserved" : to };
}

/** What the table cannot know; null: nothing stands against it. */
function guardOf(booking: BookingFacts, event: BookingEventName): string | null {
  if (event === "renew" && booking.renewalsLeft === 0)
    return "A hold is renewed once; send it to the hospital, or release it.";
  if (event === "admit" && booking.state === "held" && booking.urgency !== "emergency")
    return "Only an emergency is admitted to a held bed; send the hold to the hospital first.";
  if (event === "withdraw-discharge" && booking.dischargeOrderedAtMs === null)
    return "No discharge is ordered.";
  return null;
}

function changesWithoutMoving(booking: BookingFacts, event: BookingEventName): boolean {
  if (event === "order-discharge") return booking.dischargeOrderedAtMs === null;
  return event === "renew" || event === "withdraw-discharge";
}

/**
 * What a transfer has to do because its bookings have moved by themselves: a hold lapsed, a hospital cancelled, somebody
 * held a bed for its request. By what is there, and not by what was heard, so that nothing depends on having heard it;
 * done twice, it changes nothing. Pure.
 */
import { OCCUPYING_BOOKING_STATES, type TransferEventName } from "../../contracts/booking/states.ts";
import type { LinkedTransfer } from "./rows.ts";

export type Follow = { readonly event: TransferEventName; readonly reason: string | null };

const isOccupying = (state: string) => (OCCUPYING_BOOKING_STATES as readonly string[]).includes(state);

/** Null: all is as it should be. `isClosed`: whether the destination's bed is closed. */
export function followOf({ transfer, from, to, claim }: LinkedTransfer, isClosed = false): Follow | null {
  const { state, resumesTo, toBookingId } = transfer;
  if (!transfer.isLive) return null;
  if (state === "arrived")
    return to !== null && to.state !== "arrived" ? { event: "complete", reason: null } : null;
  if (!isOccupying(from.state))
    return {
      event: state === "en-route" ? "return" : "cancel",
      reason: `The patient's stay at the origin is over: ${from.state}.`,
    };
  const effective = state === "on-hold" ? resumesTo : state;
  if (effective === "requested" || effective === "failed")
    return claim === null || state === "on-hold" ? null : { event: "hold-destination", reason: null };
  if (claim === null || claim.bookingId !== toBookingId) {
    const isRefusal = to?.state === "declined" && state === "held";
    return { event: isRefusal ? "decline" : "destination-lost", reason: lossOf(to) };
  }
  if (isClosed && !isOccupying(claim.state))
    return { event: "destination-lost", reason: "The bed of the destination was closed." };
  if (state === "held" && claim.state !== "held" && claim.state !== "requested")
    return { event: "accept", reason: null };
  return null;
}

function lossOf(to: LinkedTransfer["to"]): string {
  if (to === null) return "The destination is not known any more.";
  const why = to.reason === null ? "" : ` (${to.reason})`;
  // It is called live, and is no claim: its time is over.
  return `The booking of the destination is ${to.isLive ? "expired" : to.state}${why}.`;
}

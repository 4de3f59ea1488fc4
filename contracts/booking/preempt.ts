/** Who has to give way to whom. Pure. */
import type { BookingState } from "./states.ts";
import type { Urgency } from "./vocabulary.ts";

/** Null: it may; otherwise why not. Only a hold gives way, and only to an emergency where it is none itself. */
export function whyNotPreempt(
  asking: { readonly urgency: Urgency },
  standing: { readonly state: BookingState; readonly urgency: Urgency },
): string | null {
  if (standing.state !== "held")
    return "Only a hold gives way; this bed's hospital was asked for it already.";
  if (asking.urgency !== "emergency") return "Only an emergency takes a held bed.";
  if (standing.urgency === "emergency") return "The bed is held for an emergency.";
  return null;
}

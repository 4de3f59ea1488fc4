/** What resolves each kind of conflict, and what else may. The first is offered as the button. */
import type { CONFLICT_ACTIONS } from "../wire/ward-desk.ts";
import type { BookingEventName, DiscrepancyKind, LiveBookingState } from "./states.ts";

export type ConflictAction = (typeof CONFLICT_ACTIONS)[number];

export const ACTIONS_OF_CONFLICT: Readonly<
  Record<DiscrepancyKind, readonly [ConflictAction, ...ConflictAction[]]>
> = {
  ghost: ["mark-on-leave", "confirm-discharge"],
  squat: ["identify-patient", "clear-bed"],
  "presence-on-claim": ["clear-bed", "cancel-booking", "confirm-arrival"],
  vacated: ["confirm-discharge"],
  "not-left": ["clear-bed"],
  "arrival-overdue": ["cancel-booking", "confirm-arrival"],
  "closed-under-claim": ["find-other-bed", "cancel-booking", "confirm-discharge"],
};

export const ACTION_WORDS: Readonly<Record<ConflictAction, string>> = {
  "confirm-discharge": "Confirm that the patient has left",
  "mark-on-leave": "The patient is on leave",
  "identify-patient": "Find out who is in the bed",
  "confirm-arrival": "The patient has arrived",
  "clear-bed": "The bed has been cleared",
  "cancel-booking": "Cancel the booking",
  "find-other-bed": "Give the bed up and find another",
};

/** What the action does to the booking in that state; null: nothing, the bed itself has to say so. */
export function bookingEventOf(action: ConflictAction, state: LiveBookingState): BookingEventName | null {
  const isHold = state === "held" || state === "requested";
  switch (action) {
    case "confirm-discharge":
      return "discharge";
    case "mark-on-leave":
      return "leave";
    case "confirm-arrival":
      return "arrive";
    case "cancel-booking":
    case "find-other-bed":
      return isHold ? "release" : "cancel";
    case "identify-patient":
    case "clear-bed":
      return null;
  }
}

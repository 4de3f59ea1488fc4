/** Which steps of a booking their author may take back, and until when. Pure. */
import type { BookingEventName, BookingState } from "./states.ts";

/** What a client offers. The service waits a little longer, for an answer that was on its way. */
export const UNDO_SHOWN_MS = 10_000;
export const UNDO_TAKEN_MS = 12_000;

/** The last step, kept beside the booking until the next one. */
export type LastStep = {
  readonly event: BookingEventName;
  readonly from: BookingState;
  readonly atMs: number;
  readonly sessionSha256: string;
};

export function isReversible({ event, from }: Pick<LastStep, "event" | "from">): boolean {
  switch (event) {
    case "release":
    case "decline":
    case "assign":
    case "leave":
    case "return":
    case "order-discharge":
    case "withdraw-discharge":
      return true;
    // What lay in the bed was seen by others meanwhile.
    case "cancel":
      return from !== "arrived";
    default:
      return false;
  }
}

/** Until when its author is offered to take it back; null: nobody is, or not this caller. */
export function undoUntilMs(
  step: LastStep | null,
  caller: { readonly sessionSha256: string },
  nowMs: number,
): number | null {
  if (step === null || !isReversible(step) || step.sessionSha256 !== caller.sessionSha256) return null;
  const untilMs = step.atMs + UNDO_SHOWN_MS;
  return nowMs < untilMs ? untilMs : null;
}

/** Null: it can be taken back; otherwise why not. */
export function whyNotUndo(
  step: LastStep | null,
  caller: { readonly sessionSha256: string },
  nowMs: number,
): string | null {
  if (step === null || !isReversible(step)) return "The last step cannot be taken back.";
  if (step.sessionSha256 !== caller.sessionSha256) return "Somebody else took the last step.";
  return nowMs <= step.atMs + UNDO_TAKEN_MS ? null : "The time to take it back is over.";
}

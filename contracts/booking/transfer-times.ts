/** How long each stage of a transfer should last at most, and for how long a step can be taken back. Pure. */
import type { TransferEventName, TransferState } from "./states.ts";
import { UNDO_SHOWN_MS, UNDO_TAKEN_MS } from "./undo.ts";

/** In minutes; null: it has no limit. What takes longer is shown as overdue, and nothing else happens to it. */
export const TRANSFER_MINUTES_MAX: Readonly<Record<TransferState, number | null>> = {
  /** Until a bed is held. */
  requested: 30,
  /** Until the hospital answers; its hold lapses by itself. */
  held: 15,
  /** Until transport is ordered. */
  accepted: 30,
  "on-hold": null,
  /** Until the patient leaves. */
  "transport-ordered": 30,
  "en-route": 120,
  /** Until it is confirmed who came. */
  arrived: 30,
  /** Until another bed is held: the patient may be on the way. */
  failed: 10,
  completed: null,
  declined: null,
  cancelled: null,
  returned: null,
};

export function transferDueAtMs(state: TransferState, sinceMs: number): number | null {
  const minutes = TRANSFER_MINUTES_MAX[state];
  return minutes === null ? null : sinceMs + minutes * 60_000;
}

const REVERSIBLE: readonly TransferEventName[] = [
  "accept",
  "decline",
  "order-transport",
  "put-on-hold",
  "resume",
];

type LastStep = {
  readonly event: TransferEventName;
  readonly atMs: number;
  readonly sessionSha256: string;
};

/** Until when its author is offered to take it back; null: nobody is, or not this caller. */
export function transferUndoUntilMs(
  step: LastStep | null,
  caller: { readonly sessionSha256: string },
  nowMs: number,
): number | null {
  if (step === null || !REVERSIBLE.includes(step.event) || step.sessionSha256 !== caller.sessionSha256)
    return null;
  const untilMs = step.atMs + UNDO_SHOWN_MS;
  return nowMs < untilMs ? untilMs : null;
}

/** Null: it can be taken back; otherwise why not. */
export function whyNotUndoTransfer(
  step: LastStep | null,
  caller: { readonly sessionSha256: string },
  nowMs: number,
): string | null {
  if (step === null || !REVERSIBLE.includes(step.event)) return "The last step cannot be taken back.";
  if (step.sessionSha256 !== caller.sessionSha256) return "Somebody else took the last step.";
  return nowMs <= step.atMs + UNDO_TAKEN_MS ? null : "The time to take it back is over.";
}

/** Takes the last step of a transfer back, where its author asks for it in time and nothing was built on it. */
import { transferDueAtMs, whyNotUndoTransfer } from "../../contracts/booking/transfer-times.ts";
import type { PersonCaller } from "../access/scope.ts";
import { requestStateOf } from "../bookings/apply-event.ts";
import { bookingEvent } from "../bookings/desk-events.ts";
import { lockBooking } from "../bookings/locks.ts";
import { setRequestState, updateBooking } from "../bookings/repository.ts";
import { undoLocked } from "../bookings/undo-event.ts";
import type { DeskStep } from "../desk/desk-transaction.ts";
import { CloudError } from "../http/problem.ts";
import { destinationOf } from "./destination.ts";
import { stageOf, transferEvent } from "./move.ts";
import { updateTransfer } from "./repository.ts";
import type { LinkedTransfer, PreviousStep } from "./rows.ts";

const REASON = "The step before was taken back.";

/** Everything is locked. */
export async function undoTransfer(
  step: DeskStep,
  linked: LinkedTransfer,
  caller: PersonCaller,
): Promise<void> {
  const { transfer } = linked;
  const { previous } = transfer;
  const whyNot = whyNotUndoTransfer(previous, caller, step.nowMs);
  if (previous === null || whyNot !== null)
    throw new CloudError("UNDO_REFUSED", whyNot ?? "The last step cannot be taken back.");
  if (previous.event === "decline") await undoDecline(step, linked, caller);
  if (previous.event === "accept") await undoAccept(step, linked, previous);
  await updateTransfer(step.trx, transfer, {
    state: previous.state,
    resumesTo: previous.resumesTo,
    sinceMs: previous.sinceMs,
    dueAtMs: previous.dueAtMs ?? transferDueAtMs(previous.state, previous.sinceMs),
    stages: [...transfer.stages, stageOf(previous.state, caller, REASON, step.nowMs)],
    previous: null,
    toBookingId: transfer.toBookingId,
    toHospitalId: transfer.toHospitalId,
  });
  step.events.push(transferEvent("transfer-step-undone", linked, previous.state, REASON));
}

async function undoDecline(step: DeskStep, { transfer, to }: LinkedTransfer, caller: PersonCaller) {
  await undoLocked(step, await lockBooking(step.trx, destinationOf(transfer, to).bookingId), caller);
}

/** The hold that it was, to the time at which that ends. */
async function undoAccept(
  step: DeskStep,
  { transfer, to }: LinkedTransfer,
  { booking: was }: PreviousStep,
): Promise<void> {
  const { booking, request } = await lockBooking(step.trx, destinationOf(transfer, to).bookingId);
  if (was === null || booking.version !== was.version || booking.state !== "reserved")
    throw new CloudError("UNDO_REFUSED", "The booking has gone on since.");
  if (was.expiresAtMs === null || was.expiresAtMs <= step.nowMs)
    throw new CloudError("UNDO_REFUSED", "The hold would have lapsed by now.");
  const next = {
    ...booking,
    state: was.state,
    sinceMs: was.sinceMs,
    expiresAtMs: was.expiresAtMs,
    reservedAtMs: null,
    previous: null,
    reason: null,
  };
  await updateBooking(step.trx, booking, { ...next, endedAtMs: null });
  await setRequestState(step.trx, request.requestId, requestStateOf(next.state));
  step.events.push(bookingEvent("booking-step-undone", { ...next, from: booking.state }, request));
}

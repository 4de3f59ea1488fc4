/** Takes the last step back, where its author asks for it in time and nothing was built on it. */
import { whyNotUndo } from "../../contracts/booking/undo.ts";
import type { PersonCaller } from "../access/scope.ts";
import type { DeskStep } from "../desk/desk-transaction.ts";
import { CloudError } from "../http/problem.ts";
import { requestStateOf } from "./apply-event.ts";
import { bookingEvent, requestEvent } from "./desk-events.ts";
import { followEncounter } from "./encounter-hospital.ts";
import {
  liveBookingIds,
  liveClaimOf,
  nextFencingToken,
  setRequestState,
  updateBooking,
} from "./repository.ts";
import type { StoredBooking, StoredRequest } from "./rows.ts";

/** Both are locked, and `nowMs` was read since. An ended claim begins anew, under a token of its own. */
export async function undoLocked(
  step: DeskStep,
  { booking, request }: { readonly booking: StoredBooking; readonly request: StoredRequest },
  caller: PersonCaller,
): Promise<void> {
  const { trx, nowMs, events } = step;
  const { previous } = booking;
  const whyNot = whyNotUndo(previous, caller, nowMs);
  if (previous === null || whyNot !== null)
    throw new CloudError("UNDO_REFUSED", whyNot ?? "The last step cannot be taken back.");
  if (previous.expiresAtMs !== null && previous.expiresAtMs <= nowMs)
    throw new CloudError("UNDO_REFUSED", "The hold would have lapsed by now.");
  if (!booking.isLive) await requireStillFree(step, booking, request);
  const next = {
    ...booking,
    state: previous.from,
    isLive: true,
    sinceMs: previous.sinceMs,
    expiresAtMs: previous.expiresAtMs,
    dischargeOrderedAtMs: previous.dischargeOrderedAtMs,
    previous: null,
    reason: null,
    fromMs: booking.isLive ? booking.fromMs : nowMs,
    fencingToken: booking.isLive ? booking.fencingToken : await nextFencingToken(trx),
    version: booking.version + 1,
  };
  await updateBooking(trx, booking, { ...next, endedAtMs: null });
  await followEncounter(trx, request, next);
  await setRequestState(trx, request.requestId, requestStateOf(next.state));
  events.push(
    bookingEvent("booking-step-undone", { ...next, from: booking.state }, request),
    requestEvent(`request-${requestStateOf(next.state)}`, request),
  );
}

async function requireStillFree(
  { trx, nowMs }: DeskStep,
  { bedId, requestId }: StoredBooking,
  { state }: StoredRequest,
): Promise<void> {
  const claim = await liveClaimOf(trx, bedId, nowMs);
  if (claim !== undefined) throw new CloudError("UNDO_REFUSED", "Somebody else has the bed by now.");
  const other = (await liveBookingIds(trx, [requestId])).get(requestId);
  if (other !== undefined || state !== "open")
    throw new CloudError("UNDO_REFUSED", "The request has gone on since.");
}

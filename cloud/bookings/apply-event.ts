/**
 * One event of one booking, within somebody's transaction: lock, decide by what is there, write, tell. Who may is asked
 * before.
 */
import { asksTheBed, type BedAnswer, decideBookingEvent } from "../../contracts/booking/decide-booking.ts";
import {
  type BookingEventName,
  type BookingState,
  LIVE_BOOKING_STATES,
  OCCUPYING_BOOKING_STATES,
  type RequestState,
} from "../../contracts/booking/states.ts";
import type { Actor } from "../desk/desk-event.ts";
import type { DeskStep } from "../desk/desk-transaction.ts";
import { CloudError, type ProblemCode } from "../http/problem.ts";
import { type CheckedBed, checkBed } from "./bed-check.ts";
import { bookingEvent, PAST_OF_EVENT, requestEvent } from "./desk-events.ts";
import { followEncounter } from "./encounter-hospital.ts";
import { type LockedBooking, lockBooking } from "./locks.ts";
import type { BookingPorts } from "./ports.ts";
import { type BookingChange, setRequestState, updateBooking } from "./repository.ts";
import type { StoredBooking } from "./rows.ts";
import { closeStay, openStay, voidStay } from "./stays.ts";

export type BookingEventAsk = {
  readonly event: BookingEventName;
  readonly actor: Actor;
  readonly reason?: string | null;
  /** For `presence`: since when somebody is in the bed, in milliseconds, by its sensors. */
  readonly presentSinceMs?: number;
  /** For `discharge` and `transfer-out`: when the patient left, where that is known; left out: now. */
  readonly leftAtMs?: number;
};

/** Throws a CloudError where it is refused. Returns the booking as it is then; the same version where nothing was new. */
export async function applyBookingEvent(
  ports: BookingPorts,
  step: DeskStep,
  bookingId: string,
  ask: BookingEventAsk,
): Promise<StoredBooking> {
  const locked = await lockBooking(step.trx, bookingId);
  // Locks were waited for: what was true when the transaction began may be over.
  const nowMs = await ports.deskClock.nowMs(step.trx);
  return await applyTo(ports, { ...step, nowMs }, locked, ask);
}

/** Of a booking that is locked; `nowMs` was read since. */
export async function applyLocked(
  ports: BookingPorts,
  step: DeskStep,
  bookingId: string,
  ask: BookingEventAsk,
): Promise<StoredBooking> {
  return await applyTo(ports, step, await lockBooking(step.trx, bookingId), ask);
}

/** The same, of one that was read under its lock and not changed since. */
export async function applyTo(
  ports: BookingPorts,
  step: DeskStep,
  { booking, request }: LockedBooking,
  ask: BookingEventAsk,
): Promise<StoredBooking> {
  const { trx, nowMs, events } = step;
  const { event } = ask;
  const needsBed = asksTheBed(event) || event === "renew";
  const evidenceNowMs = ports.clock.nowMs();
  const checked = needsBed
    ? await checkBed(trx, booking.bedId, request.need, { nowMs, evidenceNowMs })
    : null;
  const decision = decideBookingEvent(booking, event, { nowMs, bed: checked?.answer ?? null });
  if (decision.kind === "same") return booking;
  if (decision.kind === "refused") throw refusal(decision);
  const next = nextOf(booking, decision.to, ask, { nowMs, checked });
  await ports.bookingMoves(step, { booking, to: next.state, ask });
  await updateBooking(trx, booking, next);
  const after = { ...booking, ...next, version: booking.version + 1, isLive: isLive(next.state) };
  await followStay(step, booking, after, ask);
  await followEncounter(trx, request, after);
  const requestState = requestStateOf(next.state);
  await setRequestState(trx, request.requestId, requestState);
  const kind = next.state === "reserved" ? "booking-reserved" : PAST_OF_EVENT[event];
  events.push(
    bookingEvent(
      next.state === booking.state ? PAST_OF_EVENT[event] : kind,
      { ...after, from: booking.state },
      request,
    ),
  );
  if (requestState !== request.state)
    events.push(
      requestEvent(requestState === "open" ? "request-reopened" : `request-${requestState}`, request),
    );
  if (hasLeftBed(booking.state, next.state))
    await ports.bedVacated(step, {
      bedId: booking.bedId,
      hospitalId: booking.hospitalId,
      isolation: request.need.isolation !== "none" && request.need.isolation !== "protective",
    });
  return after;
}

const isLive = (state: BookingState) => (LIVE_BOOKING_STATES as readonly string[]).includes(state);
const isOccupying = (state: BookingState) => (OCCUPYING_BOOKING_STATES as readonly string[]).includes(state);
const hasLeftBed = (from: BookingState, to: BookingState) => isOccupying(from) && !isOccupying(to);

const CODES = {
  lapsed: "HOLD_LAPSED",
  "not-bookable": "BED_NOT_BOOKABLE",
  refused: "BOOKING_REFUSED",
} as const;

function refusal({
  code,
  reason,
  misfits,
}: {
  readonly code: keyof typeof CODES;
  readonly reason: string;
  readonly misfits: BedAnswer["misfits"];
}): CloudError {
  const known: ProblemCode = CODES[code];
  return new CloudError(known, reason, misfits.length === 0 ? {} : { misfits });
}

function nextOf(
  booking: StoredBooking,
  to: BookingState,
  { event, actor, reason, presentSinceMs }: BookingEventAsk,
  { nowMs, checked }: { readonly nowMs: number; readonly checked: CheckedBed | null },
): BookingChange {
  const lapses = to === "held" || to === "requested";
  const hasMoved = to !== booking.state;
  const isHere = isOccupying(to) && !isOccupying(booking.state);
  return {
    state: to,
    fromMs: booking.fromMs,
    endedAtMs: isLive(to) ? null : nowMs,
    sinceMs: hasMoved ? nowMs : booking.sinceMs,
    expiresAtMs: lapses ? expiryOf(booking, event, nowMs, checked) : null,
    renewalsLeft: booking.renewalsLeft - (event === "renew" ? 1 : 0),
    dischargeOrderedAtMs: dischargeOf(booking, event, nowMs),
    presenceSinceMs: isHere ? Math.min(presentSinceMs ?? nowMs, nowMs) : booking.presenceSinceMs,
    presenceBy: isHere ? (event === "presence" ? "sensor" : "person") : booking.presenceBy,
    reservedAtMs: to === "reserved" && hasMoved ? nowMs : booking.reservedAtMs,
    evidence: asksTheBed(event) && checked !== null ? checked.evidence : booking.evidence,
    fencingToken: booking.fencingToken,
    previous:
      actor === "service"
        ? null
        : {
            event,
            from: booking.state,
            atMs: nowMs,
            sessionSha256: actor.sessionSha256,
            sinceMs: booking.sinceMs,
            expiresAtMs: booking.expiresAtMs,
            dischargeOrderedAtMs: booking.dischargeOrderedAtMs,
          },
    reason: reason ?? (isLive(to) ? booking.reason : null),
  };
}

/** A renewal never shortens. */
function expiryOf(
  { expiresAtMs, urgency }: StoredBooking,
  event: BookingEventName,
  nowMs: number,
  checked: CheckedBed | null,
): number | null {
  if (event !== "renew" || checked === null) return expiresAtMs;
  return Math.max(expiresAtMs ?? 0, nowMs + checked.holdMsOf(urgency));
}

function dischargeOf(booking: StoredBooking, event: BookingEventName, nowMs: number): number | null {
  if (event === "order-discharge") return nowMs;
  return event === "withdraw-discharge" ? null : booking.dischargeOrderedAtMs;
}

async function followStay(
  step: DeskStep,
  before: StoredBooking,
  after: StoredBooking,
  { event, leftAtMs }: BookingEventAsk,
): Promise<void> {
  if (!isOccupying(before.state) && isOccupying(after.state)) await openStay(step, after);
  if (!hasLeftBed(before.state, after.state)) return;
  if (event === "cancel") await voidStay(step, after);
  else await closeStay(step, after, leftAtMs ?? step.nowMs);
}

/** Where the booking goes, its request follows. */
export function requestStateOf(state: BookingState): RequestState {
  switch (state) {
    case "held":
    case "requested":
      return "held";
    case "reserved":
    case "assigned":
      return "booked";
    case "arrived":
    case "admitted":
    case "on-leave":
      return "placed";
    case "discharged":
    case "transferred":
      return "closed";
    default:
      return "open";
  }
}

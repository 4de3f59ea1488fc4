/**
 * A hold, within somebody's transaction:
 *
 *   lock request, bed ─▶ what has lapsed lapses ─▶ is the bed claimed? ─▶ does it fit, by its evidence of now? ─▶ insert
 *
 * The constraint of the table has the last word; the lock only makes sure that who comes second is told so in peace.
 */
import { sql } from "kysely";
import { whyNotPreempt } from "../../contracts/booking/preempt.ts";
import type { BedId, HospitalId } from "../../contracts/wire/ids.ts";
import type { PersonCaller } from "../access/scope.ts";
import { preparedAs } from "../database/prepared.ts";
import type { DatabaseTransaction } from "../database/schema.ts";
import type { DeskStep } from "../desk/desk-transaction.ts";
import { uuidOf } from "../exports/exports.ts";
import { CloudError } from "../http/problem.ts";
import { applyLocked } from "./apply-event.ts";
import { type CheckedBed, checkBed } from "./bed-check.ts";
import { bookingEvent } from "./desk-events.ts";
import { lapseHolds } from "./lapse.ts";
import { lockBedIfFree, lockBeds, lockRequests, requestNotFound } from "./locks.ts";
import { BedTaken } from "./lost-race.ts";
import type { BookingPorts } from "./ports.ts";
import { bookingColumns, liveClaimOf, selectBookings } from "./repository.ts";
import { NamedBooking, type StoredBooking, type StoredRequest } from "./rows.ts";

export type HoldAsk = {
  readonly requestId: string;
  readonly bedId: BedId;
  /** The booking of a hold that is to give way. */
  readonly preempts: string | null;
  readonly by: Pick<PersonCaller, "role" | "hospitalId" | "sessionSha256">;
  /** Whether the caller may know of this request, and of beds of this hospital; others are not told that it exists. */
  maySeeRequest(request: StoredRequest): boolean;
  maySeeBedOf(hospitalId: HospitalId): boolean;
};

/** Throws BedTaken where somebody else has the bed. */
export async function holdBed(ports: BookingPorts, step: DeskStep, ask: HoldAsk): Promise<NamedBooking> {
  const { trx } = step;
  const { bedId, requestId, preempts } = ask;
  const standing = preempts === null ? null : await requestIdOf(trx, preempts);
  const requests = await lockRequests(trx, standing === null ? [requestId] : [requestId, standing]);
  const request = requests.get(requestId);
  if (request === undefined || !ask.maySeeRequest(request)) throw requestNotFound();
  const own = await lockOwnBooking(trx, requestId);
  const isFirst = own === undefined && (await lockBedIfFree(trx, bedId));
  // Who comes late need not wait for the bed's lock to be told so, as of when it began. With the lock it is asked again.
  if (own === undefined && preempts === null && !isFirst) {
    const claim = await liveClaimOf(trx, bedId, step.nowMs);
    if (claim !== undefined && ask.maySeeBedOf(claim.hospitalId)) throw new BedTaken(bedId, request);
  }
  if (!isFirst) await lockBeds(trx, own === undefined ? [bedId] : [bedId, own.bedId]);

  // Locks were waited for: what was true when the transaction began may be over.
  const nowMs = await ports.deskClock.nowMs(trx);
  const now = { ...step, nowMs };
  requireOpen(request, own, nowMs);
  const checked = await checkBed(trx, bedId, request.need, { nowMs, evidenceNowMs: ports.clock.nowMs() });
  if (!ask.maySeeBedOf(checked.bed.hospitalId)) throw requestOfUnknownBed();
  if (checked.claim === "lapsed" || own !== undefined)
    await lapseHolds(now, own === undefined ? [bedId] : [bedId, own.bedId]);
  if (checked.claim === "stands") await settleClaim(ports, now, ask, request);
  requireFit(checked);

  const booking = await insertHold(ports, now, ask, request, checked);
  step.events.push(bookingEvent("booking-held", { ...booking, from: null }, request));
  return booking;
}

const requestOfUnknownBed = () =>
  new CloudError("BED_NOT_FOUND", "There is no such bed among those you may see.");

async function requestIdOf(trx: DatabaseTransaction, bookingId: string): Promise<string | null> {
  const row = await trx
    .selectFrom("bookings")
    .select("requestId")
    .where("bookingId", "=", bookingId)
    .executeTakeFirst();
  return row?.requestId ?? null;
}

/** The request's booking that is called live; its time may be over. */
async function lockOwnBooking(
  trx: DatabaseTransaction,
  requestId: string,
): Promise<StoredBooking | undefined> {
  const [own] = await selectBookings(
    trx,
    sql`booking.request_id = ${requestId} AND booking.is_live`,
    sql`booking.booking_id FOR UPDATE`,
    preparedAs("lock-own-booking"),
  );
  return own;
}

function requireOpen({ state }: StoredRequest, own: StoredBooking | undefined, nowMs: number): void {
  if (own !== undefined && (own.expiresAtMs === null || own.expiresAtMs > nowMs))
    throw new CloudError("REQUEST_HAS_BED", `The request has a bed already: it is ${own.state}.`, {
      bookingId: own.bookingId,
    });
  if (state === "cancelled" || state === "closed" || state === "placed")
    throw new CloudError("REQUEST_ENDED", `The request is ${state}; nothing is held for it any more.`);
}

/** Either nobody has the bed afterwards, or it is taken. */
async function settleClaim(
  ports: BookingPorts,
  step: DeskStep,
  { bedId, preempts }: HoldAsk,
  request: StoredRequest,
): Promise<void> {
  const claim = await liveClaimOf(step.trx, bedId, step.nowMs);
  if (claim === undefined) return;
  if (claim.bookingId !== preempts) throw new BedTaken(bedId, request);
  const whyNot = whyNotPreempt(request, claim);
  if (whyNot !== null) throw new CloudError("PREEMPT_REFUSED", whyNot);
  await applyLocked(ports, step, claim.bookingId, {
    event: "preempt",
    actor: "service",
    reason: `It gave way to the emergency ${request.callName}.`,
  });
}

function requireFit({ answer }: CheckedBed): void {
  if (answer.misfits.length === 0) return;
  const why = answer.misfits.map(({ text }) => text).join(", ");
  throw new CloudError("BED_NOT_BOOKABLE", `The bed cannot be booked for this request: ${why}.`, {
    misfits: answer.misfits,
  });
}

async function insertHold(
  { randomness }: BookingPorts,
  { trx, nowMs }: DeskStep,
  { bedId, by }: HoldAsk,
  request: StoredRequest,
  { bed, evidence, holdMsOf }: CheckedBed,
): Promise<NamedBooking> {
  const bookingId = uuidOf(randomness.bytes(16));
  const { requestId, encounterId, urgency, need } = request;
  const expiresAtMs = nowMs + holdMsOf(urgency);
  const { rows } = await sql`${preparedAs("hold-bed")}
    WITH moved AS (
      UPDATE bed_requests SET state = 'held', version = version + 1
      WHERE request_id = ${requestId} AND state <> 'held'
    )
    INSERT INTO bookings (booking_id, request_id, encounter_id, bed_id, hospital_id, state, during, since_ms,
      expires_at_ms, renewals_left, evidence, urgency, sex, role, asker_hospital_id, session_sha256, created_at_ms,
      version)
    VALUES (${bookingId}, ${requestId}, ${encounterId}, ${bedId}, ${bed.hospitalId}, 'held',
      int8range(${nowMs}::bigint, ${expiresAtMs}::bigint), ${nowMs}, ${expiresAtMs}, ${RENEWALS_MAX},
      ${JSON.stringify(evidence)}::jsonb, ${urgency}, ${need.sex}, ${by.role}, ${by.hospitalId}, ${by.sessionSha256},
      ${nowMs}, 1)
    RETURNING ${INSERTED_COLUMNS}`.execute(trx);
  return NamedBooking.parse({
    ...(rows[0] as object),
    callName: request.callName,
    bedLabel: bed.label,
    wardName: bed.wardName,
  });
}

const RENEWALS_MAX = 1;
const INSERTED_COLUMNS = bookingColumns("bookings");

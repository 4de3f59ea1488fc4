/**
 * Says of holds whose time is over that they have lapsed. The claims themselves need no such word: their range is over.
 * Who does it waits for nobody; what another transaction has in hand, that one settles.
 */
import { type RawBuilder, sql } from "kysely";
import type { BedId } from "../../contracts/wire/ids.ts";
import { preparedAs } from "../database/prepared.ts";
import type { DatabaseTransaction } from "../database/schema.ts";
import type { DeskStep } from "../desk/desk-transaction.ts";
import { bookingEvent, requestEvent } from "./desk-events.ts";
import { lockBeds } from "./locks.ts";
import { selectBookings, selectRequests, setRequestState, updateBooking } from "./repository.ts";
import type { StoredBooking } from "./rows.ts";

/** In one transaction; what is left comes with the next. */
export const LAPSED_AT_ONCE_MAX = 100;

/** Those that lie on the beds, which are locked. */
export async function lapseHolds(step: DeskStep, bedIds: readonly BedId[]): Promise<void> {
  const lapsed = await takeLapsed(
    step,
    sql`booking.bed_id = ANY(${[...bedIds]}::text[])`,
    preparedAs("lapse-on-beds"),
  );
  await markExpired(step, lapsed);
}

/** Of anywhere. Returns how many. */
export async function lapseAllHolds(step: DeskStep): Promise<number> {
  const lapsed = await takeLapsed(step, sql`true`, preparedAs("lapse-anywhere"));
  await lockBeds(
    step.trx,
    lapsed.map(({ bedId }) => bedId),
  );
  await markExpired(step, lapsed);
  return lapsed.length;
}

async function takeLapsed(
  { trx, nowMs }: DeskStep,
  which: RawBuilder<unknown>,
  prepared: RawBuilder<unknown>,
): Promise<StoredBooking[]> {
  const { rows } = await sql<{ bookingId: string }>`${prepared}
    SELECT booking.booking_id FROM bookings booking
      JOIN bed_requests request ON request.request_id = booking.request_id
    WHERE booking.is_live AND booking.expires_at_ms <= ${nowMs} AND ${which}
    ORDER BY booking.request_id LIMIT ${LAPSED_AT_ONCE_MAX} FOR UPDATE SKIP LOCKED`.execute(trx);
  if (rows.length === 0) return [];
  const ids = rows.map(({ bookingId }) => bookingId);
  return await selectBookings(trx, sql`booking.booking_id = ANY(${ids}::uuid[])`, sql`booking.booking_id`);
}

async function markExpired(
  { trx, nowMs, events }: DeskStep,
  lapsed: readonly StoredBooking[],
): Promise<void> {
  if (lapsed.length === 0) return;
  const requests = await requestsOf(trx, lapsed);
  for (const booking of lapsed) {
    const request = requests.get(booking.requestId);
    if (request === undefined) throw new Error(`booking ${booking.bookingId} was to have a request`);
    const { expiresAtMs } = booking;
    const next = { ...booking, state: "expired", sinceMs: nowMs, expiresAtMs: null, previous: null } as const;
    await updateBooking(trx, booking, { ...next, endedAtMs: expiresAtMs });
    await setRequestState(trx, booking.requestId, "open");
    events.push(
      bookingEvent("booking-expired", { ...next, from: booking.state }, request),
      requestEvent("request-reopened", request),
    );
  }
}

async function requestsOf(trx: DatabaseTransaction, bookings: readonly StoredBooking[]) {
  const ids = bookings.map(({ requestId }) => requestId);
  const requests = await selectRequests(
    trx,
    sql`request.request_id = ANY(${ids}::uuid[])`,
    sql`request.request_id`,
  );
  return new Map(requests.map((request) => [request.requestId, request]));
}

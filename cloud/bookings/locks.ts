/**
 * Who waits for whom. Every change of the desk locks in one order, so that two wait for each other never:
 *
 *   requests ─▶ encounters ─▶ bookings ─▶ beds, each by id ─▶ (last) the order of the outbox
 */
import { sql } from "kysely";
import type { BedId } from "../../contracts/wire/ids.ts";
import { preparedAs } from "../database/prepared.ts";
import type { DatabaseTransaction } from "../database/schema.ts";
import { CloudError } from "../http/problem.ts";
import { selectBookings, selectRequests } from "./repository.ts";
import type { StoredBooking, StoredRequest } from "./rows.ts";

/** Requests with their encounters. */
export async function lockRequests(
  trx: DatabaseTransaction,
  requestIds: readonly string[],
): Promise<Map<string, StoredRequest>> {
  const requests = await selectRequests(
    trx,
    sql`request.request_id = ANY(${requestIds}::uuid[])`,
    sql`request.request_id FOR UPDATE`,
    preparedAs("lock-requests"),
  );
  return new Map(requests.map((request) => [request.requestId, request]));
}

/** Also a bed that nobody knows is no error here; it locks nothing. */
export async function lockBeds(trx: DatabaseTransaction, bedIds: readonly BedId[]): Promise<void> {
  await sql`${preparedAs("lock-beds")}SELECT bed_id FROM beds WHERE bed_id = ANY(${[...bedIds]}::text[])
    ORDER BY bed_id FOR UPDATE`.execute(trx);
}

/** Whether it is locked now; false: somebody else has it in hand, or nobody knows such a bed. */
export async function lockBedIfFree(trx: DatabaseTransaction, bedId: BedId): Promise<boolean> {
  const { rows } = await sql`${preparedAs("lock-bed-if-free")}
    SELECT bed_id FROM beds WHERE bed_id = ${bedId} FOR UPDATE SKIP LOCKED`.execute(trx);
  return rows.length === 1;
}

export type LockedBookings = {
  readonly bookings: ReadonlyMap<string, StoredBooking>;
  readonly requests: ReadonlyMap<string, StoredRequest>;
};

/**
 * Everything that a change of these bookings touches. A transaction that changes several locks them here at once; what
 * it then locks singly, it has.
 */
export async function lockBookings(
  trx: DatabaseTransaction,
  bookingIds: readonly string[],
): Promise<LockedBookings> {
  const parts = await trx
    .selectFrom("bookings")
    .select(["bookingId", "requestId", "bedId"])
    .where("bookingId", "in", [...bookingIds])
    .execute();
  const requests = await lockRequests(
    trx,
    parts.map(({ requestId }) => requestId),
  );
  const bookings = await selectBookings(
    trx,
    sql`booking.booking_id = ANY(${[...bookingIds]}::uuid[])`,
    sql`booking.booking_id FOR UPDATE`,
  );
  await lockBeds(
    trx,
    parts.map(({ bedId }) => bedId as BedId),
  );
  return { requests, bookings: new Map(bookings.map((booking) => [booking.bookingId, booking])) };
}

export type LockedBooking = { readonly booking: StoredBooking; readonly request: StoredRequest };

export async function lockBooking(trx: DatabaseTransaction, bookingId: string): Promise<LockedBooking> {
  const { bookings, requests } = await lockBookings(trx, [bookingId]);
  const booking = bookings.get(bookingId);
  const request = booking === undefined ? undefined : requests.get(booking.requestId);
  if (booking === undefined || request === undefined) throw bookingNotFound();
  return { booking, request };
}

export const bookingNotFound = () =>
  new CloudError("BOOKING_NOT_FOUND", "There is no such booking among those you may see.");
export const requestNotFound = () =>
  new CloudError("REQUEST_NOT_FOUND", "There is no such request among those you may see.");

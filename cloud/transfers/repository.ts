/**
 * Reads transfers out of the database, and writes them into it. Whoever changes one has its request's row locked: that
 * is also what every change of its destination locks first.
 */
import { type RawBuilder, sql } from "kysely";
import { isLapsed } from "../../contracts/booking/decide-booking.ts";
import type { BedId, HospitalId } from "../../contracts/wire/ids.ts";
import type { PersonCaller } from "../access/scope.ts";
import { lockBookings, lockRequests } from "../bookings/locks.ts";
import { selectNamedBookings } from "../bookings/repository.ts";
import type { Database, DatabaseTransaction } from "../database/schema.ts";
import { type LinkedTransfer, StoredTransfer } from "./rows.ts";

type Reader = Database | DatabaseTransaction;

/** More than anybody reads; those under way are all looked after. */
export const LISTED_MAX = 500;

/** The newest first; `where` speaks of `transfer`. A hold whose time is over at `nowMs` is no claim. */
export async function selectTransfers(
  db: Reader,
  where: RawBuilder<unknown>,
  nowMs: number,
  limit: number | null = null,
): Promise<LinkedTransfer[]> {
  const { rows } = await sql`
    SELECT * FROM transfers transfer WHERE ${where}
    ORDER BY transfer.created_at_ms DESC, transfer.transfer_id LIMIT ${limit}::bigint`.execute(db);
  const transfers = rows.map((row) => StoredTransfer.parse(row));
  if (transfers.length === 0) return [];
  const ids = transfers.flatMap(({ fromBookingId, toBookingId }) =>
    [fromBookingId, toBookingId ?? []].flat(),
  );
  const requestIds = transfers.map(({ requestId }) => requestId);
  const bookings = await selectNamedBookings(
    db,
    sql`booking.booking_id = ANY(${ids}::uuid[])
      OR (booking.request_id = ANY(${requestIds}::uuid[]) AND booking.is_live)`,
  );
  const byId = new Map(bookings.map((booking) => [booking.bookingId, booking]));
  return transfers.map((transfer) => {
    const from = byId.get(transfer.fromBookingId);
    if (from === undefined) throw new Error(`transfer ${transfer.transferId} was to have a bed of origin`);
    const claim = bookings.find(
      (booking) => booking.requestId === transfer.requestId && booking.isLive && !isLapsed(booking, nowMs),
    );
    const to = transfer.toBookingId === null ? null : (byId.get(transfer.toBookingId) ?? null);
    return { transfer, from, to, claim: claim ?? null };
  });
}

export async function selectTransfer(
  db: Reader,
  transferId: string,
  nowMs: number,
): Promise<LinkedTransfer | undefined> {
  const [found] = await selectTransfers(db, sql`transfer.transfer_id = ${transferId}`, nowMs);
  return found;
}

/** Everything that a change of the transfer touches, in the order in which all lock. */
export async function lockTransfer(
  trx: DatabaseTransaction,
  { transfer, from, claim }: LinkedTransfer,
): Promise<void> {
  await lockRequests(trx, [transfer.requestId, from.requestId]);
  const ids = [transfer.fromBookingId, transfer.toBookingId, claim?.bookingId ?? null];
  await lockBookings(trx, [...new Set(ids.filter((id) => id !== null))]);
}

export type NewTransfer = Pick<
  StoredTransfer,
  "transferId" | "encounterId" | "requestId" | "fromBookingId" | "fromHospitalId" | "dueAtMs" | "stages"
>;

export async function insertTransfer(
  trx: DatabaseTransaction,
  transfer: NewTransfer,
  by: Pick<PersonCaller, "role" | "sessionSha256">,
  nowMs: number,
): Promise<void> {
  await trx
    .insertInto("transfers")
    .values({
      ...transfer,
      stages: JSON.stringify(transfer.stages),
      toBookingId: null,
      toHospitalId: null,
      state: "requested",
      resumesTo: null,
      sinceMs: nowMs,
      previous: null,
      sessionSha256: by.sessionSha256,
      role: by.role,
      createdAtMs: nowMs,
      version: 1,
    })
    .execute();
}

export type TransferChange = Pick<
  StoredTransfer,
  "state" | "resumesTo" | "sinceMs" | "dueAtMs" | "stages" | "previous" | "toBookingId" | "toHospitalId"
>;

export async function updateTransfer(
  trx: DatabaseTransaction,
  { transferId, version }: StoredTransfer,
  change: TransferChange,
): Promise<void> {
  const { numUpdatedRows } = await trx
    .updateTable("transfers")
    .set({
      ...change,
      stages: JSON.stringify(change.stages),
      previous: change.previous === null ? null : JSON.stringify(change.previous),
      version: version + 1,
    })
    .where("transferId", "=", transferId)
    .where("version", "=", version)
    .executeTakeFirst();
  if (numUpdatedRows !== 1n) throw new Error(`transfer ${transferId} was to be locked by its request`);
}

/** From now on its destination is what is held for that request of the same patient. */
export async function followRequest(
  trx: DatabaseTransaction,
  { transferId }: StoredTransfer,
  requestId: string,
): Promise<void> {
  await trx
    .updateTable("transfers")
    .set({ requestId, version: sql`version + 1` })
    .where("transferId", "=", transferId)
    .execute();
}

export async function hospitalOfBed(db: Reader, bedId: BedId): Promise<HospitalId | null> {
  const row = await db.selectFrom("beds").select("hospitalId").where("bedId", "=", bedId).executeTakeFirst();
  return row === undefined ? null : (row.hospitalId as HospitalId);
}

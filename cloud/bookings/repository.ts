/** Reads requests and bookings out of the database, and writes them into it. */
import { type RawBuilder, sql } from "kysely";
import type { RequestState } from "../../contracts/booking/states.ts";
import type { BedId } from "../../contracts/wire/ids.ts";
import { columnsOf } from "../database/columns.ts";
import { preparedAs } from "../database/prepared.ts";
import type { Database, DatabaseTransaction } from "../database/schema.ts";
import { NamedBooking, StoredBooking, StoredRequest } from "./rows.ts";

type Row = Record<string, unknown>;
type Reader = Database | DatabaseTransaction;

/** `where` and `order` speak of `request` and `encounter`. */
export async function selectRequests(
  db: Reader,
  where: RawBuilder<unknown>,
  order: RawBuilder<unknown>,
  prepared: RawBuilder<unknown> = sql``,
): Promise<StoredRequest[]> {
  const { rows } = await sql<Row>`${prepared}
    SELECT ${REQUEST_COLUMNS}, encounter.call_name, encounter.hospital_id AS encounter_hospital_id
    FROM bed_requests request JOIN encounters encounter ON encounter.encounter_id = request.encounter_id
    WHERE ${where} ORDER BY ${order}`.execute(db);
  return rows.map((row) => StoredRequest.parse(row));
}

const REQUEST_COLUMNS = columnsOf("request", StoredRequest.shape, ["callName", "encounterHospitalId"]);
/** As StoredBooking has them. */
export const bookingColumns = (table: string): RawBuilder<unknown> =>
  sql`${columnsOf(table, StoredBooking.shape, ["fromMs"])}, lower(${sql.raw(table)}.during) AS from_ms`;
const BOOKING_COLUMNS = bookingColumns("booking");

/** `where` and `order` speak of `booking`. */
export async function selectBookings(
  db: Reader,
  where: RawBuilder<unknown>,
  order: RawBuilder<unknown>,
  prepared: RawBuilder<unknown> = sql``,
): Promise<StoredBooking[]> {
  const { rows } = await sql<Row>`${prepared}
    SELECT ${BOOKING_COLUMNS} FROM bookings booking WHERE ${where} ORDER BY ${order}`.execute(db);
  return rows.map((row) => StoredBooking.parse(row));
}

/** `where` and `order` speak of `booking`, `encounter` and `bed`. */
export async function selectNamedBookings(
  db: Reader,
  where: RawBuilder<unknown>,
  order: RawBuilder<unknown> = sql`booking.booking_id`,
): Promise<NamedBooking[]> {
  const { rows } = await sql<Row>`
    SELECT ${BOOKING_COLUMNS}, encounter.call_name, bed.label AS bed_label, bed.ward_name
    FROM bookings booking JOIN encounters encounter ON encounter.encounter_id = booking.encounter_id
      JOIN beds bed ON bed.bed_id = booking.bed_id
    WHERE ${where} ORDER BY ${order}`.execute(db);
  return rows.map((row) => NamedBooking.parse(row));
}

/** The claim that stands on a bed at that instant; a hold whose time is over is none, whatever it is still called. */
export async function liveClaimOf(
  db: Reader,
  bedId: BedId,
  nowMs: number,
): Promise<StoredBooking | undefined> {
  const [claim] = await selectBookings(
    db,
    sql`booking.bed_id = ${bedId} AND booking.is_live
      AND (booking.expires_at_ms IS NULL OR booking.expires_at_ms > ${nowMs})`,
    sql`lower(booking.during) DESC LIMIT 1`,
    preparedAs("live-claim"),
  );
  return claim;
}

/** Request id → its booking that is called live. */
export async function liveBookingIds(
  db: Reader,
  requestIds: readonly string[],
): Promise<ReadonlyMap<string, string>> {
  if (requestIds.length === 0) return new Map();
  const rows = await db
    .selectFrom("bookings")
    .select(["requestId", "bookingId"])
    .where("requestId", "in", [...requestIds])
    .where("isLive", "=", true)
    .execute();
  return new Map(rows.map(({ requestId, bookingId }) => [requestId, bookingId]));
}

export async function setRequestState(
  trx: DatabaseTransaction,
  requestId: string,
  state: RequestState,
): Promise<void> {
  await trx
    .updateTable("bedRequests")
    .set({ state, version: sql`version + 1` })
    .where("requestId", "=", requestId)
    .where("state", "<>", state)
    .execute();
}

/** What a step leaves of a booking. */
export type BookingChange = Pick<
  StoredBooking,
  | "state"
  | "fromMs"
  | "sinceMs"
  | "expiresAtMs"
  | "renewalsLeft"
  | "dischargeOrderedAtMs"
  | "presenceSinceMs"
  | "presenceBy"
  | "reservedAtMs"
  | "evidence"
  | "fencingToken"
  | "previous"
  | "reason"
> & {
  /** When the claim ended; null: it stands, to its expiry or without an end. */
  readonly endedAtMs: number | null;
};

export async function updateBooking(
  trx: DatabaseTransaction,
  { bookingId, version }: Pick<StoredBooking, "bookingId" | "version">,
  next: BookingChange,
): Promise<void> {
  // An empty range would forget when it was; the clock may have gone back meanwhile.
  const endMs = next.endedAtMs === null ? next.expiresAtMs : Math.max(next.endedAtMs, next.fromMs + 1);
  const { rows } = await sql`
    UPDATE bookings SET state = ${next.state}, since_ms = ${next.sinceMs}, expires_at_ms = ${next.expiresAtMs},
      during = int8range(${next.fromMs}::bigint, ${endMs}::bigint),
      renewals_left = ${next.renewalsLeft}, discharge_ordered_at_ms = ${next.dischargeOrderedAtMs},
      presence_since_ms = ${next.presenceSinceMs}, presence_by = ${next.presenceBy},
      reserved_at_ms = ${next.reservedAtMs}, evidence = ${JSON.stringify(next.evidence)}::jsonb,
      fencing_token = ${next.fencingToken},
      previous = ${next.previous === null ? null : JSON.stringify(next.previous)}::jsonb,
      reason = ${next.reason}, version = version + 1
    WHERE booking_id = ${bookingId} AND version = ${version} RETURNING 1`.execute(trx);
  if (rows.length !== 1) throw new Error(`booking ${bookingId} was to be locked at version ${version}`);
}

export async function nextFencingToken(trx: DatabaseTransaction): Promise<number> {
  const { rows } = await sql<{ token: number }>`SELECT nextval('fencing_tokens') AS token`.execute(trx);
  const [row] = rows;
  if (row === undefined) throw new Error("the sequence of fencing tokens did not answer");
  return row.token;
}

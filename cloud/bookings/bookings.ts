/** What is done with bookings over HTTP: held, looked at, moved on. */
import { sql } from "kysely";
import type { BookingEventBody, BookingList, BookingView, HoldBody } from "../../contracts/wire/booking.ts";
import { type PersonCaller, scopeOf } from "../access/scope.ts";
import { type DeskDeps, type DeskStep, inDeskTransaction } from "../desk/desk-transaction.ts";
import { once } from "../desk/idempotent.ts";
import { requireVersion } from "../desk/if-match.ts";
import { CloudError } from "../http/problem.ts";
import { rfc3339 } from "../registry/bed-view.ts";
import { cursorText } from "../registry/cursor.ts";
import { applyTo } from "./apply-event.ts";
import { BOOKINGS_PER_PAGE, type BookingQuery } from "./booking-query.ts";
import { holdBed } from "./hold.ts";
import { lapseHolds } from "./lapse.ts";
import { bookingNotFound, lockBeds, lockBooking } from "./locks.ts";
import { BedTaken, lostRace, refusedBy } from "./lost-race.ts";
import { mayAskFor, mayDo, maySeeBedOf, maySeeBooking } from "./may.ts";
import type { BookingPorts, NextBest } from "./ports.ts";
import { selectNamedBookings, selectRequests } from "./repository.ts";
import { undoLocked } from "./undo-event.ts";
import { bookingView } from "./views.ts";

export type BookingsDeps = {
  readonly desk: DeskDeps;
  readonly ports: BookingPorts;
  readonly nextBest: NextBest;
};
export type Made<View> = { readonly view: View; readonly isRepetition: boolean };

export class Bookings {
  readonly #deps: BookingsDeps;

  constructor(deps: BookingsDeps) {
    this.#deps = deps;
  }

  async hold(caller: PersonCaller, body: HoldBody, key: string): Promise<Made<BookingView>> {
    const { desk, ports } = this.#deps;
    const asked = { caller, key, route: "POST /api/v1/bookings", request: body };
    const hold = async (step: DeskStep) => {
      const booking = await holdBed(ports, step, {
        requestId: body.requestId,
        bedId: body.bedId,
        preempts: body.preempts ?? null,
        by: caller,
        maySeeRequest: (request) => mayAskFor(caller, request),
        maySeeBedOf: (hospitalId) => maySeeBedOf(caller, hospitalId),
      });
      return bookingView(booking, caller, step.nowMs);
    };
    const { answer, isRepetition } = await once(desk, asked, hold, (error) => this.#refusalOf(error, body));
    return { view: answer, isRepetition };
  }

  async list(caller: PersonCaller, query: BookingQuery): Promise<BookingList> {
    const { db, clock } = this.#deps.desk;
    const scope = scopeOf(caller);
    const { request, bed, hospital, live, cursor } = query;
    const nowMs = await clock.nowMs(db);
    const where = [
      scope.kind === "network"
        ? sql`true`
        : sql`(booking.hospital_id = ${scope.hospitalId} OR booking.asker_hospital_id = ${scope.hospitalId})`,
    ];
    if (request !== undefined) where.push(sql`booking.request_id = ${request}`);
    if (bed !== undefined) where.push(sql`booking.bed_id = ${bed}`);
    if (hospital !== undefined) where.push(sql`booking.hospital_id = ${hospital}`);
    if (live !== undefined)
      where.push(sql`(booking.is_live AND coalesce(booking.expires_at_ms > ${nowMs}, true)) = ${live}`);
    if (cursor !== undefined)
      where.push(sql`(booking.created_at_ms, booking.booking_id) < (${cursor[0]}, ${cursor[1]}::uuid)`);
    const found = await selectNamedBookings(
      db,
      sql.join(where, sql` AND `),
      sql`booking.created_at_ms DESC, booking.booking_id DESC LIMIT ${BOOKINGS_PER_PAGE + 1}`,
    );
    const shown = found.slice(0, BOOKINGS_PER_PAGE);
    const last = shown.at(-1);
    return {
      bookings: shown.map((booking) => bookingView(booking, caller, nowMs)),
      nextCursor:
        found.length > shown.length && last !== undefined
          ? cursorText([last.createdAtMs, last.bookingId])
          : null,
      serverTime: rfc3339(nowMs),
    };
  }

  async view(caller: PersonCaller, bookingId: string): Promise<BookingView> {
    const { db, clock } = this.#deps.desk;
    const [booking] = await selectNamedBookings(db, sql`booking.booking_id = ${bookingId}`);
    if (booking === undefined || !maySeeBooking(caller, booking)) throw bookingNotFound();
    return bookingView(booking, caller, await clock.nowMs(db));
  }

  async event(
    caller: PersonCaller,
    bookingId: string,
    body: BookingEventBody,
    ifMatch: string,
  ): Promise<BookingView> {
    const { desk } = this.#deps;
    try {
      return await inDeskTransaction(desk, caller, (step) =>
        this.#eventWithin(step, caller, { bookingId, body, ifMatch }),
      );
    } catch (error) {
      if (error instanceof CloudError && error.code === "HOLD_LAPSED") await this.#lapse(bookingId);
      throw answerOf(error);
    }
  }

  async #eventWithin(
    opened: DeskStep,
    caller: PersonCaller,
    { bookingId, body, ifMatch }: { bookingId: string; body: BookingEventBody; ifMatch: string },
  ): Promise<BookingView> {
    const { desk, ports } = this.#deps;
    const locked = await lockBooking(opened.trx, bookingId);
    const { booking } = locked;
    if (!maySeeBooking(caller, booking)) throw bookingNotFound();
    const step = { ...opened, nowMs: await desk.clock.nowMs(opened.trx) };
    requireVersion(ifMatch, booking.version);
    if (body.fencingToken !== booking.fencingToken)
      throw new CloudError("FENCING_TOKEN", "The claim is another than the one that this page shows.");
    if (body.event === "undo") await undoLocked(step, locked, caller);
    else {
      if (!mayDo(caller, body.event, booking))
        throw new CloudError("FORBIDDEN", `Your role does not ${body.event} this booking.`);
      if (body.event === "decline" && body.reason === undefined)
        throw new CloudError("REASON_MISSING", "A hospital that declines says why.");
      const { event, reason = null } = body;
      await applyTo(ports, step, locked, { event, actor: caller, reason });
    }
    return await this.#viewWithin(step, bookingId, caller);
  }

  async #viewWithin({ trx, nowMs }: DeskStep, bookingId: string, caller: PersonCaller): Promise<BookingView> {
    const [booking] = await selectNamedBookings(trx, sql`booking.booking_id = ${bookingId}`);
    if (booking === undefined) throw bookingNotFound();
    return bookingView(booking, caller, nowMs);
  }

  /** So that who is told that it has lapsed finds it so. */
  async #lapse(bookingId: string): Promise<void> {
    const { desk } = this.#deps;
    const [booking] = await selectNamedBookings(desk.db, sql`booking.booking_id = ${bookingId}`);
    if (booking === undefined) return;
    await inDeskTransaction(desk, "service", async (step) => {
      await lockBeds(step.trx, [booking.bedId]);
      await lapseHolds(step, [booking.bedId]);
    });
  }

  async #refusalOf(error: unknown, { requestId, bedId }: HoldBody): Promise<unknown> {
    const { desk, nextBest } = this.#deps;
    let lost: Pick<BedTaken, "bedId" | "request"> | null = null;
    if (error instanceof BedTaken) lost = error;
    else if (refusedBy(error) === "one_claim_a_bed") {
      const named = sql`request.request_id`;
      const [request] = await selectRequests(desk.db, sql`${named} = ${requestId}`, named);
      if (request !== undefined) lost = { bedId, request };
    }
    return lost === null
      ? answerOf(error)
      : await lostRace(desk.db, await desk.clock.nowMs(desk.db), lost, nextBest);
  }
}

const ANSWERS: Readonly<Record<string, () => CloudError>> = {
  one_transfer_an_encounter: () =>
    new CloudError("TRANSFER_EXISTS", "A transfer of this patient is under way."),
  one_claim_a_bed: () => new CloudError("BED_TAKEN", "Somebody else has the bed by now."),
  one_claim_a_request: () => new CloudError("REQUEST_HAS_BED", "The request has a bed already."),
  one_bed_an_encounter: () =>
    new CloudError("ENCOUNTER_IN_BED", "The patient is in another bed; transfer them, or end that booking."),
  one_encounter_a_bed_at_a_time: () =>
    new CloudError("STAY_CONFLICT", "By the stays, another patient has this bed at that time."),
  one_bed_an_encounter_at_a_time: () =>
    new CloudError("STAY_CONFLICT", "By the stays, this patient has another bed at that time."),
};

/** What the tables' own rules refuse is an answer, no accident. */
export function answerOf(error: unknown): unknown {
  const constraint = refusedBy(error);
  return (constraint === undefined ? undefined : ANSWERS[constraint]?.()) ?? error;
}

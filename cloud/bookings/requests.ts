/** What is done with requests over HTTP: asked, looked at, changed, put first, cancelled. */
import { type RawBuilder, sql } from "kysely";
import type {
  BedNeed,
  BedRequestBody,
  BedRequestPatch,
  RequestList,
  RequestView,
} from "../../contracts/wire/booking.ts";
import { type PersonCaller, scopeOf } from "../access/scope.ts";
import type { Database } from "../database/schema.ts";
import { type DeskDeps, type DeskStep, inDeskTransaction } from "../desk/desk-transaction.ts";
import { once } from "../desk/idempotent.ts";
import { requireVersion } from "../desk/if-match.ts";
import { CloudError } from "../http/problem.ts";
import { rfc3339 } from "../registry/bed-view.ts";
import { applyLocked } from "./apply-event.ts";
import { REQUESTS_SHOWN_MAX, type RequestQuery } from "./booking-query.ts";
import type { Made } from "./bookings.ts";
import { requestEvent } from "./desk-events.ts";
import { lockBookings, lockRequests, requestNotFound } from "./locks.ts";
import { mayAskFor } from "./may.ts";
import { insertRequest, requireOrigin } from "./new-request.ts";
import type { BookingPorts } from "./ports.ts";
import { liveBookingIds, selectBookings, selectRequests, setRequestState } from "./repository.ts";
import { placeOf } from "./request-place.ts";
import { rankedOpenRequests } from "./request-rank.ts";
import type { StoredRequest } from "./rows.ts";
import { requestView } from "./views.ts";

export class Requests {
  readonly #desk: DeskDeps;
  readonly #ports: BookingPorts;

  constructor({ desk, ports }: { readonly desk: DeskDeps; readonly ports: BookingPorts }) {
    this.#desk = desk;
    this.#ports = ports;
  }

  async ask(caller: PersonCaller, body: BedRequestBody, key: string): Promise<Made<RequestView>> {
    const asked = { caller, key, route: "POST /api/v1/requests", request: body };
    const { answer, isRepetition } = await once(this.#desk, asked, async (step) => ({
      requestId: await insertRequest(this.#ports, step, caller, body),
    }));
    return { view: await this.view(caller, answer.requestId), isRepetition };
  }

  async list(caller: PersonCaller, { state, hospital }: RequestQuery): Promise<RequestList> {
    const { db, clock } = this.#desk;
    const nowMs = await clock.nowMs(db);
    const where = [this.#visible(caller)];
    if (hospital !== undefined) where.push(sql`request.hospital_id = ${hospital}`);
    const waiting = state === undefined || state === "open" ? await this.#waiting(where, nowMs) : [];
    const room = REQUESTS_SHOWN_MAX - waiting.length;
    const others = state === "open" || room === 0 ? [] : await this.#others(where, state, room);
    const bookings = await liveBookingIds(
      db,
      others.map(({ requestId }) => requestId),
    );
    return {
      requests: [
        ...waiting.map(({ request, rank }) => requestView(request, { rank, bookingId: null })),
        ...others.map((request) =>
          requestView(request, { rank: null, bookingId: bookings.get(request.requestId) ?? null }),
        ),
      ],
      serverTime: rfc3339(nowMs),
    };
  }

  /** Those that have a bed or have ended, newest first. */
  async #others(
    where: readonly RawBuilder<unknown>[],
    state: RequestQuery["state"],
    limit: number,
  ): Promise<StoredRequest[]> {
    const isOfState = state === undefined ? sql`request.state <> 'open'` : sql`request.state = ${state}`;
    return await selectRequests(
      this.#desk.db,
      sql.join([...where, isOfState], sql` AND `),
      // None of them is open; with that, this is the order of the index bed_requests_listed.
      sql`(request.state = 'open') DESC, request.asked_at_ms DESC, request.request_id LIMIT ${limit}`,
    );
  }

  /** Those that wait, next first: by their rank and not by their age, since whoever is next is never to be off the list. */
  async #waiting(where: readonly RawBuilder<unknown>[], nowMs: number) {
    const { db } = this.#desk;
    const { rows } = await sql<{ requestId: string }>`
      SELECT request.request_id FROM bed_requests request
      WHERE ${sql.join([...where, sql`request.state = 'open'`], sql` AND `)}`.execute(db);
    if (rows.length === 0) return [];
    const shown = new Set(rows.map(({ requestId }) => requestId));
    const ranked = await rankedOpenRequests(db, nowMs);
    return ranked.filter(({ request }) => shown.has(request.requestId)).slice(0, REQUESTS_SHOWN_MAX);
  }

  async view(caller: PersonCaller, requestId: string): Promise<RequestView> {
    const { db, clock } = this.#desk;
    const [request] = await selectRequests(
      db,
      sql`request.request_id = ${requestId} AND ${this.#visible(caller)}`,
      sql`request.request_id`,
    );
    if (request === undefined) throw requestNotFound();
    const rank = request.state === "open" ? await placeOf(db, request, await clock.nowMs(db)) : null;
    const bookingId = (await liveBookingIds(db, [requestId])).get(requestId) ?? null;
    return requestView(request, { rank, bookingId });
  }

  async change(
    caller: PersonCaller,
    requestId: string,
    patch: BedRequestPatch,
    ifMatch: string,
  ): Promise<RequestView> {
    await this.#within(caller, requestId, ifMatch, async (step, request) => {
      if (!["open", "held", "booked"].includes(request.state))
        throw new CloudError("REQUEST_ENDED", `The request is ${request.state}; it is not changed any more.`);
      const { need, urgency, clinicalPriority, news2 } = patch;
      if (need !== undefined) await this.#requireNeed(step.trx, caller, request, need);
      await step.trx
        .updateTable("bedRequests")
        .set({
          ...(need === undefined ? {} : { need: JSON.stringify(need) }),
          ...(urgency === undefined ? {} : { urgency }),
          ...(clinicalPriority === undefined ? {} : { clinicalPriority }),
          ...(news2 === undefined
            ? {}
            : {
                news2Total: news2?.total ?? null,
                news2TakenAtMs: news2 === null ? null : Date.parse(news2.takenAt),
              }),
          version: sql`version + 1`,
        })
        .where("requestId", "=", requestId)
        .execute();
      step.events.push(requestEvent("request-changed", request));
    });
    return await this.view(caller, requestId);
  }

  async setOverride(
    caller: PersonCaller,
    requestId: string,
    reason: string | null,
    ifMatch: string,
  ): Promise<RequestView> {
    await this.#within(caller, requestId, ifMatch, async (step, request) => {
      if (request.state !== "open" && request.state !== "held")
        throw new CloudError("REQUEST_ENDED", `The request is ${request.state}; its place is of no matter.`);
      await step.trx
        .updateTable("bedRequests")
        .set({
          overrideReason: reason,
          overrideAtMs: reason === null ? null : step.nowMs,
          overrideRole: reason === null ? null : caller.role,
          version: sql`version + 1`,
        })
        .where("requestId", "=", requestId)
        .execute();
      const kind = reason === null ? "request-override-withdrawn" : "request-overridden";
      step.events.push(requestEvent(kind, request));
    });
    return await this.view(caller, requestId);
  }

  /** With it goes the bed that it has, where the patient does not lie in it. */
  async cancel(caller: PersonCaller, requestId: string, reason: string | null, ifMatch: string) {
    const bookingId = (await liveBookingIds(this.#desk.db, [requestId])).get(requestId);
    await this.#within(caller, requestId, ifMatch, async (step, request) => {
      if (request.state === "placed" || request.state === "closed" || request.state === "cancelled")
        throw new CloudError("REQUEST_ENDED", `The request is ${request.state}; it cannot be cancelled.`);
      if (bookingId !== undefined) await lockBookings(step.trx, [bookingId]);
      const nowMs = await this.#desk.clock.nowMs(step.trx);
      const [booking] = await selectBookings(
        step.trx,
        sql`booking.request_id = ${requestId} AND booking.is_live`,
        sql`booking.booking_id`,
      );
      if (booking !== undefined) {
        const isHold = booking.state === "held" || booking.state === "requested";
        const isOver = booking.expiresAtMs !== null && booking.expiresAtMs <= nowMs;
        const event = isOver ? "expire" : isHold ? "release" : "cancel";
        await applyLocked(this.#ports, { ...step, nowMs }, booking.bookingId, {
          event,
          actor: "service",
          reason,
        });
      }
      await setRequestState(step.trx, requestId, "cancelled");
      step.events.push(requestEvent("request-cancelled", request));
    });
    return await this.view(caller, requestId);
  }

  async #within(
    caller: PersonCaller,
    requestId: string,
    ifMatch: string,
    act: (step: DeskStep, request: StoredRequest) => Promise<void>,
  ): Promise<void> {
    await inDeskTransaction(this.#desk, caller, async (step) => {
      const request = (await lockRequests(step.trx, [requestId])).get(requestId);
      if (request === undefined || !mayAskFor(caller, request)) throw requestNotFound();
      requireVersion(ifMatch, request.version);
      await act(step, request);
    });
  }

  /** What a bed was held for does not change under it. */
  async #requireNeed(
    db: Database,
    caller: PersonCaller,
    request: StoredRequest,
    need: BedNeed,
  ): Promise<void> {
    if (request.state !== "open")
      throw new CloudError(
        "REQUEST_HAS_BED",
        "Release the bed first: it was chosen for the need that stands.",
      );
    await requireOrigin(db, caller, need);
  }

  /** Its own, and those that have or had a bed of its. */
  #visible(caller: PersonCaller) {
    const scope = scopeOf(caller);
    if (scope.kind === "network") return sql`true`;
    return sql`(request.hospital_id = ${scope.hospitalId} OR EXISTS (SELECT FROM bookings booking
      WHERE booking.request_id = request.request_id AND booking.hospital_id = ${scope.hospitalId}))`;
  }
}

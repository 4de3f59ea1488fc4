import { sql } from "kysely";
import { expect, test } from "vitest";
import { applyBookingEvent } from "../../cloud/bookings/apply-event.ts";
import { inDeskTransaction } from "../../cloud/desk/desk-transaction.ts";
import type { BookingView } from "../../contracts/wire/booking.ts";
import { openBeds, type Person, person, setPolicy } from "./booking-desk.ts";
import { describeOnEachDatabase } from "./support.ts";

describeOnEachDatabase("the course of a booking", (cloud) => {
  async function coordinatorAndNurse(): Promise<[Person, Person]> {
    return [await person(cloud(), "emergency-coordinator"), await person(cloud(), "nurse")];
  }

  const desk = () => ({
    db: cloud().db,
    clock: cloud().bookings.ports.deskClock,
    deskChanged: () => undefined,
  });

  async function reserved(coordinator: Person, nurse: Person): Promise<BookingView> {
    const held = await coordinator.held((await coordinator.askFor()).requestId, "north-1");
    const requested = await coordinator.moved(held, "request");
    expect(requested.state).toBe("requested");
    return await nurse.moved(await nurse.booking(requested.bookingId), "accept");
  }

  test("from the hold to the discharge, with the stay that it leaves", async () => {
    await openBeds(cloud(), 1);
    const [coordinator, nurse] = await coordinatorAndNurse();
    let booking = await reserved(coordinator, nurse);
    expect(booking).toMatchObject({ state: "reserved", expiresAt: null });
    expect((await coordinator.request(booking.requestId)).state).toBe("booked");
    booking = await nurse.moved(booking, "assign");
    const presentSinceMs = cloud().clock.now;
    cloud().clock.now += 60_000;
    const { bookingId } = booking;
    await inDeskTransaction(desk(), "service", (step) =>
      applyBookingEvent(cloud().bookings.ports, step, bookingId, {
        event: "presence",
        actor: "service",
        presentSinceMs,
      }),
    );
    booking = await nurse.booking(bookingId);
    expect(booking).toMatchObject({ state: "arrived", presence: { by: "sensor" } });
    booking = await nurse.moved(booking, "admit");
    booking = await nurse.moved(booking, "leave");
    booking = await nurse.moved(booking, "return");
    booking = await nurse.moved(booking, "order-discharge");
    expect(booking).toMatchObject({ state: "admitted", allowed: expect.arrayContaining(["discharge"]) });
    cloud().clock.now += 60_000;
    booking = await nurse.moved(booking, "discharge");
    expect(booking).toMatchObject({ state: "discharged", allowed: [] });
    expect((await coordinator.request(booking.requestId)).state).toBe("closed");
    const stays = await cloud().db.selectFrom("stays").select(["bedId", "isCurrent"]).execute();
    expect(stays).toEqual([{ bedId: "north-1", isCurrent: true }]);
    const encounter = await cloud()
      .db.selectFrom("encounters")
      .select("hospitalId")
      .executeTakeFirstOrThrow();
    expect(encounter.hospitalId).toBe("north");
  });

  test("a hospital's auto-accept reserves a verified bed at once", async () => {
    await openBeds(cloud(), 1);
    await setPolicy(cloud(), "north", { autoAccept: true });
    const [coordinator] = await coordinatorAndNurse();
    const held = await coordinator.held((await coordinator.askFor()).requestId, "north-1");
    expect((await coordinator.moved(held, "request")).state).toBe("reserved");
  });

  test("a stale page and a foreign claim change nothing", async () => {
    await openBeds(cloud(), 1);
    const [coordinator] = await coordinatorAndNurse();
    const held = await coordinator.held((await coordinator.askFor()).requestId, "north-1");
    const renewed = await coordinator.moved(held, "renew");
    expect(await coordinator.event(held, "release")).toMatchObject({
      status: 412,
      body: { code: "STALE_VERSION" },
    });
    const foreign = { ...renewed, fencingToken: renewed.fencingToken + 1 };
    expect(await coordinator.event(foreign, "release")).toMatchObject({
      status: 409,
      body: { code: "FENCING_TOKEN" },
    });
    expect(await coordinator.booking(held.bookingId)).toMatchObject({ state: "held", version: 2 });
  });

  test("a release is taken back within its time, under a new token, unless somebody else has the bed", async () => {
    await openBeds(cloud(), 1);
    const [coordinator] = await coordinatorAndNurse();
    const held = await coordinator.held((await coordinator.askFor()).requestId, "north-1");
    const released = await coordinator.moved(held, "release");
    expect(released.allowed).toEqual(["undo"]);
    const back = await coordinator.moved(released, "undo");
    expect(back).toMatchObject({ state: "held", expiresAt: held.expiresAt });
    expect(back.fencingToken).toBeGreaterThan(held.fencingToken);
    const again = await coordinator.moved(back, "release");
    await coordinator.held((await coordinator.askFor()).requestId, "north-1");
    expect((await coordinator.event(again, "undo")).body.code).toBe("UNDO_REFUSED");
  });

  test("an undo comes too late after twelve seconds, and from nobody else", async () => {
    await openBeds(cloud(), 1);
    const [coordinator, nurse] = await coordinatorAndNurse();
    const assigned = await nurse.moved(await reserved(coordinator, nurse), "assign");
    const other = await person(cloud(), "nurse");
    expect((await other.event(assigned, "undo")).body.code).toBe("UNDO_REFUSED");
    cloud().clock.now += 12_001;
    expect((await nurse.event(assigned, "undo")).body.code).toBe("UNDO_REFUSED");
  });

  test("a hospital that declines says why, and the request waits again in its place", async () => {
    await openBeds(cloud(), 1);
    const [coordinator, nurse] = await coordinatorAndNurse();
    const held = await coordinator.held((await coordinator.askFor()).requestId, "north-1");
    const requested = await coordinator.moved(held, "request");
    expect((await nurse.event(requested, "decline")).body.code).toBe("REASON_MISSING");
    const declined = await nurse.moved(requested, "decline", { reason: "No nurse for it tonight." });
    expect(declined).toMatchObject({ state: "declined", reason: "No nurse for it tonight." });
    expect(await coordinator.request(held.requestId)).toMatchObject({ state: "open", rank: { position: 1 } });
  });

  test("a request that is cancelled lets go of its bed; one whose patient lies in it is not", async () => {
    await openBeds(cloud(), 2);
    const [coordinator, nurse] = await coordinatorAndNurse();
    const held = await coordinator.held((await coordinator.askFor()).requestId, "north-2");
    const { version } = await coordinator.request(held.requestId);
    const path = `requests/${held.requestId}/cancel`;
    const cancelled = await coordinator.send("POST", path, {}, { "if-match": `"${version}"` });
    expect(cancelled).toMatchObject({ status: 200, body: { state: "cancelled", bookingId: null } });
    expect((await coordinator.booking(held.bookingId)).state).toBe("released");
    const admitted = await nurse.moved(await reserved(coordinator, nurse), "admit");
    const request = await coordinator.request(admitted.requestId);
    const refused = await coordinator.send(
      "POST",
      `requests/${admitted.requestId}/cancel`,
      {},
      {
        "if-match": `"${request.version}"`,
      },
    );
    expect(refused.body.code).toBe("REQUEST_ENDED");
  });

  test("a hospital neither sees another's requests and bookings nor holds its beds", async () => {
    await openBeds(cloud(), 1, 1);
    const [coordinator] = await coordinatorAndNurse();
    const held = await coordinator.held((await coordinator.askFor()).requestId, "north-1");
    const stranger = await person(cloud(), "nurse", "south");
    expect((await stranger.send("GET", `bookings/${held.bookingId}`)).status).toBe(404);
    expect((await stranger.send("GET", `requests/${held.requestId}`)).status).toBe(404);
    expect((await stranger.event(held, "release")).status).toBe(404);
    const own = await stranger.askFor();
    expect((await stranger.hold(own.requestId, "north-1")).body.code).toBe("BED_NOT_FOUND");
    expect((await stranger.hold(own.requestId, "south-1")).status).toBe(201);
    const list = await stranger.send("GET", "bookings");
    expect(list.body.bookings).toHaveLength(1);
    const patient = await person(cloud(), "patient");
    expect((await patient.send("GET", "bookings")).status).toBe(403);
  });

  test("who lay down was somebody else: the booking is cancelled, and no stay remains", async () => {
    await openBeds(cloud(), 1);
    const [coordinator, nurse] = await coordinatorAndNurse();
    const arrived = await nurse.moved(await reserved(coordinator, nurse), "arrive");
    await nurse.moved(arrived, "cancel", { reason: "Another patient." });
    const stays = await cloud().db.selectFrom("stays").select("isCurrent").execute();
    expect(stays).toEqual([{ isCurrent: false }]);
    const encounter = await cloud()
      .db.selectFrom("encounters")
      .select("hospitalId")
      .executeTakeFirstOrThrow();
    expect(encounter.hospitalId).toBeNull();
  });

  test("a change of the request needs its version; the need stands while a bed is kept for it", async () => {
    await openBeds(cloud(), 1);
    const [coordinator] = await coordinatorAndNurse();
    const request = await coordinator.askFor();
    const path = `requests/${request.requestId}`;
    const patched = await coordinator.send("PATCH", path, { clinicalPriority: 1 }, { "if-match": '"1"' });
    expect(patched).toMatchObject({
      status: 200,
      etag: '"2"',
      body: { clinicalPriority: 1, urgency: "urgent" },
    });
    expect(
      (await coordinator.send("PATCH", path, { urgency: "routine" }, { "if-match": '"1"' })).status,
    ).toBe(412);
    const first = await coordinator.send(
      "POST",
      `${path}/override`,
      { reason: "Theatre waits." },
      { "if-match": '"2"' },
    );
    expect(first.body).toMatchObject({ override: { reason: "Theatre waits." } });
    await coordinator.held(request.requestId, "north-1");
    const { version } = await coordinator.request(request.requestId);
    const refused = await coordinator.send(
      "PATCH",
      path,
      { need: request.need },
      { "if-match": `"${version}"` },
    );
    expect(refused.body.code).toBe("REQUEST_HAS_BED");
  });

  test.each([
    ["were helped", "cancelled"],
    ["wait", "open"],
  ])("who is next stays on the list, however many %s since", async (_what, state) => {
    const coordinator = await person(cloud(), "emergency-coordinator");
    const { requestId } = await coordinator.askFor();
    // As many as the list has room for, each newer and less urgent.
    await sql`
      INSERT INTO bed_requests
      SELECT (jsonb_populate_record(waiting, jsonb_build_object('request_id', gen_random_uuid(),
        'state', ${state}::text, 'clinical_priority', 5, 'asked_at_ms', waiting.asked_at_ms + n))).*
      FROM bed_requests waiting, generate_series(1, 500) n`.execute(cloud().db);
    const { body } = await coordinator.send("GET", "requests");
    const listed = body.requests as { requestId: string; state: string }[];
    expect([listed.length, listed[0]?.requestId, listed[1]?.state]).toEqual([500, requestId, state]);
  });
});

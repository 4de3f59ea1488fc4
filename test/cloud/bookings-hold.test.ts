import { expect, test } from "vitest";
import { hearBeds, openBeds, person, setPolicy } from "./booking-desk.ts";
import { batch, changed } from "./records.ts";
import { describeOnEachDatabase } from "./support.ts";

describeOnEachDatabase("holding a bed", (cloud) => {
  test("a request waits with its rank, a hold takes a bed for it, and a second click changes nothing", async () => {
    await openBeds(cloud(), 2);
    const coordinator = await person(cloud(), "emergency-coordinator");
    const request = await coordinator.askFor();
    expect(request).toMatchObject({ state: "open", rank: { position: 1, of: 1, behindBy: null } });
    expect(request.callName).toMatch(/^R-[0-9A-Z]{4}$/);
    const [first, second] = await Promise.all([
      coordinator.hold(request.requestId, "north-1", {}, "same"),
      coordinator.hold(request.requestId, "north-1", {}, "same"),
    ]);
    expect(first.status).toBe(201);
    expect(second.body).toEqual(first.body);
    expect(first.body).toMatchObject({ state: "held", evidence: { basis: "verified", ageMs: 0 } });
    expect(await coordinator.request(request.requestId)).toMatchObject({ state: "held", rank: null });
  });

  test("of two coordinators at once one has the bed, and the other is told who and what else there is", async () => {
    await openBeds(cloud(), 2);
    const one = await person(cloud(), "emergency-coordinator");
    const two = await person(cloud(), "emergency-coordinator");
    const [mine, yours] = [await one.askFor(), await two.askFor()];
    const answers = await Promise.all([
      one.hold(mine.requestId, "north-1"),
      two.hold(yours.requestId, "north-1"),
    ]);
    expect(answers.map(({ status }) => status).sort()).toEqual([201, 409]);
    expect(answers.find(({ status }) => status === 409)?.body).toMatchObject({
      code: "BED_TAKEN",
      winner: { role: "emergency-coordinator", hospitalId: null, state: "held" },
    });
  });

  test("a hold lapses by the clock of the database, and the next claim does not wait for anybody to say so", async () => {
    await openBeds(cloud(), 1);
    const coordinator = await person(cloud(), "emergency-coordinator");
    const [first, second] = [await coordinator.askFor(), await coordinator.askFor()];
    const booking = await coordinator.held(first.requestId, "north-1");
    cloud().clock.now += 20 * 60_000;
    await hearBeds(cloud(), "north", 1);
    const late = await coordinator.event(booking, "request");
    expect(late).toMatchObject({ status: 409, body: { code: "HOLD_LAPSED" } });
    expect(await coordinator.booking(booking.bookingId)).toMatchObject({ state: "expired", allowed: [] });
    expect((await coordinator.request(first.requestId)).state).toBe("open");
    await coordinator.held(second.requestId, "north-1");
  });

  test("the sweeper says of a lapsed hold that it has lapsed", async () => {
    await openBeds(cloud(), 1);
    const coordinator = await person(cloud(), "emergency-coordinator");
    const request = await coordinator.askFor();
    const booking = await coordinator.held(request.requestId, "north-1");
    await cloud().bookings.sweeper.sweep();
    expect((await coordinator.booking(booking.bookingId)).version).toBe(1);
    cloud().clock.now += 20 * 60_000;
    await cloud().bookings.sweeper.sweep();
    expect(await coordinator.booking(booking.bookingId)).toMatchObject({ state: "expired", version: 2 });
    const kinds = await cloud().db.selectFrom("deskEvents").select("kind").orderBy("position").execute();
    expect(kinds.map(({ kind }) => kind)).toEqual([
      "request-opened",
      "booking-held",
      "booking-expired",
      "request-reopened",
    ]);
  });

  test("a hold is renewed once", async () => {
    await openBeds(cloud(), 1);
    const coordinator = await person(cloud(), "emergency-coordinator");
    const booking = await coordinator.held((await coordinator.askFor()).requestId, "north-1");
    cloud().clock.now += 10 * 60_000;
    const renewed = await coordinator.moved(booking, "renew");
    expect(Date.parse(renewed.expiresAt ?? "")).toBe(cloud().clock.now + 20 * 60_000);
    expect(renewed.allowed).not.toContain("renew");
    const again = await coordinator.event(renewed, "renew");
    expect(again).toMatchObject({ status: 409, body: { code: "BOOKING_REFUSED" } });
    expect(again.body.detail).toContain("renewed once");
  });

  test("a silent gateway, a person in the bed and a closed bed are named where they keep a hold back", async () => {
    await openBeds(cloud(), 2);
    const coordinator = await person(cloud(), "emergency-coordinator");
    const request = await coordinator.askFor();
    cloud().clock.now += 40_000;
    const silent = await coordinator.hold(request.requestId, "north-1");
    expect(silent).toMatchObject({ status: 409, body: { code: "BED_NOT_BOOKABLE" } });
    expect(JSON.stringify(silent.body.misfits)).toContain("gateway-silent");
    await cloud().sync(
      batch([changed("occupancy", "present", { bedId: "north-1" })], {
        firstSeq: 13,
        sentAtMs: cloud().clock.now,
      }),
    );
    await hearBeds(cloud(), "north", 2);
    const taken = await coordinator.hold(request.requestId, "north-1");
    expect(JSON.stringify(taken.body.misfits)).toContain('"present"');
    await coordinator.held(request.requestId, "north-2");
  });

  test("a bed that is closed under its hold is confirmed by nobody, and why is told", async () => {
    await openBeds(cloud(), 1);
    await setPolicy(cloud(), "north", { autoAccept: true });
    const coordinator = await person(cloud(), "emergency-coordinator");
    const booking = await coordinator.held((await coordinator.askFor()).requestId, "north-1");
    await cloud().sync(
      batch([changed("service", "blocked", { bedId: "north-1" })], {
        firstSeq: 7,
        sentAtMs: cloud().clock.now,
      }),
    );
    const refused = await coordinator.event(booking, "request");
    expect(refused).toMatchObject({ status: 409, body: { code: "BED_NOT_BOOKABLE" } });
    expect(refused.body.detail).toContain("blocked");
    expect((await coordinator.moved(booking, "release")).state).toBe("released");
  });

  test("an emergency takes a held bed of who is none, and never one that a hospital was asked for", async () => {
    await openBeds(cloud(), 2);
    const coordinator = await person(cloud(), "emergency-coordinator");
    const routine = await coordinator.askFor({}, { urgency: "routine" });
    const emergency = await coordinator.askFor({}, { urgency: "emergency" });
    const held = await coordinator.held(routine.requestId, "north-1");
    expect((await coordinator.hold(emergency.requestId, "north-1")).body.code).toBe("BED_TAKEN");
    const taken = await coordinator.hold(emergency.requestId, "north-1", { preempts: held.bookingId });
    expect(taken.status).toBe(201);
    expect(await coordinator.booking(held.bookingId)).toMatchObject({ state: "preempted" });
    expect((await coordinator.request(routine.requestId)).state).toBe("open");
    const other = await coordinator.askFor({}, { urgency: "emergency" });
    const asked = await coordinator.moved(await coordinator.held(other.requestId, "north-2"), "request");
    const next = await coordinator.askFor({}, { urgency: "emergency" });
    const refused = await coordinator.hold(next.requestId, "north-2", { preempts: asked.bookingId });
    expect(refused).toMatchObject({ status: 409, body: { code: "PREEMPT_REFUSED" } });
  });
});

/** Beds compared with their bookings: arrivals, conflicts that open and close, and people who see to them. */
import { afterEach, beforeEach, expect, test, vi } from "vitest";
import { inDeskTransaction } from "../../cloud/desk/desk-transaction.ts";
import type { BookingState } from "../../contracts/booking/states.ts";
import { BedId } from "../../contracts/wire/ids.ts";
import type { ConflictView } from "../../contracts/wire/ward-desk.ts";
import { setPolicy } from "./booking-desk.ts";
import { type StoredClaim, storeClaim } from "./claims.ts";
import { batch, changed, freeBed, heartbeat } from "./records.ts";
import { describeOnEachDatabase } from "./support.ts";

const MIN = 60_000;
const BED = BedId.parse("bed-1");

describeOnEachDatabase("beds and bookings reconciled", (cloud) => {
  let stop: AbortController;
  let running: Promise<unknown>;
  let nurse: string;
  let seq: number;
  beforeEach(async () => {
    stop = new AbortController();
    running = cloud().run(stop.signal);
    nurse = await cloud().signIn("nurse");
    seq = 1;
    await send(...freeBed("bed-1"));
  });
  afterEach(async () => {
    stop.abort();
    await running;
  });

  async function send(...events: readonly unknown[]): Promise<void> {
    const { status } = await cloud().sync(batch(events, { firstSeq: seq, sentAtMs: cloud().clock.now }));
    expect(status).toBe(200);
    seq += events.length;
    await evidence();
  }
  const evidence = async () =>
    await cloud().sync(
      heartbeat({
        bedsHeadSeq: seq - 1,
        sentAtMs: cloud().clock.now,
        sources: [{ bedId: "bed-1", deviceId: "mat-1", evidenceAgeMs: 0 }],
      }),
    );
  /** The sensor goes on saying what it says. */
  async function pass(minutes: number): Promise<void> {
    cloud().clock.now += minutes * MIN;
    await evidence();
  }
  const occupancy = (value: "present" | "absent") => {
    const atMs = cloud().clock.now;
    return send(changed("occupancy", value, { observedAtMs: atMs, receivedAtMs: atMs }));
  };
  const claim = (state: BookingState, more: Partial<StoredClaim> = {}) =>
    storeClaim(cloud().db, { state, sinceMs: cloud().clock.now, reservedAtMs: cloud().clock.now, ...more });
  async function told(): Promise<void> {
    const clock = { nowMs: async () => cloud().clock.now };
    await inDeskTransaction(
      { db: cloud().db, clock, deskChanged: () => {} },
      "service",
      async ({ events }) => {
        const common = { topic: "bookings", subjectId: "b", kind: "booking-held", body: {} } as const;
        events.push({ ...common, bedId: BED, hospitalIds: [] });
      },
    );
  }
  async function open(cookie = nurse): Promise<ConflictView[]> {
    const { status, body } = await cloud().get("/api/v1/conflicts", cookie);
    expect(status).toBe(200);
    return (body as { conflicts: ConflictView[] }).conflicts;
  }
  const kinds = async () => (await open()).map(({ kind }) => kind);
  async function act({ conflictId, version }: ConflictView, body: object, cookie = nurse) {
    const reply = await cloud().app.inject({
      method: "POST",
      url: `/api/v1/conflicts/${conflictId}/events`,
      headers: { cookie, origin: "http://beds.example", "if-match": `"${version}"` },
      payload: body,
    });
    return { status: reply.statusCode, body: reply.json() };
  }
  async function first(kind: ConflictView["kind"]): Promise<ConflictView> {
    return await vi.waitFor(
      async () => {
        const found = (await open()).find((conflict) => conflict.kind === kind);
        if (found === undefined) throw new Error(`no ${kind} yet`);
        return found;
      },
      { timeout: 8_000, interval: 100 },
    );
  }
  const gone = async () =>
    await vi.waitFor(async () => expect(await kinds()).toEqual([]), { timeout: 8_000 });
  const state = async (bookingId: string) => {
    const [booking] = await cloud()
      .db.selectFrom("bookings")
      .select(["state", "presenceBy", "presenceSinceMs"])
      .where("bookingId", "=", bookingId)
      .execute();
    return booking;
  };

  test("somebody who lies in a reserved bed for a minute has arrived, since they lay down", async () => {
    const bookingId = await claim("reserved");
    await told();
    await occupancy("present");
    const presentSinceMs = cloud().clock.now;
    await pass(1);
    await vi.waitFor(async () => expect((await state(bookingId))?.state).toBe("arrived"), { timeout: 8_000 });
    expect(await state(bookingId)).toEqual({
      state: "arrived",
      presenceBy: "sensor",
      presenceSinceMs: presentSinceMs,
    });
    expect(await kinds()).toEqual([]);
  });

  test("somebody in a held bed ends nothing; people are told, and it is over when the bed is empty again", async () => {
    const bookingId = await claim("held", { expiresAtMs: cloud().clock.now + 15 * MIN, reservedAtMs: null });
    await told();
    await occupancy("present");
    await pass(1);
    const conflict = await first("presence-on-claim");
    expect(conflict).toMatchObject({
      bookingId,
      bedId: "bed-1",
      action: "clear-bed",
      allowed: ["own", "resolve"],
    });
    expect(conflict.says.map(({ who, what }) => [who, what])).toEqual([
      ["bookings", "held for a patient"],
      ["mat-1", "somebody is in the bed"],
    ]);
    expect((await state(bookingId))?.state).toBe("held");
    const refused = await act(conflict, { event: "resolve" });
    expect(refused).toMatchObject({ status: 409, body: { code: "CONFLICT_STANDS" } });
    await occupancy("absent");
    await gone();
    const { body } = await cloud().get("/api/v1/conflicts?closed=1", nurse);
    expect(body).toMatchObject({
      conflicts: [{ kind: "presence-on-claim", resolution: expect.stringMatching(/^went away/) }],
    });
  });

  test("an empty bed of an admitted patient is a ghost after half an hour, and leave resolves it", async () => {
    const bookingId = await claim("admitted");
    await told();
    await pass(29);
    await pass(2);
    const conflict = await first("ghost");
    expect(conflict.actionText).toBe("The patient is on leave");
    const resolved = await act(conflict, { event: "resolve", action: "mark-on-leave" });
    expect(resolved).toMatchObject({ status: 200, body: { resolution: "mark-on-leave by a nurse" } });
    expect((await state(bookingId))?.state).toBe("on-leave");
    await gone();
  });

  test("silence closes no conflict", async () => {
    await claim("admitted");
    await told();
    await pass(31);
    await first("ghost");
    cloud().clock.now += 10 * MIN;
    await cloud().reconciler.round();
    expect(await kinds()).toEqual(["ghost"]);
  });

  test("an empty bed whose discharge is ordered waits for a person; then it is to be cleaned", async () => {
    const bookingId = await claim("admitted", { dischargeOrderedAtMs: cloud().clock.now });
    await told();
    const conflict = await first("vacated");
    expect((await act(conflict, { event: "resolve" })).body.closedAt).not.toBeNull();
    expect((await state(bookingId))?.state).toBe("discharged");
    const { body } = await cloud().get("/api/v1/beds/bed-1", nurse);
    expect(body).toMatchObject({
      bed: { axes: { assignment: { value: "none" } }, derived: { bookable: { ok: false } } },
    });
  });

  test("a bed that its gateway closes lets a hold go, which is no conflict, and keeps a reservation", async () => {
    const held = await claim("held", { expiresAtMs: cloud().clock.now + 15 * MIN });
    await told();
    const atMs = cloud().clock.now;
    await send(changed("service", "closed", { observedAtMs: atMs, receivedAtMs: atMs }));
    await vi.waitFor(async () => expect(await state(held)).toMatchObject({ state: "released" }), {
      timeout: 8_000,
      interval: 100,
    });
    expect(await open()).toEqual([]);
    await claim("reserved");
    await told();
    expect(await first("closed-under-claim")).toMatchObject({ bedId: BED });
  });

  test("an empty bed whose discharge is ordered is no ghost, neither on the list nor on the board", async () => {
    await claim("admitted", { dischargeOrderedAtMs: cloud().clock.now });
    await told();
    await pass(45);
    await first("vacated");
    expect(await kinds()).toEqual(["vacated"]);
    const { body } = await cloud().get("/api/v1/beds/bed-1", nurse);
    expect(body).toMatchObject({ bed: { isLeaving: true, derived: { conflict: null } } });
  });

  test("a conflict has one owner, a stale page none, and another hospital knows of none", async () => {
    await occupancy("present");
    await pass(10);
    const conflict = await first("squat");
    const south = await cloud().signIn("nurse", "south");
    expect(await open(south)).toEqual([]);
    expect((await act(conflict, { event: "own" }, south)).body.code).toBe("CONFLICT_NOT_FOUND");
    const owned = await act(conflict, { event: "own" });
    expect(owned.body).toMatchObject({ isOwn: true, owner: { role: "nurse", hospitalId: "north" } });
    expect((await act(conflict, { event: "disown" })).body.code).toBe("STALE_VERSION");
    const other = await cloud().signIn("doctor");
    const [current] = await open(other);
    if (current === undefined) throw new Error("it was to be open");
    expect(current).toMatchObject({ isOwn: false, allowed: ["resolve"] });
    expect((await act(current, { event: "own" }, other)).body.code).toBe("CONFLICT_OWNED");
    expect((await act(current, { event: "resolve", action: "cancel-booking" })).body.code).toBe(
      "CONFLICT_ACTION",
    );
    expect((await act(current, { event: "disown" })).body.owner).toBeNull();
  });

  test("two that look at once open one conflict", async () => {
    await occupancy("present");
    await pass(10);
    await Promise.all([cloud().reconciler.round(), cloud().reconciler.round(), cloud().reconciler.round()]);
    await first("squat");
    expect(await cloud().db.selectFrom("conflicts").select("kind").execute()).toEqual([{ kind: "squat" }]);
  });

  test("a reservation that nobody comes for is overdue, and cancelling it resolves that", async () => {
    await setPolicy(cloud(), "north", { arrivalMinutes: 30 });
    const bookingId = await claim("reserved");
    await told();
    await pass(30);
    const conflict = await first("arrival-overdue");
    const coordinator = await cloud().signIn("emergency-coordinator");
    const cancelled = await act(conflict, { event: "resolve", reason: "did not come" }, coordinator);
    expect(cancelled).toMatchObject({
      status: 200,
      body: { resolution: expect.stringContaining("did not come") },
    });
    expect((await state(bookingId))?.state).toBe("cancelled");
  });
});

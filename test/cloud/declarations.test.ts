/** What people say of beds: what stands, what is refused, what gives way, and what everybody sees of it. */
import { randomUUID } from "node:crypto";
import { beforeEach, expect, test } from "vitest";
import type { BedDetail } from "../../contracts/wire/board.ts";
import { storeClaim } from "./claims.ts";
import { batch, changed, commissioned, freeBed, heartbeat, START_MS } from "./records.ts";
import { describeOnEachDatabase } from "./support.ts";

const MIN = 60_000;
const inMinutes = (minutes: number) => new Date(START_MS + minutes * MIN).toISOString();

describeOnEachDatabase("declarations", (cloud) => {
  let nurse: string;
  beforeEach(async () => {
    nurse = await cloud().signIn("nurse");
    await cloud().sync(batch(freeBed("bed-1")));
    await evidence();
  });

  const evidence = async () =>
    await cloud().sync(
      heartbeat({
        bedsHeadSeq: 6,
        sources: [{ bedId: "bed-1", deviceId: "mat-1", evidenceAgeMs: 1_000 }],
      }),
    );
  async function say(body: unknown, { cookie = nurse, bed = "bed-1", key = randomUUID() } = {}) {
    const reply = await cloud().app.inject({
      method: "POST",
      url: `/api/v1/beds/${bed}/declarations`,
      headers: { cookie, origin: "http://beds.example", "idempotency-key": key },
      payload: body as object,
    });
    return { status: reply.statusCode, body: reply.json() };
  }
  async function undo(declarationId: string, cookie = nurse) {
    const url = `/api/v1/declarations/${declarationId}/undo`;
    const headers = { cookie, origin: "http://beds.example" };
    const reply = await cloud().app.inject({ method: "POST", url, headers });
    return { status: reply.statusCode, body: reply.json() };
  }
  async function bed(bedId = "bed-1") {
    const { body } = await cloud().get(`/api/v1/beds/${bedId}`, nurse);
    return (body as BedDetail).bed;
  }

  test("a bed that is blocked until a time is not bookable until then, and tells when", async () => {
    expect((await bed()).derived.bookable).toEqual({ ok: true, reasons: [] });
    const said = await say({ axis: "service", to: "blocked", reason: "leak", until: inMinutes(30) });
    expect(said).toMatchObject({ status: 201, body: { bedId: "bed-1", claimUnder: null } });
    const blocked = await bed();
    expect(blocked.axes.service).toMatchObject({
      value: "blocked",
      by: { kind: "declaration", who: "a nurse" },
      lapse: { at: inMinutes(30), to: "open" },
    });
    expect(blocked.derived.bookable.reasons).toEqual(["service-blocked"]);
    cloud().clock.now += 30 * MIN;
    await evidence();
    expect((await bed()).derived.bookable.ok).toBe(true);
    await cloud().reconciler.round();
    const { body } = await cloud().get("/api/v1/beds/bed-1/declarations", nurse);
    expect(body).toMatchObject({
      entries: [{ what: "lapsed" }, { what: "said", reason: "leak", role: "nurse" }],
    });
  });

  test("the same key says it once, also for a double click", async () => {
    const key = randomUUID();
    const both = await Promise.all([1, 2].map(() => say({ axis: "staffing", to: "unstaffed" }, { key })));
    expect(both.map(({ status }) => status)).toEqual([201, 201]);
    expect(both[0]?.body).toEqual(both[1]?.body);
    const { body } = await cloud().get("/api/v1/beds/bed-1/declarations", nurse);
    expect((body as { entries: unknown[] }).entries).toHaveLength(1);
  });

  test("a word is taken back within its time by the session that said it, and what stood before stands", async () => {
    await say({ axis: "service", to: "closed" });
    const { body } = await say({ axis: "service", to: "open" });
    expect((await undo(body.declarationId, await cloud().signIn("nurse"))).body.code).toBe("UNDO_REFUSED");
    expect((await undo(body.declarationId)).status).toBe(200);
    expect((await bed()).axes.service.value).toBe("closed");
    expect((await undo(body.declarationId)).body.code).toBe("DECLARATION_NOT_FOUND");
    const late = await say({ axis: "service", to: "open" });
    cloud().clock.now += 13_000;
    expect((await undo(late.body.declarationId)).body.code).toBe("UNDO_REFUSED");
  });

  test("clean is refused while the sensor says that somebody is in the bed, with how old that is", async () => {
    const events = [changed("readiness", "dirty"), changed("occupancy", "present")];
    await cloud().sync(batch(events, { firstSeq: 7 }));
    await evidence();
    const refused = await say({ axis: "readiness", to: "clean" });
    expect(refused).toMatchObject({
      status: 409,
      body: { code: "BED_NOT_EMPTY", evidence: { ageMs: 1_000 } },
    });
    expect((await bed()).axes.readiness.value).toBe("dirty");
  });

  test("a bed without a sensor is offered on the word of who has looked, for as long as that is said to last", async () => {
    await cloud().sync(
      batch(
        [
          commissioned({ bedId: "bed-2", sources: [] }),
          ...(["service", "staffing", "infection", "readiness"] as const).map((axis) =>
            changed(axis, FREE[axis] as never, { bedId: "bed-2" }),
          ),
        ],
        { firstSeq: 7 },
      ),
    );
    expect((await bed("bed-2")).derived.offerable.reasons).toEqual(["declaration-missing"]);
    const vacant = { axis: "vacancy", to: "vacant", until: inMinutes(60) };
    expect((await say(vacant, { bed: "bed-2" })).status).toBe(201);
    expect((await bed("bed-2")).derived.offerable).toEqual({ ok: true, reasons: [] });
    expect((await say(vacant)).body.code).toBe("DECLARATION_REFUSED");
    cloud().clock.now += 60 * MIN;
    expect((await bed("bed-2")).derived.offerable.reasons).toContain("declaration-expired");
  });

  test("a patient who lay there since makes an older look worth nothing", async () => {
    await cloud().sync(batch([commissioned({ bedId: "bed-2", sources: [] })], { firstSeq: 7 }));
    await say({ axis: "vacancy", to: "vacant", until: inMinutes(60) }, { bed: "bed-2" });
    await storeClaim(cloud().db, {
      bedId: "bed-2",
      state: "discharged",
      sinceMs: START_MS + MIN,
      expiresAtMs: START_MS + 2 * MIN,
    });
    expect((await bed("bed-2")).derived.offerable.reasons).toContain("declaration-missing");
  });

  test("closing a bed lets a hold go, and its request waits again", async () => {
    const sinceMs = cloud().clock.now;
    const bookingId = await storeClaim(cloud().db, { sinceMs, expiresAtMs: sinceMs + 15 * MIN });
    const said = await say({ axis: "service", to: "closed", reason: "leak" });
    expect(said).toMatchObject({ status: 201, body: { claimUnder: null } });
    const booking = await cloud()
      .db.selectFrom("bookings")
      .innerJoin("bedRequests", "bedRequests.requestId", "bookings.requestId")
      .select(["bookings.state", "reason", "bedRequests.state as requestState"])
      .where("bookingId", "=", bookingId)
      .executeTakeFirstOrThrow();
    expect(booking).toEqual({ state: "released", reason: "The bed was closed.", requestState: "open" });
  });

  test("closing a bed that is reserved says so, and leaves the reservation to people", async () => {
    const sinceMs = cloud().clock.now;
    const bookingId = await storeClaim(cloud().db, { state: "reserved", sinceMs, reservedAtMs: sinceMs });
    expect((await say({ axis: "service", to: "closed" })).body.claimUnder).toEqual({
      bookingId,
      state: "reserved",
    });
    expect((await bed()).axes.assignment.value).toBe("reserved");
  });

  test.each([
    ["facility-engineer", { axis: "readiness", to: "clean" }, 403],
    ["facility-engineer", { axis: "service", to: "out-of-service" }, 201],
    ["emergency-coordinator", { axis: "service", to: "closed" }, 403],
    ["patient", { axis: "service", to: "closed" }, 403],
  ] as const)("%s may say %j: %i", async (role, body, status) => {
    expect((await say(body, { cookie: await cloud().signIn(role) })).status).toBe(status);
  });

  test("of another hospital's bed nothing is said, not even that it exists", async () => {
    const south = await cloud().signIn("nurse", "south");
    expect((await say({ axis: "service", to: "closed" }, { cookie: south })).body.code).toBe("BED_NOT_FOUND");
    expect((await cloud().get("/api/v1/beds/bed-1/declarations", south)).status).toBe(404);
    const { body } = await say({ axis: "service", to: "closed" });
    expect((await undo(body.declarationId, south)).body.code).toBe("DECLARATION_NOT_FOUND");
  });

  test.each([
    ["before now", inMinutes(-60)],
    ["in a year", inMinutes(525_600)],
  ])("an end that lies %s is refused by the server's clock", async (_when, until) => {
    expect((await say({ axis: "service", to: "blocked", until })).body.code).toBe("DECLARATION_UNTIL");
  });

  test("what is out of service is not called merely blocked", async () => {
    await say({ axis: "service", to: "out-of-service" });
    expect((await say({ axis: "service", to: "blocked" })).body.code).toBe("DECLARATION_REFUSED");
  });
});

const FREE = { service: "open", staffing: "staffed", infection: "none", readiness: "clean" } as const;

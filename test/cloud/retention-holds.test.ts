/** Legal holds over HTTP, and that nothing they name is ever removed. */

import fc from "fast-check";
import { sql } from "kysely";
import { expect, test } from "vitest";
import { type Hold, isHeldBy } from "../../cloud/retention/holds/hold.ts";
import type { LegalHoldView } from "../../contracts/wire/retention.ts";
import { LegalHoldList } from "../../contracts/wire/retention.ts";
import { START_MS } from "./records.ts";
import { countOf, later, memoryPlace, never, policy, storeOldReadings, worker } from "./retention-ward.ts";
import { describeOnEachDatabase, type TestCloud } from "./support.ts";

const HOLD = { hospital: "north", from: "2026-01-06T09:00:00Z", reason: "Case 7 of 2026" };

async function post(cloud: TestCloud, url: string, cookie: string, payload: object, headers = {}) {
  const reply = await cloud.app.inject({
    method: "POST",
    url,
    headers: { cookie, origin: "http://beds.example", ...headers },
    payload,
  });
  return { status: reply.statusCode, body: reply.json() };
}

describeOnEachDatabase("legal holds", (cloud) => {
  test("are placed, listed, released once, and stay in the list with every change", async () => {
    await storeOldReadings(cloud());
    const admin = await cloud().signIn("hospital-admin");
    const asked = { ...HOLD, bed: "bed-1", to: "2026-01-06T11:00:00+01:00", class: "vitals" };
    const placed = await post(cloud(), "/api/v1/legal-holds", admin, asked);
    expect(placed).toMatchObject({
      status: 201,
      body: {
        hospital: "north",
        bed: "bed-1",
        device: null,
        class: "vitals",
        from: "2026-01-06T09:00:00.000Z",
        to: "2026-01-06T10:00:00.000Z",
        reason: "Case 7 of 2026",
        created: { at: "2026-01-06T10:00:00.000Z", role: "hospital-admin" },
        released: null,
      },
    });
    const { holdId } = placed.body as LegalHoldView;
    cloud().clock.now += 1_000;
    const release = `/api/v1/legal-holds/${holdId}/release`;
    const released = await post(cloud(), release, admin, { reason: "The case is closed." });
    expect(released.body).toMatchObject({
      released: { at: "2026-01-06T10:00:01.000Z", role: "hospital-admin", reason: "The case is closed." },
    });
    expect(await post(cloud(), release, admin, { reason: "Again." })).toMatchObject({
      status: 409,
      body: { code: "LEGAL_HOLD_RELEASED" },
    });
    const { body } = await cloud().get("/api/v1/legal-holds", admin);
    expect(LegalHoldList.parse(body).holds).toEqual([released.body]);
    const { rows } =
      await sql`SELECT created_session_sha256 = released_session_sha256 AS same FROM legal_holds`.execute(
        cloud().db,
      );
    expect(rows).toEqual([{ same: true }]);
  });

  test("are placed once with one Idempotency-Key, which is for one request", async () => {
    await storeOldReadings(cloud());
    const admin = await cloud().signIn("hospital-admin");
    const key = { "idempotency-key": "k-1" };
    const [first, second] = await Promise.all(
      [1, 2].map(() => post(cloud(), "/api/v1/legal-holds", admin, HOLD, key)),
    );
    expect(first?.body).toEqual(second?.body);
    const other = await post(cloud(), "/api/v1/legal-holds", admin, { ...HOLD, reason: "Another" }, key);
    expect(other).toMatchObject({ status: 422, body: { code: "IDEMPOTENCY_KEY_REUSED" } });
    expect(await countOf(cloud().db, "legal_holds")).toBe(1);
  });

  test.each<[string, object, number, string]>([
    ["of another hospital", { hospital: "south" }, 404, "HOSPITAL_NOT_FOUND"],
    ["of another hospital's bed", { bed: "south-1" }, 404, "BED_NOT_FOUND"],
    ["of a device that nobody knows", { device: "monitor-9" }, 404, "DEVICE_NOT_FOUND"],
    ["that ends before it begins", { to: "2026-01-06T08:00:00Z" }, 400, "RANGE_REVERSED"],
    ["of no time at all", { to: "2026-01-06T10:00:00+01:00" }, 400, "RANGE_EMPTY"],
    ["without a time zone", { from: "2026-01-06T09:00:00" }, 400, "VALIDATION"],
    ["without a reason", { reason: "  " }, 400, "VALIDATION"],
    ["of a class that is none", { class: "all" }, 400, "VALIDATION"],
  ])("one %s is refused", async (_what, fields, status, code) => {
    await storeOldReadings(cloud());
    const admin = await cloud().signIn("hospital-admin");
    const reply = await post(cloud(), "/api/v1/legal-holds", admin, { ...HOLD, ...fields });
    expect(reply).toMatchObject({ status, body: { code } });
    expect(await countOf(cloud().db, "legal_holds")).toBe(0);
  });

  test("are seen by their hospital's administrator and by the network's, and by nobody else", async () => {
    await storeOldReadings(cloud());
    const admin = await cloud().signIn("hospital-admin");
    const { body } = await post(cloud(), "/api/v1/legal-holds", admin, HOLD);
    const { holdId } = body as LegalHoldView;
    const ofSouth = await cloud().signIn("hospital-admin", "south");
    expect((await cloud().get("/api/v1/legal-holds", ofSouth)).body).toMatchObject({ holds: [] });
    const release = `/api/v1/legal-holds/${holdId}/release`;
    expect(await post(cloud(), release, ofSouth, { reason: "Mine" })).toMatchObject({
      status: 404,
      body: { code: "LEGAL_HOLD_NOT_FOUND" },
    });
    const everywhere = await cloud().signIn("super-admin");
    expect((await cloud().get("/api/v1/legal-holds", everywhere)).body).toMatchObject({
      holds: [{ holdId }],
    });
    for (const role of ["doctor", "nurse", "facility-engineer", "emergency-coordinator", "patient"] as const)
      expect((await cloud().get("/api/v1/legal-holds", await cloud().signIn(role))).status).toBe(403);
  });

  test("keep what they name from every kind of removal, until they are released", async () => {
    await storeOldReadings(cloud());
    const admin = await cloud().signIn("hospital-admin");
    const { body } = await post(cloud(), "/api/v1/legal-holds", admin, { ...HOLD, device: "monitor-2" });
    later(cloud(), 400);
    const policies = (["vitals", "environment", "bed-events"] as const).map((of) =>
      policy({ class: of, rawDays: 1, minuteDays: 2, hourDays: 3 }),
    );
    const { worker: retention } = worker(cloud(), policies);
    expect(await retention.round(never)).toBe("done");
    expect(await countOf(cloud().db, "readings")).toBe(20);
    expect([await countOf(cloud().db, "rollups_1m"), await countOf(cloud().db, "rollups_1h")]).toEqual([
      1, 1,
    ]);
    const { holdId } = body as LegalHoldView;
    const adminLater = await cloud().signIn("hospital-admin");
    await post(cloud(), `/api/v1/legal-holds/${holdId}/release`, adminLater, { reason: "Over." });
    expect(await retention.round(never)).toBe("done");
    expect(await countOf(cloud().db, "readings")).toBe(0);
    expect(await countOf(cloud().db, "rollups_1m")).toBe(0);
  });

  test("whatever they name, just that stays", async () => {
    const second = fc.integer({ min: 0, max: 35 });
    const holds = fc.array(
      fc.record({
        hospitalId: fc.constantFrom("north", "south"),
        bedId: fc.constantFrom(null, null, "bed-1", "bed-2", "south-1"),
        deviceId: fc.constantFrom(null, null, "monitor-1", "climate-1"),
        class: fc.constantFrom(null, null, "vitals", "environment"),
        from: second,
        seconds: fc.option(fc.integer({ min: 1, max: 10 })),
      }),
      { minLength: 1, maxLength: 4 },
    );
    await fc.assert(
      fc.asyncProperty(holds, fc.boolean(), async (named, isArchived) => {
        const { db } = cloud();
        await sql`TRUNCATE legal_holds, archives, readings, rollups_1m, rollups_1h, series_cursors, lanes, latest_marks,
          bed_events, beds, outbox, source_evidence, journals, boots CASCADE`.execute(db);
        cloud().clock.now = START_MS;
        await storeOldReadings(cloud());
        const placed = named.map(({ from, seconds, ...hold }) => {
          const fromMs = START_MS + from * 1_000;
          return { ...hold, fromMs, toMs: seconds === null ? null : fromMs + seconds * 1_000 } as Hold;
        });
        for (const hold of placed)
          await sql`INSERT INTO legal_holds (hold_id, hospital_id, bed_id, device_id, class, from_ms, to_ms, reason,
              created_at_ms, created_role, created_session_sha256, request_sha256)
            VALUES (gen_random_uuid(), ${hold.hospitalId}, ${hold.bedId}, ${hold.deviceId}, ${hold.class},
              ${hold.fromMs}, ${hold.toMs}, 'r', 0, 'hospital-admin', 's', 'r')`.execute(db);
        const before = await rows(db);
        expect(before).toHaveLength(63);
        later(cloud(), 60);
        const policies = (["vitals", "environment"] as const).map((of) =>
          policy({ class: of, afterwards: isArchived ? "archive" : "delete" }),
        );
        await worker(cloud(), policies, { place: memoryPlace() }).worker.round(never);
        const kept = before.filter((row) => placed.some((hold) => isHeldBy(hold, row)));
        expect(await rows(db)).toEqual(kept);
      }),
      { numRuns: 8 },
    );
  }, 60_000);
});

async function rows(db: TestCloud["db"]) {
  const { rows: found } = await sql<{
    seq: number;
    hospitalId: string;
    bedId: string | null;
    deviceId: string;
    class: "vitals" | "environment";
    atMs: number;
  }>`
    SELECT seq, hospital_id, bed_id, device_id, CASE lane WHEN 1 THEN 'vitals' ELSE 'environment' END AS class,
      observed_at_ms AS at_ms
    FROM readings JOIN series USING (series_id) JOIN gateways USING (gateway_id)
    ORDER BY gateway_id, lane, seq`.execute(db);
  return found;
}

/** Searches over HTTP, against beds that gateways have told of. */
import { sql } from "kysely";
import { afterEach, beforeEach, expect, test } from "vitest";
import { BOARD_AGE_MS_MAX, Matching } from "../../cloud/matching/matching.ts";
import { CHANGES_AFTER, MatchingRepository } from "../../cloud/matching/repository.ts";
import { MatchAnswer } from "../../contracts/wire/booking.ts";
import { BedId } from "../../contracts/wire/ids.ts";
import { bedNeed, bedProfile } from "../support/bed-need.ts";
import { until } from "../support/until.ts";
import { batch, changed, freeBed, heartbeat, south } from "./records.ts";
import { describeOnEachDatabase, type TestCloud } from "./support.ts";

const NEED = bedNeed({ from: { kind: "place", label: "Roadside", latitude: 48.2, longitude: 16.37 } });

describeOnEachDatabase("matching", (cloud) => {
  let stop: AbortController;
  let running: Promise<void>;
  beforeEach(async () => {
    stop = new AbortController();
    running = cloud().run(stop.signal);
    await told(cloud());
  });
  afterEach(async () => {
    stop.abort();
    await running;
  });

  async function post(cookie: string, body: object) {
    const headers = { cookie, origin: "http://beds.example" };
    const reply = await cloud().app.inject({
      method: "POST",
      url: "/api/v1/matches",
      headers,
      payload: body,
    });
    return { status: reply.statusCode, body: reply.json() };
  }
  async function search(cookie: string, need: object = NEED): Promise<MatchAnswer> {
    const { status, body } = await post(cookie, { need });
    expect(status, JSON.stringify(body)).toBe(200);
    return MatchAnswer.parse(body);
  }
  /** Until the board has followed. */
  async function searchUntil(cookie: string, holds: (answer: MatchAnswer) => boolean, need: object = NEED) {
    return await until(
      "the board has followed",
      async () => {
        const answer = await search(cookie, need);
        return holds(answer) ? answer : undefined;
      },
      5_000,
    );
  }

  test("offers what fits of every hospital, the nearer first, and says why not of the others", async () => {
    const coordinator = await cloud().signIn("emergency-coordinator");
    const answer = await searchUntil(coordinator, ({ offered, searched }) => searched === 4 && offered === 2);
    expect(
      answer.beds.map(({ bedId, distanceKm, hospitalName }) => [bedId, distanceKm, hospitalName]),
    ).toEqual([
      ["bed-1", 1.1, "Northside General"],
      ["south-1", 111.2, "Southbank Hospital"],
    ]);
    expect(answer.beds[0]?.why).toEqual([
      "verified 0 s ago",
      "1.1 km",
      "exact level: intensive",
      "reserved without being asked",
    ]);
    expect(answer.beds[0]).toMatchObject({ basis: "verified", verification: "verified", autoAccept: true });
    expect(answer.notOffered.map(({ bedId, misfits }) => [bedId, misfits.map(({ code }) => code)])).toEqual([
      ["bed-2", ["level-of-care"]],
      ["south-2", ["level-of-care-unknown", "readiness-dirty"]],
    ]);
    expect(answer).toMatchObject({ searched: 4, offered: 2 });
    expect(answer.keptBack).toContainEqual({ code: "readiness-dirty", beds: 1 });
  });

  test("tells a hospital's people of other hospitals' beds only those that are offered, and counts", async () => {
    const nurse = await cloud().signIn("nurse", "north");
    const answer = await searchUntil(nurse, ({ offered, searched }) => searched === 4 && offered === 2);
    expect(answer.beds.map(({ bedId }) => bedId)).toEqual(["bed-1", "south-1"]);
    expect(answer.notOffered.map(({ bedId }) => bedId)).toEqual(["bed-2"]);
    expect(answer.keptBack).toContainEqual({ code: "level-of-care-unknown", beds: 1 });
  });

  test("is for those who may ask for a bed", async () => {
    for (const role of ["patient", "facility-engineer"] as const)
      expect((await post(await cloud().signIn(role), { need: NEED })).status).toBe(403);
  });

  test("follows what is said of a bed and of how a hospital books, whoever's process took it in", async () => {
    const coordinator = await cloud().signIn("emergency-coordinator");
    await searchUntil(coordinator, ({ offered }) => offered === 2);
    await profile("bed-2", "north", {});
    await describe_("bed-profiles", "bed-2");
    expect((await search(coordinator)).offered).toBe(3);
    await cloud()
      .db.updateTable("hospitalPolicies")
      .set({ policy: policy(48.2, 16.37, false) })
      .execute();
    await describe_("policies", "north");
    expect((await search(coordinator)).beds[0]).toMatchObject({ distanceKm: 0, autoAccept: false });
  });

  test("refuses an unknown hospital, and an unknown or foreign request alike", async () => {
    const nurse = await cloud().signIn("nurse", "north");
    expect(await post(nurse, { need: { ...NEED, hospitalId: "west" } })).toMatchObject({
      status: 404,
      body: { code: "HOSPITAL_NOT_FOUND" },
    });
    const url = (id: string) => `/api/v1/requests/${id}/matches?limit=1`;
    await searchUntil(nurse, ({ offered }) => offered === 2);
    const own = await request("north");
    const foreign = await request("south");
    expect((await cloud().get(url(own), nurse)).body).toMatchObject({
      beds: [{ bedId: "bed-1" }],
      offered: 2,
    });
    for (const id of [foreign, crypto.randomUUID()])
      expect(await cloud().get(url(id), nurse)).toMatchObject({
        status: 404,
        body: { code: "REQUEST_NOT_FOUND", detail: "There is no such request among those you may see." },
      });
    expect((await cloud().get(url(foreign), await cloud().signIn("emergency-coordinator"))).status).toBe(200);
  });

  test("offers nothing on a board that could not be followed, and has no next best then", async () => {
    const coordinator = await cloud().signIn("emergency-coordinator");
    await searchUntil(coordinator, ({ offered }) => offered === 2);
    const board = { beds: () => [], hospitals: () => [] };
    const { db, clock } = cloud();
    const repository = new MatchingRepository(db);
    const boardFollowedAtMs = () => clock.nowMs() - BOARD_AGE_MS_MAX - 1;
    const matching = new Matching({ repository, board, clock, boardFollowedAtMs });
    const caller = { kind: "person", role: "super-admin", hospitalId: null, sessionSha256: "" } as const;
    await expect(matching.match(caller, NEED, { limit: 1, notOfferedLimit: 0 })).rejects.toMatchObject({
      code: "BOARD_BEHIND",
    });
    expect(await matching.nextBest(NEED, [])).toBeNull();
  });

  test("names the next best bed beside those that were lost", async () => {
    const coordinator = await cloud().signIn("emergency-coordinator");
    await searchUntil(coordinator, ({ offered }) => offered === 2);
    const { matching } = cloud();
    const lost = BedId.parse("bed-1");
    expect((await matching.nextBest(NEED, [lost]))?.bedId).toBe("south-1");
    expect(await matching.nextBest(NEED, [lost, BedId.parse("south-1")])).toBeNull();
  });

  test("puts nobody into a bay of the other sex, by who lies there or has a claim on it", async () => {
    const coordinator = await cloud().signIn("emergency-coordinator");
    await profile("bed-1", "north", { sexRule: "same-as-bay" });
    await describe_("bed-profiles", "bed-1");
    const woman = { ...NEED, sex: "female" };
    await searchUntil(coordinator, ({ offered }) => offered === 2, woman);
    // bed-2 lies in the same room; somebody is in it of whom nothing is known.
    await cloud().sync(batch([changed("occupancy", "present", { bedId: "bed-2" })], { firstSeq: 13 }));
    const unknown = await searchUntil(coordinator, ({ offered }) => offered === 1, woman);
    expect(unknown.notOffered).toContainEqual(
      expect.objectContaining({ bedId: "bed-1", misfits: [expect.objectContaining({ code: "sex-rule" })] }),
    );
    await claim("bed-2", "female");
    expect((await search(coordinator, woman)).offered).toBe(2);
    expect((await search(coordinator, { ...NEED, sex: "male" })).offered).toBe(1);
  });

  test("reads what was said of descriptions by their own index", async () => {
    await sql`SET enable_seqscan = off`.execute(cloud().db);
    const { rows } = await sql<{ queryPlan: string }>`EXPLAIN ${CHANGES_AFTER(1)}`.execute(cloud().db);
    await sql`SET enable_seqscan = on`.execute(cloud().db);
    expect(JSON.stringify(rows)).toContain("desk_events_of_descriptions");
  });

  async function profile(bedId: string, hospitalId: string, fields: Parameters<typeof bedProfile>[0]) {
    const { features, ageBands, ...rest } = bedProfile(fields);
    const row = { ...rest, features: JSON.stringify(features), ageBands: JSON.stringify(ageBands) };
    await cloud()
      .db.insertInto("bedProfiles")
      .values({ ...row, bedId, hospitalId, version: 1 })
      .onConflict((conflict) => conflict.column("bedId").doUpdateSet(row))
      .execute();
  }
  async function describe_(topic: string, subjectId: string) {
    await sql`INSERT INTO desk_events (at_ms, topic, subject_id, kind, hospital_ids, body)
      VALUES (0, ${topic}, ${subjectId}, 'said', '[]', '{}')`.execute(cloud().db);
  }
  const policy = (latitude: number, longitude: number, autoAccept: boolean) =>
    JSON.stringify({
      latitude,
      longitude,
      autoAccept,
      holdMinutes: { emergency: 15, urgent: 20, routine: 30 },
      arrivalMinutes: 240,
      cleaningMinutes: { routine: 45, terminal: 150 },
    });

  /** bed-1 and south-1 are free intensive beds; bed-2 is a general one in bed-1's room, south-2 dirty and undescribed. */
  async function told(to: TestCloud) {
    const mat = (deviceId: string) => ({
      sources: [{ deviceId, expectedIntervalMs: 5_000, decides: "occupancy" }],
    });
    const north = [...freeBed("bed-1"), ...freeBed("bed-2", mat("mat-2"))];
    const southern = [
      ...freeBed("south-1"),
      ...freeBed("south-2", mat("mat-2")),
      changed("readiness", "dirty", { bedId: "south-2" }),
    ];
    await profile("bed-1", "north", {});
    await profile("bed-2", "north", { levelOfCare: "general" });
    await profile("south-1", "south", {});
    await to.db
      .insertInto("hospitalPolicies")
      .values([
        { hospitalId: "north", policy: policy(48.21, 16.37, true), version: 1 },
        { hospitalId: "south", policy: policy(47.2, 16.37, false), version: 1 },
      ])
      .execute();
    const sources = (first: string, second: string) => [
      { bedId: first, deviceId: "mat-1", evidenceAgeMs: 0 },
      { bedId: second, deviceId: "mat-2", evidenceAgeMs: 0 },
    ];
    await to.sync(batch(north));
    await to.sync(batch(southern, south));
    await to.sync(heartbeat({ bedsHeadSeq: 12, sources: sources("bed-1", "bed-2") } as never));
    await to.sync(heartbeat({ ...south, bedsHeadSeq: 13, sources: sources("south-1", "south-2") } as never));
  }

  async function request(hospitalId: string): Promise<string> {
    const { db } = cloud();
    const [requestId, encounterId] = [crypto.randomUUID(), crypto.randomUUID()];
    await db.insertInto("encounters").values({ encounterId, callName: "R-7F3K", createdAtMs: 0 }).execute();
    await sql`INSERT INTO bed_requests (request_id, encounter_id, state, need, urgency, clinical_priority, asked_at_ms,
        role, hospital_id, session_sha256, version)
      VALUES (${requestId}, ${encounterId}, 'open', ${JSON.stringify(NEED)}::jsonb, 'urgent', 3, 0, 'nurse',
        ${hospitalId}, 'session', 1)`.execute(db);
    return requestId;
  }

  async function claim(bedId: string, sex: string) {
    const requestId = await request("north");
    await sql`INSERT INTO bookings (booking_id, request_id, encounter_id, bed_id, hospital_id, state, during, since_ms,
        renewals_left, evidence, urgency, sex, role, session_sha256, created_at_ms, version)
      SELECT ${crypto.randomUUID()}, request_id, encounter_id, ${bedId}, 'north', 'admitted', int8range(0, NULL), 0, 0,
        '{}', 'urgent', ${sex}, 'nurse', 'session', 0, 1
      FROM bed_requests WHERE request_id = ${requestId}`.execute(cloud().db);
  }
});

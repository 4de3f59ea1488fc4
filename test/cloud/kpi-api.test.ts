import { sql } from "kysely";
import { expect, test } from "vitest";
import { KpiAnswer, type KpiFigures } from "../../contracts/wire/kpi.ts";
import { batch, changed, commissioned, freeBed, heartbeat, START_MS, south } from "./records.ts";
import { describeOnEachDatabase, type TestCloud } from "./support.ts";

const MINUTE_MS = 60_000;
const HOUR_MS = 60 * MINUTE_MS;
const at = (ms: number) => new Date(ms).toISOString();
const after = (minutes: number) => ({ observedAtMs: START_MS + minutes * MINUTE_MS });

/** Used at 10:10, left at 11:00, cleaned from 11:20 to 11:30; then empty until 13:00. */
const USED_ONCE = [
  ...freeBed("bed-1"),
  changed("occupancy", "present", after(10)),
  changed("readiness", "dirty", after(10)),
  changed("occupancy", "absent", after(60)),
  changed("readiness", "cleaning", after(80)),
  changed("readiness", "clean", after(90)),
];

async function told(cloud: TestCloud, minutes = 180): Promise<void> {
  cloud.clock.now = START_MS + minutes * MINUTE_MS;
  const sentAtMs = cloud.clock.now;
  const { status } = await cloud.sync(batch(USED_ONCE, { sentAtMs }));
  expect(status).toBe(200);
}

async function ask(cloud: TestCloud, query: string, cookie?: string): Promise<KpiAnswer> {
  const { status, body } = await cloud.get(`/api/v1/kpi?${query}`, cookie ?? (await cloud.signIn("nurse")));
  expect(status, JSON.stringify(body)).toBe(200);
  return KpiAnswer.parse(body);
}

async function refusal(cloud: TestCloud, query: string): Promise<unknown> {
  const { status, body } = await cloud.get(`/api/v1/kpi?${query}`, await cloud.signIn("nurse"));
  return [status, (body as { code?: string }).code];
}

function whole(answer: KpiAnswer): KpiFigures {
  const ward = answer.hospitals[0]?.wards[0];
  if (ward === undefined) throw new Error("no ward was answered");
  return ward.whole;
}

const range = (fromMs: number, toMs: number) => `from=${at(fromMs)}&to=${at(toMs)}`;

describeOnEachDatabase("KPI", (cloud) => {
  test("a ward's figures come from what its beds told", async () => {
    await told(cloud());
    const answer = await ask(cloud(), range(START_MS - HOUR_MS, START_MS + 3 * HOUR_MS));
    expect(whole(answer)).toMatchObject({
      beds: 1,
      inServiceMs: 3 * HOUR_MS,
      occupiedMs: 50 * MINUTE_MS,
      occupiedShare: 50 / 180,
      unknownMs: 0,
      availableMs: 100 * MINUTE_MS,
      stays: 1,
      turnovers: 1,
      exitToClean: { finished: 1, medianMs: 30 * MINUTE_MS, open: 0, unseen: 0 },
      cleaning: { finished: 1, medianMs: 10 * MINUTE_MS },
      squatMs: 40 * MINUTE_MS,
    });
    expect(answer.hospitals.map(({ hospitalId }) => hospitalId)).toEqual(["north"]);
  });

  test("what a new journal tells again does not count twice", async () => {
    await told(cloud());
    const before = await ask(cloud(), range(START_MS, START_MS + 3 * HOUR_MS));
    const again = batch(USED_ONCE, { sentAtMs: cloud().clock.now, epoch: "00000000000000a2" });
    expect((await cloud().sync(again)).status).toBe(200);
    expect(await ask(cloud(), range(START_MS, START_MS + 3 * HOUR_MS))).toEqual(before);
  });

  test("nobody sees the figures of another hospital, and network roles see all", async () => {
    await told(cloud());
    await cloud().sync(batch([commissioned({ bedId: "bed-9" })], { ...south, sentAtMs: cloud().clock.now }));
    const network = await ask(cloud(), "", await cloud().signIn("super-admin"));
    expect(network.hospitals.map(({ hospitalId }) => hospitalId)).toEqual(["north", "south"]);
    expect(await refusal(cloud(), "hospital=south")).toEqual([404, "HOSPITAL_NOT_FOUND"]);
    expect(await refusal(cloud(), "hospital=nowhere")).toEqual([404, "HOSPITAL_NOT_FOUND"]);
    expect(await refusal(cloud(), "hospital=north&ward=nowhere")).toEqual([404, "WARD_NOT_FOUND"]);
    const { status } = await cloud().get("/api/v1/kpi", await cloud().signIn("patient"));
    expect(status).toBe(403);
  });

  test.each([
    ["without a zone in a time", "from=2026-01-06T00:00:00", "TIME_ZONE_MISSING"],
    ["with a range reversed", "from=2026-01-06T00:00:00Z&to=2026-01-05T00:00:00Z", "RANGE_REVERSED"],
    ["with an empty range", "from=2026-01-05T00:00:00Z&to=2026-01-05T00:00:00Z", "RANGE_EMPTY"],
    ["with days and without a zone for midnights", "by=day", "TIME_ZONE_UNKNOWN"],
    ["with a zone that nobody knows", "by=day&timeZone=Europe/Lodnon", "TIME_ZONE_UNKNOWN"],
    [
      "with more days than an answer holds",
      "by=day&timeZone=UTC&from=2020-01-01T00:00:00Z&to=2026-01-01T00:00:00Z",
      "RANGE_TOO_LONG",
    ],
    [
      "with a longer range than there can be",
      "from=1990-01-01T00:00:00Z&to=2026-01-01T00:00:00Z",
      "RANGE_TOO_LONG",
    ],
    ["with periods that there are not", "by=fortnight", "VALIDATION"],
  ])("a question %s is refused by its own code", async (_how, query, code) => {
    expect(await refusal(cloud(), query)).toEqual([400, code]);
  });

  test("what a gateway that is not heard any more would say is not known", async () => {
    await told(cloud());
    await cloud().sync(heartbeat({ sentAtMs: cloud().clock.now, sources: [] }));
    cloud().clock.now += HOUR_MS + 30_000;
    const figures = whole(await ask(cloud(), range(START_MS, cloud().clock.now)));
    expect(figures).toMatchObject({
      unknownMs: HOUR_MS,
      staleMs: HOUR_MS,
      inServiceMs: 4 * HOUR_MS + 30_000,
    });
  });

  test("figures do not begin with a bed's first event, and outlast it", async () => {
    const trips = Array.from({ length: 1_100 }, (_, n) =>
      changed("occupancy", n % 2 === 0 ? "present" : "absent", after(n / 10)),
    );
    cloud().clock.now = START_MS + 3 * HOUR_MS;
    const sentAtMs = cloud().clock.now;
    const events = [...freeBed("bed-1"), ...trips];
    await cloud().sync(batch(events.slice(0, 600), { sentAtMs }));
    await cloud().sync(batch(events.slice(600), { sentAtMs, firstSeq: 601 }));
    const asked = range(START_MS + 105 * MINUTE_MS, START_MS + 3 * HOUR_MS);
    const before = await ask(cloud(), asked);
    expect(whole(before).occupiedMs).toBeGreaterThan(0);
    await sql`DELETE FROM bed_events WHERE seq < 900`.execute(cloud().db);
    expect(await ask(cloud(), asked)).toEqual(before);
  });

  test("a bed whose first events are gone was in service all the same", async () => {
    await told(cloud());
    await cloud().sync(
      batch([commissioned({ ...after(170), label: "1B" })], { firstSeq: 12, sentAtMs: cloud().clock.now }),
    );
    await sql`DELETE FROM bed_events WHERE seq < 7`.execute(cloud().db);
    const figures = whole(await ask(cloud(), range(START_MS + 30 * MINUTE_MS, START_MS + 3 * HOUR_MS)));
    expect(figures).toMatchObject({ inServiceMs: 150 * MINUTE_MS, occupiedMs: 30 * MINUTE_MS, turnovers: 1 });
  });

  test("days begin at the midnights of the zone", async () => {
    await told(cloud());
    const query = `${range(START_MS - 24 * HOUR_MS, START_MS + 24 * HOUR_MS)}&by=day&timeZone=Asia/Tokyo`;
    const answer = await ask(cloud(), query);
    expect(answer.periods.map(({ name, from, isOver }) => [name, from, isOver])).toEqual([
      ["2026-01-05", "2026-01-05T10:00:00.000Z", true],
      ["2026-01-06", "2026-01-05T15:00:00.000Z", false],
      ["2026-01-07", "2026-01-06T15:00:00.000Z", false],
    ]);
    const [before, day, later] = answer.hospitals[0]?.wards[0]?.periods ?? [];
    expect(before).toMatchObject({ beds: 0, occupiedMs: null, missing: { occupiedMs: "not-in-service" } });
    expect(day).toMatchObject({ beds: 1, occupiedMs: 50 * MINUTE_MS });
    expect(later).toMatchObject({ occupiedMs: null, missing: { occupiedMs: "not-yet" } });
  });
});

import { expect, test } from "vitest";
import { followReadings } from "../../cloud/ingest/latest-values.ts";
import { LatestAnswer, SeriesAnswer } from "../../contracts/wire/history.ts";
import type { Reading } from "../../contracts/wire/reading.ts";
import { batch, commissioned, heartbeat, reading, START_MS, south } from "./records.ts";
import { describeOnEachDatabase, type TestCloud } from "./support.ts";

const SECOND_MS = 1_000;
const FROM = "2026-01-06T10:00:00Z";
const TO = "2026-01-06T10:05:00Z";

/** Two beds in one room of the north, one in the south; a monitor on each, a climate sensor in the room. */
async function furnish(cloud: TestCloud): Promise<void> {
  const monitor = (n: number) => ({ deviceId: `monitor-${n}`, expectedIntervalMs: 1_000, decides: null });
  const climate = { deviceId: "climate-1", expectedIntervalMs: 60_000, decides: null };
  await cloud.sync(
    batch([
      commissioned({ sources: [monitor(1), climate] }),
      commissioned({ bedId: "bed-2", label: "1B", sources: [monitor(2), climate] }),
    ]),
  );
  const place = { bedId: "south-1", wardId: "intake", roomId: "room-1" };
  await cloud.sync(batch([commissioned({ ...place, sources: [monitor(1)] })], south));
}

/** One each second from 10:00 on: 60, 61, 62 … */
function pulses(count: number, fields: Partial<Record<keyof Reading, unknown>> = {}): Reading[] {
  return Array.from({ length: count }, (_, n) =>
    reading({
      deviceId: "monitor-1",
      metric: "pulse-rate",
      unit: "/min",
      value: 60 + n,
      observedAtMs: START_MS + n * SECOND_MS,
      receivedAtMs: START_MS + n * SECOND_MS,
      ...fields,
    } as Parameters<typeof reading>[0]),
  );
}

const climate = (value: number) =>
  reading({
    deviceId: "climate-1",
    bedId: null,
    roomId: "room-1" as never,
    metric: "room-temperature",
    unit: "Cel",
    value,
  });

async function store(
  cloud: TestCloud,
  lane: string,
  readings: readonly Reading[],
  fields = {},
): Promise<void> {
  const { status, body } = await cloud.sync(batch(readings, { lane, sentAtMs: cloud.clock.now, ...fields }));
  expect(body).toMatchObject({ storedCount: readings.length });
  expect(status).toBe(200);
}

async function series(cloud: TestCloud, query: string, cookie: string): Promise<SeriesAnswer> {
  const { status, body } = await cloud.get(`/api/v1/series?${query}`, cookie);
  expect(body).toMatchObject({ serverTime: expect.any(String) });
  expect(status).toBe(200);
  return SeriesAnswer.parse(body);
}

const REFUSED = [
  ["no place at all", "", 400, "SERIES_SELECTION", "a bed"],
  ["a bed and a ward", "bed=bed-1&ward=intake&hospital=north", 400, "SERIES_SELECTION", "one of"],
  ["a ward of nowhere", "ward=intake", 400, "SERIES_SELECTION", "hospital"],
  ["a bed that is none", "bed=bed-99", 404, "BED_NOT_FOUND", "no such bed"],
  ["a ward that is none", "ward=nowhere&hospital=north", 404, "WARD_NOT_FOUND", "no such ward"],
  ["a room that is none", "room=nowhere", 404, "ROOM_NOT_FOUND", "no such room"],
  ["a device that is none", "device=nobody", 404, "DEVICE_NOT_FOUND", "no such device"],
  ["a bed's name that can be none", "bed=Bett%201", 400, "VALIDATION", "bed"],
  ["a metric that is none", "bed=bed-1&metric=pulse-rate,puls", 400, "METRIC_UNKNOWN", "heart-rate"],
  [
    "a time without a zone",
    "bed=bed-1&from=2026-01-06T10:00:00",
    400,
    "TIME_ZONE_MISSING",
    "2026-11-26T05:00:00Z",
  ],
  ["a day without a time", "bed=bed-1&from=2026-01-06", 400, "TIME_ZONE_MISSING", "from"],
  ["a time that is none", "bed=bed-1&from=yesterday", 400, "TIME_UNREADABLE", "from"],
  ["a thirtieth of February", "bed=bed-1&to=2026-02-30T10:00:00Z", 400, "TIME_UNREADABLE", "to"],
  ["a time before all others", "bed=bed-1&from=1969-12-31T23:59:59Z", 400, "TIME_UNREADABLE", "1970"],
  ["a range reversed", `bed=bed-1&from=${TO}&to=${FROM}`, 400, "RANGE_REVERSED", "backwards"],
  ["a range of nothing", `bed=bed-1&from=${FROM}&to=${FROM}`, 400, "RANGE_EMPTY", "nothing"],
  [
    "the future",
    "bed=bed-1&from=2027-01-01T00:00:00Z&to=2027-01-02T00:00:00Z",
    400,
    "RANGE_IN_FUTURE",
    "2026-01-06",
  ],
  ["half a century", `bed=bed-1&from=1976-01-01T00:00:00Z&to=${TO}`, 400, "RANGE_TOO_LONG", "3653"],
  [
    "ten years in ten points",
    `bed=bed-1&from=2016-01-08T00:00:00Z&to=${TO}&points=10`,
    400,
    "RANGE_TOO_LONG",
    "63 days",
  ],
  ["a million points", "bed=bed-1&points=1000000", 400, "POINTS_REFUSED", "2000"],
  ["no points", "bed=bed-1&points=0", 400, "POINTS_REFUSED", "1 to 2000"],
  ["points that are no number", "bed=bed-1&points=many", 400, "POINTS_REFUSED", "whole number"],
  ["a resolution that is none", "bed=bed-1&resolution=7m", 400, "RESOLUTION_UNKNOWN", "auto"],
  ["a day by the second", "bed=bed-1&resolution=1s", 400, "RESOLUTION_TOO_FINE", "1m"],
  ["times that came twice", `bed=bed-1&from=${FROM}&from=${TO}`, 400, "VALIDATION", "from"],
] as const;

describeOnEachDatabase("series over HTTP", (cloud) => {
  test("a nurse reads the single readings of a bed where they are few", async () => {
    await furnish(cloud());
    cloud().clock.now = START_MS + 300 * SECOND_MS;
    const sick = { quality: "bad", badReason: "out-of-range", value: 900, observedAtMs: START_MS + 500 };
    await store(cloud(), "vitals", [...pulses(10), ...pulses(1, sick)]);
    const answer = await series(cloud(), `bed=bed-1&from=${FROM}&to=${TO}`, await cloud().signIn("nurse"));
    expect(answer).toMatchObject({ everyMs: null, source: "postgresql", from: "2026-01-06T10:00:00.000Z" });
    expect(answer.series).toMatchObject([
      {
        hospitalId: "north",
        gatewayId: "gw-north",
        deviceId: "monitor-1",
        bedId: "bed-1",
        metric: "pulse-rate",
        unit: "/min",
      },
    ]);
    const points = answer.series[0]?.points;
    expect(points?.last).toEqual([60, null, 61, 62, 63, 64, 65, 66, 67, 68, 69]);
    expect(points?.bad).toEqual([0, 1, 0, 0, 0, 0, 0, 0, 0, 0, 0]);
  });

  test("where they are many, points of equal width have the least, the mean, the greatest and the last of each", async () => {
    await furnish(cloud());
    cloud().clock.now = START_MS + 300 * SECOND_MS;
    await store(cloud(), "vitals", pulses(120));
    const range = `bed=bed-1&metric=pulse-rate&from=${FROM}&to=${TO}`;
    const answer = await series(cloud(), `${range}&resolution=1m`, await cloud().signIn("doctor"));
    expect(answer.everyMs).toBe(60_000);
    expect(answer.series[0]?.points).toEqual({
      atMs: [START_MS, START_MS + 60_000],
      min: [60, 120],
      mean: [89.5, 149.5],
      max: [119, 179],
      last: [119, 179],
      count: [60, 60],
      bad: [0, 0],
    });
  });

  test("a device that says more than it should is shown in points, not cut off", async () => {
    await furnish(cloud());
    cloud().clock.now = START_MS + 300 * SECOND_MS;
    await store(cloud(), "vitals", [...pulses(200), ...pulses(200)]);
    const nurse = await cloud().signIn("nurse");
    const answer = await series(cloud(), `bed=bed-1&from=${FROM}&to=${TO}&points=300`, nurse);
    expect(answer.everyMs).toBe(1_000);
    expect(answer.series[0]?.points.count).toEqual(Array.from({ length: 200 }, () => 2));
  });

  test("a bed's room is in the answer where its metric is named", async () => {
    await furnish(cloud());
    await store(cloud(), "environment", [climate(21.5)]);
    await store(cloud(), "vitals", pulses(1, { metric: "load", unit: "kg", value: 71 }));
    const engineer = await cloud().signIn("facility-engineer");
    const range = `from=${FROM}&to=${TO}`;
    const metricsOf = async (query: string) =>
      (await series(cloud(), `${query}&${range}`, engineer)).series.map(({ metric }) => metric);
    expect(await metricsOf("bed=bed-1")).toEqual(["load"]);
    expect(await metricsOf("bed=bed-1&metric=load,room-temperature")).toEqual(["load", "room-temperature"]);
    expect(await metricsOf("bed=bed-2&metric=load&metric=room-temperature")).toEqual(["room-temperature"]);
    expect(await metricsOf("room=room-1")).toEqual(["room-temperature"]);
    expect(await metricsOf("hospital=north&ward=intake&metric=room-temperature")).toEqual([
      "room-temperature",
    ]);
    expect(await metricsOf("device=climate-1")).toEqual(["room-temperature"]);
  });

  test("units that came and went, and a move to another room, leave one series", async () => {
    await furnish(cloud());
    const base = { metric: "load", value: 70, unit: "kg" };
    await store(cloud(), "vitals", [
      ...pulses(2, { ...base, roomId: "room-0" }),
      ...pulses(2, { ...base, roomId: "room-1" }),
      ...pulses(1, { ...base, unit: "lb", quality: "bad", badReason: "wrong-unit" }),
    ]);
    const engineer = await cloud().signIn("facility-engineer");
    const answer = await series(cloud(), `bed=bed-1&from=${FROM}&to=${TO}&resolution=1h`, engineer);
    expect(answer.series).toMatchObject([{ unit: "kg", points: { count: [4], bad: [1], mean: [70] } }]);
  });

  test("of another hospital's bed not even that it exists is told, and its series are in no answer", async () => {
    await furnish(cloud());
    await store(cloud(), "vitals", pulses(1, { bedId: "south-1" }), south);
    await store(cloud(), "vitals", pulses(1));
    const nurse = await cloud().signIn("nurse", "north");
    const refused = await cloud().get("/api/v1/series?bed=south-1", nurse);
    const unknown = await cloud().get("/api/v1/series?bed=bed-99", nurse);
    expect(refused).toMatchObject({ status: 404, body: { code: "BED_NOT_FOUND" } });
    expect(Object(refused.body).detail).toBe(Object(unknown.body).detail);
    const bedsOf = async (query: string) =>
      (await series(cloud(), query, nurse)).series.map(({ bedId }) => bedId);
    expect(await bedsOf("device=monitor-1")).toEqual(["bed-1"]);
    expect(await bedsOf("hospital=north&ward=intake")).toEqual(["bed-1"]);
    expect(await cloud().get("/api/v1/series?hospital=south&ward=intake", nurse)).toMatchObject({
      status: 404,
    });
  });

  test("a pulse is a clinician's: asked for by name it is refused to others, otherwise left out", async () => {
    await furnish(cloud());
    await store(cloud(), "vitals", pulses(1));
    for (const role of [
      "emergency-coordinator",
      "hospital-admin",
      "facility-engineer",
      "super-admin",
    ] as const) {
      const cookie = await cloud().signIn(role);
      const named = await cloud().get("/api/v1/series?bed=bed-1&metric=load,pulse-rate", cookie);
      expect(named).toMatchObject({ status: 403, body: { code: "METRIC_FORBIDDEN" } });
      expect((await series(cloud(), "bed=bed-1", cookie)).series).toEqual([]);
    }
    const patient = await cloud().get("/api/v1/series?bed=bed-1", await cloud().signIn("patient"));
    expect(patient).toMatchObject({ status: 403, body: { code: "FORBIDDEN" } });
  });

  test("each way to ask for what is not possible has its own answer, and it says what to do", async () => {
    await furnish(cloud());
    const cookie = await cloud().signIn("super-admin");
    for (const [name, query, status, code, said] of REFUSED) {
      const { body } = await cloud().get(`/api/v1/series?${query}`, cookie);
      expect(body, name).toMatchObject({ status, code, hint: expect.stringMatching(/./) });
      expect(Object(body).detail, name).toContain(said);
    }
  });

  test("every single reading of a day is refused where it is too much, and shown where it is little", async () => {
    await furnish(cloud());
    cloud().clock.now = START_MS + 3_600 * SECOND_MS;
    const nurse = await cloud().signIn("nurse");
    await store(cloud(), "vitals", pulses(2_000));
    const query = "/api/v1/series?bed=bed-1&resolution=raw";
    expect(await cloud().get(query, nurse)).toMatchObject({ status: 200, body: { everyMs: null } });
    await store(cloud(), "vitals", pulses(1), { firstSeq: 2_001 });
    const { body } = await cloud().get(query, nurse);
    expect(body).toMatchObject({ status: 400, code: "RESOLUTION_TOO_FINE", finest: "1m" });
  });

  test("an offset is a zone, even with a plus that was not escaped", async () => {
    await furnish(cloud());
    const cookie = await cloud().signIn("nurse");
    for (const offset of ["%2B01:00", "+01:00"]) {
      const from = `2026-01-06T10:30:00${offset}`;
      const answer = await series(cloud(), `bed=bed-1&from=${from}&to=${FROM}&resolution=5m`, cookie);
      expect(answer.from).toBe("2026-01-06T09:30:00.000Z");
    }
  });
});

describeOnEachDatabase("latest values over HTTP", (cloud) => {
  async function latest(query: string, cookie: string): Promise<LatestAnswer["values"]> {
    await followReadings(cloud().db);
    const { body } = await cloud().get(`/api/v1/series/latest?${query}`, cookie);
    return LatestAnswer.parse(body).values;
  }

  test("each value has its age and what that says, by how often its device is due", async () => {
    await furnish(cloud());
    await store(cloud(), "vitals", pulses(1));
    await store(cloud(), "environment", [climate(21.5)]);
    const nurse = await cloud().signIn("nurse");
    const look = async (seconds: number) => {
      cloud().clock.now = START_MS + seconds * SECOND_MS;
      await cloud().sync(heartbeat({ sentAtMs: cloud().clock.now, sources: [] }));
      return (await latest("bed=bed-1", nurse)).map(({ metric, ageMs, freshness }) => [
        metric,
        ageMs,
        freshness,
      ]);
    };
    expect(await look(1)).toEqual([
      ["pulse-rate", 1_000, "fresh"],
      ["room-temperature", 1_000, "fresh"],
    ]);
    expect(await look(20)).toEqual([
      ["pulse-rate", 20_000, "late"],
      ["room-temperature", 20_000, "fresh"],
    ]);
    expect(await look(61)).toEqual([
      ["pulse-rate", 61_000, "stale"],
      ["room-temperature", 61_000, "fresh"],
    ]);
    expect(await look(125)).toEqual([
      ["pulse-rate", 125_000, "stale"],
      ["room-temperature", 125_000, "late"],
    ]);
    cloud().clock.now += 31 * SECOND_MS;
    const silent = await latest("bed=bed-1", nurse);
    expect(silent.map(({ freshness }) => freshness)).toEqual(["stale", "stale"]);
  });

  test("a value that cannot be used says so and why", async () => {
    await furnish(cloud());
    await store(cloud(), "vitals", pulses(1, { quality: "bad", badReason: "sensor-fault", value: null }));
    const [value] = await latest("bed=bed-1&metric=pulse-rate", await cloud().signIn("doctor"));
    expect(value).toMatchObject({ value: null, quality: "bad", badReason: "sensor-fault", unit: "/min" });
  });

  test("a ward's tiles come in one answer, vital signs only to clinicians", async () => {
    await furnish(cloud());
    await store(cloud(), "vitals", [
      ...pulses(1),
      ...pulses(1, { bedId: "bed-2", deviceId: "monitor-2", metric: "load", unit: "kg" }),
    ]);
    await store(cloud(), "vitals", pulses(1, { bedId: "south-1" }), south);
    const ward = "hospital=north&ward=intake";
    const seen = async (role: "nurse" | "emergency-coordinator") =>
      (await latest(ward, await cloud().signIn(role))).map(({ bedId, metric }) => [bedId, metric]);
    expect(await seen("nurse")).toEqual([
      ["bed-1", "pulse-rate"],
      ["bed-2", "load"],
    ]);
    expect(await seen("emergency-coordinator")).toEqual([["bed-2", "load"]]);
  });
});

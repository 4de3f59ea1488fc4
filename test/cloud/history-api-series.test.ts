import { expect, test } from "vitest";
import { askSeries, climate, FROM, furnish, pulses, SECOND_MS, storeReadings, TO } from "./measured.ts";
import { START_MS, south } from "./records.ts";
import { describeOnEachDatabase } from "./support.ts";

describeOnEachDatabase("series over HTTP", (cloud) => {
  test("a nurse reads the single readings of a bed where they are few", async () => {
    await furnish(cloud());
    cloud().clock.now = START_MS + 300 * SECOND_MS;
    const sick = { quality: "bad", badReason: "out-of-range", value: 900, observedAtMs: START_MS + 500 };
    await storeReadings(cloud(), "vitals", [...pulses(10), ...pulses(1, sick)]);
    const answer = await askSeries(cloud(), `bed=bed-1&from=${FROM}&to=${TO}`, await cloud().signIn("nurse"));
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
    await storeReadings(cloud(), "vitals", pulses(120));
    const range = `bed=bed-1&metric=pulse-rate&from=${FROM}&to=${TO}`;
    const answer = await askSeries(cloud(), `${range}&resolution=1m`, await cloud().signIn("doctor"));
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
    await storeReadings(cloud(), "vitals", [...pulses(200), ...pulses(200)]);
    const nurse = await cloud().signIn("nurse");
    const answer = await askSeries(cloud(), `bed=bed-1&from=${FROM}&to=${TO}&points=300`, nurse);
    expect(answer.everyMs).toBe(1_000);
    expect(answer.series[0]?.points.count).toEqual(Array.from({ length: 200 }, () => 2));
  });

  test("a bed's room is in the answer where its metric is named", async () => {
    await furnish(cloud());
    await storeReadings(cloud(), "environment", [climate(21.5)]);
    await storeReadings(cloud(), "vitals", pulses(1, { metric: "load", unit: "kg", value: 71 }));
    const engineer = await cloud().signIn("facility-engineer");
    const range = `from=${FROM}&to=${TO}`;
    const metricsOf = async (query: string) =>
      (await askSeries(cloud(), `${query}&${range}`, engineer)).series.map(({ metric }) => metric);
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
    await storeReadings(cloud(), "vitals", [
      ...pulses(2, { ...base, roomId: "room-0" }),
      ...pulses(2, { ...base, roomId: "room-1" }),
      ...pulses(1, { ...base, unit: "lb", quality: "bad", badReason: "wrong-unit" }),
    ]);
    const engineer = await cloud().signIn("facility-engineer");
    const answer = await askSeries(cloud(), `bed=bed-1&from=${FROM}&to=${TO}&resolution=1h`, engineer);
    expect(answer.series).toMatchObject([{ unit: "kg", points: { count: [4], bad: [1], mean: [70] } }]);
  });

  test("of another hospital's bed not even that it exists is told, and its series are in no answer", async () => {
    await furnish(cloud());
    await storeReadings(cloud(), "vitals", pulses(1, { bedId: "south-1" }), south);
    await storeReadings(cloud(), "vitals", pulses(1));
    const nurse = await cloud().signIn("nurse", "north");
    const refused = await cloud().get("/api/v1/series?bed=south-1", nurse);
    const unknown = await cloud().get("/api/v1/series?bed=bed-99", nurse);
    expect(refused).toMatchObject({ status: 404, body: { code: "BED_NOT_FOUND" } });
    expect(Object(refused.body).detail).toBe(Object(unknown.body).detail);
    const bedsOf = async (query: string) =>
      (await askSeries(cloud(), query, nurse)).series.map(({ bedId }) => bedId);
    expect(await bedsOf("device=monitor-1")).toEqual(["bed-1"]);
    expect(await bedsOf("hospital=north&ward=intake")).toEqual(["bed-1"]);
    expect(await cloud().get("/api/v1/series?hospital=south&ward=intake", nurse)).toMatchObject({
      status: 404,
    });
  });

  test("a pulse is a clinician's: asked for by name it is refused to others, otherwise left out", async () => {
    await furnish(cloud());
    await storeReadings(cloud(), "vitals", pulses(1));
    for (const role of [
      "emergency-coordinator",
      "hospital-admin",
      "facility-engineer",
      "super-admin",
    ] as const) {
      const cookie = await cloud().signIn(role);
      const named = await cloud().get("/api/v1/series?bed=bed-1&metric=load,pulse-rate", cookie);
      expect(named).toMatchObject({ status: 403, body: { code: "METRIC_FORBIDDEN" } });
      expect((await askSeries(cloud(), "bed=bed-1", cookie)).series).toEqual([]);
    }
    const patient = await cloud().get("/api/v1/series?bed=bed-1", await cloud().signIn("patient"));
    expect(patient).toMatchObject({ status: 403, body: { code: "FORBIDDEN" } });
  });
});

import { expect, test } from "vitest";
import { followReadings } from "../../cloud/ingest/latest-values.ts";
import { LatestAnswer } from "../../contracts/wire/history.ts";
import { climate, furnish, pulses, SECOND_MS, storeReadings } from "./measured.ts";
import { heartbeat, START_MS, south } from "./records.ts";
import { describeOnEachDatabase } from "./support.ts";

describeOnEachDatabase("latest values over HTTP", (cloud) => {
  async function latest(query: string, cookie: string): Promise<LatestAnswer["values"]> {
    await followReadings(cloud().db);
    const { body } = await cloud().get(`/api/v1/series/latest?${query}`, cookie);
    return LatestAnswer.parse(body).values;
  }

  test("each value has its age and what that says, by how often its device is due", async () => {
    await furnish(cloud());
    await storeReadings(cloud(), "vitals", pulses(1));
    await storeReadings(cloud(), "environment", [climate(21.5)]);
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
    await storeReadings(
      cloud(),
      "vitals",
      pulses(1, { quality: "bad", badReason: "sensor-fault", value: null }),
    );
    const [value] = await latest("bed=bed-1&metric=pulse-rate", await cloud().signIn("doctor"));
    expect(value).toMatchObject({ value: null, quality: "bad", badReason: "sensor-fault", unit: "/min" });
  });

  test("a ward's tiles come in one answer, vital signs only to clinicians", async () => {
    await furnish(cloud());
    await storeReadings(cloud(), "vitals", [
      ...pulses(1),
      ...pulses(1, { bedId: "bed-2", deviceId: "monitor-2", metric: "load", unit: "kg" }),
    ]);
    await storeReadings(cloud(), "vitals", pulses(1, { bedId: "south-1" }), south);
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

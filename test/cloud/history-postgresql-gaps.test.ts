/** Where readings or minutes are gone, what comes twice, and what no sum could hold. */
import { sql } from "kysely";
import { expect, test } from "vitest";
import { PostgresqlReader } from "../../cloud/history/postgresql/reader.ts";
import { RollupFeed } from "../../cloud/history/postgresql/rollup-feed.ts";
import type { Range, Series } from "../../cloud/history/series-store.ts";
import type { Reading } from "../../contracts/wire/reading.ts";
import { furnish, pulses, storeReadings } from "./measured.ts";
import { batch, NORTH_EPOCH, reading, START_MS, tombstone } from "./records.ts";
import { describeOnEachDatabase, type TestCloud } from "./support.ts";

const MINUTE_MS = 60_000;
const HOUR_MS = 3_600_000;
const never = new AbortController().signal;

describeOnEachDatabase("what a series answers", (cloud) => {
  const rollUp = async ({ db }: TestCloud = cloud()) =>
    await new RollupFeed({ db, log: { warn: () => {} } as never }).round(1, never);
  const read = async (range: Partial<Range>) => {
    const { rows } = await sql<{ seriesId: number; gatewayId: string }>`
      SELECT series_id, gateway_id FROM series WHERE metric = 'pulse-rate' ORDER BY 1`.execute(cloud().db);
    const asked = {
      seriesIds: rows.map(({ seriesId }) => seriesId),
      gatewayId: "gw-north",
    } as unknown as Series;
    const wide = { fromMs: START_MS, toMs: START_MS + HOUR_MS, everyMs: null, pointsMax: 2_000, ...range };
    const [points] = await new PostgresqlReader(cloud().db).read([asked], wide, never);
    if (points === undefined) throw new Error("no answer");
    return { ...points, at: points.atMs.map((atMs) => (atMs - START_MS) / 1_000) };
  };
  const store = async (readings: readonly Reading[], fields = {}) => {
    cloud().clock.now = START_MS + 2 * HOUR_MS;
    await storeReadings(cloud(), "vitals", readings, fields);
  };
  /** One each ten seconds, for so many minutes. */
  const slow = (minutes: number) =>
    pulses(minutes * 6).map((one, n) => ({ ...one, observedAtMs: START_MS + n * 10_000 }));
  const forget = async (table: "readings" | "rollups_1m", column: string, beforeMs: number) =>
    await sql`DELETE FROM ${sql.table(table)} WHERE ${sql.ref(column)} < ${beforeMs}`.execute(cloud().db);

  test("is minutes where the readings are gone, and readings where they are not", async () => {
    await furnish(cloud());
    await store(slow(4));
    await rollUp();
    await forget("readings", "observed_at_ms", START_MS + 2 * MINUTE_MS);
    const single = await read({});
    expect(single.at).toEqual([0, 60, 120, 130, 140, 150, 160, 170, 180, 190, 200, 210, 220, 230]);
    expect(single.count.slice(0, 3)).toEqual([6, 6, 1]);
    expect(single.mean.slice(0, 3)).toEqual([62.5, 68.5, 72]);
    expect(single.last.slice(0, 3)).toEqual([65, 71, 72]);
    const fine = await read({ everyMs: 30_000 });
    expect(fine.at).toEqual([0, 60, 120, 150, 180, 210]);
    expect(fine.count).toEqual([6, 6, 3, 3, 3, 3]);
  });

  test("is hours where the minutes are gone too, also of a range inside one", async () => {
    await furnish(cloud());
    await store(slow(90));
    await rollUp();
    await forget("readings", "observed_at_ms", START_MS + HOUR_MS);
    await forget("rollups_1m", "start_at_ms", START_MS + HOUR_MS);
    const minutes = await read({ toMs: START_MS + 2 * HOUR_MS, everyMs: 10 * MINUTE_MS });
    expect(minutes.at).toEqual([0, 3_600, 4_200, 4_800]);
    expect(minutes.count).toEqual([360, 60, 60, 60]);
    const inside = await read({ fromMs: START_MS + 10 * MINUTE_MS, toMs: START_MS + 20 * MINUTE_MS });
    expect(inside.at).toEqual([600]);
    expect(inside.count).toEqual([360]);
  });

  test("that comes late to where readings are gone is in the minute they left", async () => {
    await furnish(cloud());
    await store(slow(2));
    await rollUp();
    await forget("readings", "observed_at_ms", START_MS + MINUTE_MS);
    await store(pulses(1, { value: 200, observedAtMs: START_MS + 5_500 }), { firstSeq: 13 });
    for (const _rolledUp of [false, true]) {
      const { at, count, max } = await read({});
      expect([at[0], count[0], max[0]]).toEqual([0, 7, 200]);
      expect(at).toHaveLength(7);
      await rollUp();
    }
  });

  test("has no more single readings than may be, the oldest first, and says nothing of what follows", async () => {
    await furnish(cloud());
    await store(slow(4));
    await rollUp();
    const { at } = await read({ fromMs: START_MS + 15_000, pointsMax: 8 });
    expect(at).toEqual([20, 30, 40, 50, 60, 70, 80, 90]);
  });

  test("counts once what a gateway let go of and had brought before", async () => {
    await furnish(cloud());
    await store(slow(1));
    // Its reply was lost: the six that are here are among the ten that it tells of.
    const { metric, unit, deviceId, bedId, roomId } = pulses(1)[0] as Reading;
    const aggregates = {
      everyMs: 60_000,
      series: [{ metric, unit, deviceId, bedId, roomId }],
      seriesOf: [0],
      startAtMs: [START_MS],
      count: [10],
      min: [60],
      mean: [64.5],
      max: [69],
    };
    const given = { firstSeq: 1, sentAtMs: cloud().clock.now };
    expect((await cloud().sync(tombstone(10, given, { aggregates } as never))).status).toBe(200);
    for (const _rolledUp of [false, true]) {
      const { count, mean, min, max, last } = await read({ everyMs: MINUTE_MS });
      expect({ count, mean, min, max, last }).toEqual({
        count: [10],
        mean: [64.5],
        min: [60],
        max: [69],
        last: [65],
      });
      await rollUp();
    }
  });

  test("holds what was parked and is stored after its lane was rolled up", async () => {
    await furnish(cloud());
    const foreign = pulses(1, { bedId: "south-1" });
    cloud().clock.now = START_MS + HOUR_MS;
    await cloud().sync(batch([...foreign, ...pulses(1, { value: 80 })], { lane: "vitals" }));
    await rollUp();
    await cloud().db.updateTable("beds").set({ gatewayId: "gw-north", hospitalId: "north" }).execute();
    const before = await read({ everyMs: MINUTE_MS });
    const payload = { records: [{ gatewayId: "gw-north", epoch: NORTH_EPOCH, lane: "vitals", seq: 1 }] };
    const reply = await cloud().app.inject({
      method: "POST",
      url: "/api/v1/parked-records/replay",
      headers: { cookie: await cloud().signIn("hospital-admin"), origin: "http://beds.example" },
      payload,
    });
    expect(reply.json()).toMatchObject({ storedCount: 1 });
    const after = await read({ everyMs: MINUTE_MS });
    expect([before.count, after.count]).toEqual([[1], [2]]);
    // What comes later in its own number is the last all the same.
    expect(after.last).toEqual([80]);
    await rollUp();
    expect((await read({ everyMs: MINUTE_MS })).count).toEqual([2]);
  });

  test("is not held up by values that no sum can hold", async () => {
    await furnish(cloud());
    const wild = pulses(3).map((one, n) => ({ ...one, value: n === 1 ? 61 : 1.7e308 }));
    await store(wild);
    await rollUp();
    const { rows } =
      await sql`SELECT through_seq FROM series_cursors WHERE store = 'rollups' AND lane = 1`.execute(
        cloud().db,
      );
    expect(rows).toEqual([{ throughSeq: 3 }]);
    const { count, bad, mean } = await read({ everyMs: MINUTE_MS });
    expect({ count, bad, mean }).toEqual({ count: [1], bad: [2], mean: [61] });
    expect((await read({})).bad).toEqual([1, 0, 1]);
  });

  test("is of nothing where nothing was stored, and where a series has no number", async () => {
    const reader = new PostgresqlReader(cloud().db);
    const range = { fromMs: 0, toMs: 1, everyMs: null, pointsMax: 1 };
    const nothing = { seriesIds: [], gatewayId: "gw-north" } as unknown as Series;
    const [points] = await reader.read([nothing], range, never);
    expect(points?.atMs).toEqual([]);
    expect(await reader.read([], range, never)).toEqual([]);
  });

  test("of an occupied bed is the share of time", async () => {
    await furnish(cloud());
    const told = [true, true, false, true].map((value, n) =>
      reading({ metric: "occupancy", unit: null, value, observedAtMs: START_MS + n * 1_000 }),
    );
    await store(told);
    const { rows } = await sql<{ seriesId: number }>`SELECT series_id FROM series`.execute(cloud().db);
    const asked = {
      seriesIds: rows.map(({ seriesId }) => seriesId),
      gatewayId: "gw-north",
    } as unknown as Series;
    const range = { fromMs: START_MS, toMs: START_MS + MINUTE_MS, everyMs: MINUTE_MS, pointsMax: 1 };
    const [points] = await new PostgresqlReader(cloud().db).read([asked], range, never);
    expect(points).toMatchObject({ mean: [0.75], min: [0], max: [1], last: [1], count: [4] });
  });
});

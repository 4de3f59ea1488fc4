/** Every number of a lane is answered for: stored, parked or given up. */
import { sql } from "kysely";
import { expect, test } from "vitest";
import { followReadings, storeNewest } from "../../cloud/ingest/latest-values.ts";
import { NewestValues } from "../../cloud/ingest/newest-values.ts";
import { SeriesIds } from "../../cloud/ingest/series.ts";
import { storeBatch } from "../../cloud/ingest/store-batch.ts";
import { WholeBatches } from "../../cloud/ingest/whole-batches.ts";
import { encodeSyncBatch } from "../../contracts/wire/encode-sync-batch.ts";
import { GatewayId, HospitalId } from "../../contracts/wire/ids.ts";
import { readFlags } from "../../contracts/wire/reading-columns.ts";
import type { ReadingsContent } from "../../contracts/wire/sync-batch.ts";
import { decodeSyncBatch } from "../../contracts/wire/sync-codec.ts";
import { batch, columns, commissioned, freeBed, heartbeat, reading, START_MS, tombstone } from "./records.ts";
import { describeOnEachDatabase } from "./support.ts";

const VITALS = { lane: "vitals" } as const;
const GATEWAY = GatewayId.parse("gw-north");

describeOnEachDatabase("the account of a lane", (cloud) => {
  /** What the marks say minus what is there; all zero, at any time. */
  async function unaccounted(): Promise<number[]> {
    const { rows } = await sql<{ missing: number }>`
      SELECT (lanes.high_water_mark_seq
        - (SELECT count(*) FROM bed_events event
            WHERE lanes.lane = 'beds' AND event.gateway_id = lanes.gateway_id AND event.epoch = lanes.epoch)
        - (SELECT count(*) FROM readings WHERE readings.journal_id = lanes.journal_id
            AND readings.lane = array_position(ARRAY['beds', 'vitals', 'environment'], lanes.lane) - 1)
        - (SELECT count(*) FROM parked_records parked WHERE parked.gateway_id = lanes.gateway_id
            AND parked.epoch = lanes.epoch AND parked.lane = lanes.lane)
        - (SELECT coalesce(sum(through_seq - from_seq + 1), 0) FROM tombstones WHERE tombstones.journal_id = lanes.journal_id
            AND tombstones.lane = array_position(ARRAY['beds', 'vitals', 'environment'], lanes.lane) - 1))::int AS missing
      FROM lanes`.execute(cloud().db);
    return rows.map(({ missing }) => missing);
  }
  const awkward = (change: Partial<Record<keyof ReadingsContent, unknown>>) => {
    const content = columns([reading({ value: 70 }), reading({ value: 71 }), reading({ value: 72 })]);
    return { ...batch([], VITALS), content: { ...content, ...change } } as ReturnType<typeof batch>;
  };

  test("is even after readings, misfits, tombstones, repetitions and bed events in any order", async () => {
    const sent = [
      batch([...freeBed("bed-1"), { kind: "nonsense" }]),
      awkward({ flags: [0, 7, 0] }),
      tombstone(9, { firstSeq: 4 }),
      tombstone(12, { firstSeq: 2 }),
      tombstone(5, { firstSeq: 1 }),
      batch([reading(), reading({ bedId: "bed-2" })], { ...VITALS, firstSeq: 13 }),
      tombstone(3, { lane: "environment" }, { reason: "acknowledged" }),
      tombstone(9, { lane: "beds", firstSeq: 8 }, { reason: "damaged" }),
    ];
    for (const each of sent) {
      const { body } = await cloud().sync(each);
      expect(body).toHaveProperty("highWaterMarkSeq");
      expect(await unaccounted()).toEqual([0, 0, 0]);
    }
    const marks = await cloud().db.selectFrom("lanes").select("highWaterMarkSeq").orderBy("lane").execute();
    expect(marks.map(({ highWaterMarkSeq }) => highWaterMarkSeq)).toEqual([9, 3, 14]);
  });

  test.each<[string, Partial<Record<keyof ReadingsContent, unknown>>, string]>([
    ["an unknown flag", { flags: [0, 7, 0] }, "flags: "],
    ["a series out of range", { seriesOf: [0, 1, 0] }, "series: "],
    ["a value that is none", { value: [70, Number.NaN, 72] }, "value: "],
    ["a value without end", { value: [70, Number.POSITIVE_INFINITY, 72] }, "value: "],
    ["a time before all time", { observedAtMs: [START_MS, -5, START_MS] }, "observedAtMs"],
    [
      "an unknown metric",
      {
        series: [columns([reading()]).series[0], { ...columns([reading()]).series[0], metric: "mood" }],
        seriesOf: [0, 1, 0],
      },
      "metric: ",
    ],
    [
      "a unit that no database stores",
      {
        series: [columns([reading()]).series[0], { ...columns([reading()]).series[0], unit: "k\0g" }],
        seriesOf: [0, 1, 0],
      },
      "unit: ",
    ],
  ])("a reading of %s is parked alone", async (_what, change, reason) => {
    const { body } = await cloud().sync(awkward(change));
    expect(body).toMatchObject({
      storedCount: 2,
      parked: [{ seq: 2, reason: expect.stringContaining(reason) }],
    });
    const stored = await cloud().db.selectFrom("readings").select(["seq", "value"]).orderBy("seq").execute();
    expect(stored).toEqual([
      { seq: 1, value: 70 },
      { seq: 3, value: 72 },
    ]);
    expect(await unaccounted()).toEqual([0, 0, 0]);
  });

  test("a record at which the database itself fails is found and parked, and its lane goes on", async () => {
    const { db } = cloud();
    await sql`ALTER TABLE readings ADD CONSTRAINT no_seventy CHECK (value <> 7)`.execute(db);
    await sql`ALTER TABLE bed_events ADD CONSTRAINT no_bed_7 CHECK (bed_id <> 'bed-7')`.execute(db);
    try {
      const readings = Array.from({ length: 20 }, (_, value) => reading({ value }));
      const measured = await cloud().sync(batch(readings, VITALS));
      const events = await cloud().sync(
        batch(["bed-6", "bed-7", "bed-8"].flatMap((bedId) => commissioned({ bedId }))),
      );
      const reason = "the database refused it (23514)";
      expect(measured.body).toMatchObject({ storedCount: 19, parked: [{ seq: 8, reason }] });
      expect(events.body).toMatchObject({ storedCount: 2, parked: [{ seq: 2, reason }] });
      expect(await unaccounted()).toEqual([0, 0, 0]);
    } finally {
      await sql`ALTER TABLE readings DROP CONSTRAINT no_seventy`.execute(db);
      await sql`ALTER TABLE bed_events DROP CONSTRAINT no_bed_7`.execute(db);
    }
  });

  test("so it is in batches that are copied in together, and those beside it are stored", async () => {
    const { db } = cloud();
    const lanes = ["vitals", "environment"] as const;
    // Its process is known from then on, and its batches are the usual ones.
    for (const lane of lanes) await cloud().sync(batch([reading({ value: 1_000 })], { lane }));
    await sql`ALTER TABLE readings ADD CONSTRAINT no_seventy CHECK (value <> 7)`.execute(db);
    try {
      const sent = (lane: (typeof lanes)[number], firstSeq: number, from: number) =>
        cloud().sync(
          batch(
            Array.from({ length: 600 }, (_, n) => reading({ value: from + n })),
            { lane, firstSeq },
          ),
        );
      const refused = await Promise.all([sent("vitals", 2, 0), sent("environment", 2, 100)]);
      const usual = await Promise.all([sent("vitals", 602, 100), sent("environment", 602, 100)]);
      const again = await sent("vitals", 602, 100);
      expect(refused.map(({ body }) => body)).toMatchObject([
        { storedCount: 599, parked: [{ seq: 9, reason: "the database refused it (23514)" }] },
        { storedCount: 600, parked: [] },
      ]);
      expect(usual.map(({ body }) => body)).toMatchObject([{ storedCount: 600 }, { storedCount: 600 }]);
      expect(again.body).toMatchObject({ storedCount: 0, duplicateCount: 600 });
      expect(await unaccounted()).toEqual([0, 0, 0]);
    } finally {
      await sql`ALTER TABLE readings DROP CONSTRAINT no_seventy`.execute(db);
    }
  });

  test("what is left of readings that were given up is kept with their tombstone, as far as it makes sense", async () => {
    const aggregates = {
      everyMs: 10_000,
      series: [...columns([reading()]).series, { deviceId: "Not An Id" }],
      seriesOf: [0, 0, 1, 5, 0],
      startAtMs: [START_MS, START_MS + 10_000, START_MS, START_MS, START_MS],
      count: [10, 9, 1, 1, 1],
      min: [70, 70.5, 1, 1, 1],
      mean: [71, 71.5, 1, 1, 1],
      max: [72, 72.5, 1, 1, 1],
    };
    const sent = tombstone(19, {}, { aggregates } as never);
    await cloud().sync(sent);
    const { body } = await cloud().sync(sent);
    const kept = await cloud().db.selectFrom("readingAggregates").selectAll().orderBy("startAtMs").execute();
    expect(body).toMatchObject({ highWaterMarkSeq: 19, duplicateCount: 19 });
    expect(kept.map(({ count, min, mean, max }) => [count, min, mean, max])).toEqual([
      [10, 70, 71, 72],
      [9, 70.5, 71.5, 72.5],
    ]);
  });

  test("bed events are given up only where their file was damaged: an old status would pass for a fresh one", async () => {
    const { status, body } = await cloud().sync(tombstone(1, { lane: "beds" }));
    expect(status).toBe(409);
    expect(body).toMatchObject({ code: "SYNC_GAP", expectedSeq: 1 });
  });
});

describeOnEachDatabase("the newest values", (cloud) => {
  const newest = () =>
    cloud()
      .db.selectFrom("latestValues")
      .select(["deviceId", "value", "observedAtMs"])
      .orderBy("deviceId")
      .execute();
  const at = (second: number, value: number, deviceId = "mat-1") =>
    reading({ deviceId, value, observedAtMs: START_MS - 60_000 + second * 1_000 });

  test("are followed lane by lane, each once, by any number at the same time", async () => {
    await cloud().sync(batch([at(1, 70), at(3, 72), at(2, 71), at(1, 50, "mat-2")], VITALS));
    await Promise.all([followReadings(cloud().db), followReadings(cloud().db), followReadings(cloud().db)]);
    await cloud().sync(batch([at(0, 10), at(4, 51, "mat-2")], { ...VITALS, firstSeq: 5 }));
    expect(await followReadings(cloud().db)).toBe(false);
    expect(await newest()).toEqual([
      { deviceId: "mat-1", value: 72, observedAtMs: START_MS - 57_000 },
      { deviceId: "mat-2", value: 51, observedAtMs: START_MS - 56_000 },
    ]);
    const marks = await cloud()
      .db.selectFrom("latestMarks")
      .select(["lane", "throughSeq"])
      .orderBy("lane")
      .execute();
    expect(marks).toEqual([
      { lane: "environment", throughSeq: 0 },
      { lane: "vitals", throughSeq: 6 },
    ]);
  });

  test("are shown from memory by the process that stored them, and read by any other", async () => {
    const newestValues = new NewestValues();
    const deps = {
      db: cloud().db,
      seriesIds: new SeriesIds(),
      newestValues,
      wholeBatches: new WholeBatches(cloud().db),
    };
    const gateway = { kind: "gateway", gatewayId: GATEWAY, hospitalId: HospitalId.parse("north") } as const;
    const store = async (firstSeq: number, ...readings: ReturnType<typeof reading>[]) => {
      const decoded = decodeSyncBatch(encodeSyncBatch(batch(readings, { ...VITALS, firstSeq })));
      if ("error" in decoded) throw new Error(decoded.error);
      await storeBatch(deps, gateway, decoded.batch, START_MS);
    };
    // The first makes the process known, by the careful way: it is not in memory.
    await store(1, at(1, 70), at(1, 50, "mat-2"));
    await store(3, at(3, 72), at(2, 71));
    await store(5, at(4, 73));
    const [taken] = newestValues.take();
    if (taken === undefined) throw new Error("something was expected in memory");
    expect([taken.fromSeq, taken.throughSeq, taken.values.size]).toEqual([3, 5, 1]);
    expect(await storeNewest(cloud().db, taken)).toBe(false);
    expect(await newest()).toEqual([]);
    await followReadings(cloud().db);
    await store(6, at(5, 74));
    await store(7, at(0, 1), at(6, 51, "mat-2"));
    const again = newestValues.take();
    expect(await Promise.all(again.map((each) => storeNewest(cloud().db, each)))).toEqual([true]);
    expect(await newest()).toMatchObject([{ value: 74 }, { value: 51 }]);
    expect(await followReadings(cloud().db)).toBe(false);
    expect(await Promise.all(again.map((each) => storeNewest(cloud().db, each)))).toEqual([false]);
  });

  test("are on the clock of the cloud where the gateway's is wrong", async () => {
    const aheadMs = 3_600_000;
    await cloud().sync(
      batch([reading({ observedAtMs: START_MS + aheadMs - 1_000 })], {
        ...VITALS,
        sentAtMs: START_MS + aheadMs,
      }),
    );
    await followReadings(cloud().db);
    expect(await newest()).toMatchObject([{ observedAtMs: START_MS - 1_000 }]);
  });

  test("come with a heartbeat where their lane is behind, and history does not take their place", async () => {
    const live = (fields: Parameters<typeof reading>[0]) => {
      const { kind: _kind, quality: _quality, ...value } = reading(fields);
      return value;
    };
    await cloud().sync(
      heartbeat({ live: [live({ value: 80 }), live({ deviceId: "mat-2", value: null, unit: "k\0g" })] }),
    );
    expect(await newest()).toEqual([{ deviceId: "mat-1", value: 80, observedAtMs: START_MS }]);
    await cloud().sync(batch([at(1, 70)], VITALS));
    await followReadings(cloud().db);
    const [row] = await cloud().db.selectFrom("latestValues").selectAll().execute();
    expect(readFlags(row?.flags ?? -1, row?.value ?? 0)).toMatchObject({ value: 80, quality: "good" });
    expect(await cloud().db.selectFrom("readings").select("value").execute()).toEqual([{ value: 70 }]);
  });
});

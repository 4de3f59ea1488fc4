/** Roll-ups and points of this database, against a list that is counted anew each time. */
import { sql } from "kysely";
import { expect, test } from "vitest";
import type { Database } from "../../cloud/database/schema.ts";
import { PostgresqlReader } from "../../cloud/history/postgresql/reader.ts";
import { RollupFeed } from "../../cloud/history/postgresql/rollup-feed.ts";
import type { Series } from "../../cloud/history/series-store.ts";
import { EVERY_MS } from "../../contracts/wire/history.ts";
import type { Reading } from "../../contracts/wire/reading.ts";
import { pointsOfModel, rollupsOf, type Told, toldByReading } from "./history-postgresql-model.ts";
import { furnish } from "./measured.ts";
import { batch, NORTH_EPOCH, reading, SOUTH_EPOCH, START_MS, tombstone } from "./records.ts";
import { describeOnEachDatabase, type TestCloud } from "./support.ts";

const MINUTE_MS = 60_000;
const HOUR_MS = 3_600_000;
const NEXT_EPOCH = "00000000000000a2";
const quiet = { warn: () => {} } as never;
const never = new AbortController().signal;

const THINGS = [
  { device: "monitor-1", metric: "pulse-rate", unit: "/min", lane: "vitals" },
  { device: "monitor-2", metric: "pulse-rate", unit: "/min", lane: "vitals" },
  { device: "monitor-1", metric: "occupancy", unit: null, lane: "vitals" },
  { device: "climate-1", metric: "room-temperature", unit: "Cel", lane: "environment" },
] as const;
type Thing = (typeof THINGS)[number];

/** What was stored, by gateway and what it is of. */
class Ward {
  readonly told = new Map<string, Told[]>();
  readonly #seqs = new Map<string, number>();
  readonly #cloud: TestCloud;
  readonly #random: () => number;
  epoch = NORTH_EPOCH;

  constructor(cloud: TestCloud, random: () => number) {
    this.#cloud = cloud;
    this.#random = random;
  }

  below(max: number): number {
    return Math.floor(this.#random() * max);
  }

  pick<Value>(values: readonly Value[]): Value {
    const value = values[this.below(values.length)];
    if (value === undefined) throw new Error("nothing to pick from");
    return value;
  }

  async storeSome(): Promise<void> {
    const { gateway, lane, fields, firstSeq } = this.#next();
    const things = THINGS.filter((thing) => thing.lane === lane);
    const readings = Array.from({ length: 1 + this.below(40) }, () => this.#reading(this.pick(things)));
    this.#cloud.clock.now += this.below(30_000);
    const { body } = await this.#cloud.sync(
      batch(readings, { ...fields, firstSeq, sentAtMs: this.#cloud.clock.now }),
    );
    expect(body).toMatchObject({ storedCount: readings.length });
    for (const [place, one] of readings.entries())
      this.#note(gateway, one, toldByReading(one, firstSeq + place, this.#cloud.clock.now));
    this.#advance(gateway, lane, readings.length);
  }

  /** Of some readings that were never sent. */
  async giveUpSome(): Promise<void> {
    const { gateway, lane, fields, firstSeq } = this.#next();
    const thing = this.pick(THINGS.filter((one) => one.lane === lane));
    const everyMs = this.pick([10_000, MINUTE_MS]);
    const startAtMs = Math.floor(this.#atMs() / everyMs) * everyMs;
    const count = 1 + this.below(9);
    const aggregates = {
      everyMs,
      series: [this.#series(thing)],
      seriesOf: [0],
      startAtMs: [startAtMs],
      count: [count],
      min: [50],
      mean: [64],
      max: [80.5],
    };
    const throughSeq = firstSeq + count - 1;
    const { body } = await this.#cloud.sync(
      tombstone(throughSeq, { ...fields, firstSeq, sentAtMs: this.#cloud.clock.now }, {
        aggregates,
      } as never),
    );
    expect(body).toMatchObject({ highWaterMarkSeq: throughSeq });
    const told = {
      atMs: startAtMs,
      seq: firstSeq,
      count,
      bad: 0,
      min: 50,
      max: 80.5,
      sum: 64 * count,
      last: null,
      lagMs: null,
    };
    this.#note(gateway, { deviceId: thing.device, metric: thing.metric }, told);
    this.#advance(gateway, lane, count);
  }

  #next() {
    const gateway = this.pick(["gw-north", "gw-north", "gw-south"]);
    const lane = this.pick(["vitals", "vitals", "environment"]);
    const epoch = gateway === "gw-south" ? SOUTH_EPOCH : this.epoch;
    const firstSeq = (this.#seqs.get(`${gateway} ${epoch} ${lane}`) ?? 0) + 1;
    return { gateway, lane, firstSeq, fields: { gatewayId: gateway, epoch, lane } };
  }

  #advance(gateway: string, lane: string, count: number): void {
    const key = `${gateway} ${gateway === "gw-south" ? SOUTH_EPOCH : this.epoch} ${lane}`;
    this.#seqs.set(key, (this.#seqs.get(key) ?? 0) + count);
  }

  #note(gateway: string, { deviceId, metric }: { deviceId: string; metric: string }, told: Told): void {
    const key = `${gateway} ${deviceId} ${metric}`;
    this.told.set(key, [...(this.told.get(key) ?? []), told]);
  }

  /** Some of it late, some of it at the same moment, on both sides of two hours and of a week. */
  #atMs(): number {
    const week = 604_800_000;
    const base = this.pick([
      START_MS,
      START_MS,
      START_MS + 2 * HOUR_MS - 30_000,
      Math.ceil(START_MS / week) * week,
    ]);
    return base + this.below(200) * this.pick([250, 500, 1_000]);
  }

  #series({ device, metric, unit }: Thing) {
    return { deviceId: device, bedId: null, roomId: "room-1", metric, unit };
  }

  #reading(thing: Thing): Reading {
    const chance = this.#random();
    const bad = { quality: "bad", badReason: "sensor-fault" } as const;
    const value = thing.metric === "occupancy" ? this.pick([true, false]) : 20 + this.below(80) / 4;
    return reading({
      ...this.#series(thing),
      value: chance < 0.05 ? null : value,
      ...(chance < 0.15 ? bad : {}),
      observedAtMs: this.#atMs(),
      observedBy: this.pick(["device", "gateway"]),
    } as never);
  }
}

function seeded(seed: number): () => number {
  let state = seed;
  return () => {
    state = (Math.imul(state, 1_664_525) + 1_013_904_223) >>> 0;
    return state / 2 ** 32;
  };
}

/** Every transaction does its work, and is never committed. */
function dying(db: Database): Database {
  const transaction = () => ({
    execute: (work: (trx: unknown) => Promise<unknown>) =>
      db.transaction().execute(async (trx) => {
        await work(trx);
        throw new Error("killed before the commit");
      }),
  });
  return { getExecutor: () => db.getExecutor(), transaction } as unknown as Database;
}

async function seriesOf(db: Database): Promise<ReadonlyMap<string, Series>> {
  const { rows } = await sql<{ seriesId: number; gatewayId: string; deviceId: string; metric: string }>`
    SELECT series_id, gateway_id, device_id, metric FROM series`.execute(db);
  return new Map(
    rows.map(({ seriesId, ...key }) => [
      `${key.gatewayId} ${key.deviceId} ${key.metric}`,
      { ...key, seriesIds: [seriesId] } as unknown as Series,
    ]),
  );
}

async function expectPoints(cloud: TestCloud, ward: Ward): Promise<void> {
  const series = await seriesOf(cloud.db);
  const reader = new PostgresqlReader(cloud.db);
  const asked = [...ward.told.keys()];
  const of = asked.map((key) => series.get(key) as Series);
  for (const everyMs of [null, ...EVERY_MS]) {
    const step = everyMs ?? 1;
    const from = START_MS - 90_000 + ward.below(200_000);
    const fromMs = Math.floor(from / step) * step;
    const toMs = Math.ceil((from + ward.pick([45_000, 3 * HOUR_MS, 604_800_000])) / step) * step;
    const read = await reader.read(of, { fromMs, toMs, everyMs, pointsMax: 5_000 }, never);
    for (const [place, key] of asked.entries())
      expect({ key, everyMs, fromMs, toMs, points: read[place] }).toEqual({
        key,
        everyMs,
        fromMs,
        toMs,
        points: pointsOfModel(ward.told.get(key) ?? [], { fromMs, toMs, everyMs }),
      });
  }
}

async function expectRollups({ db }: TestCloud, ward: Ward): Promise<void> {
  const series = await seriesOf(db);
  for (const [table, everyMs] of [
    ["rollups_1m", MINUTE_MS],
    ["rollups_1h", HOUR_MS],
  ] as const)
    for (const [key, told] of ward.told) {
      const { rows } = await sql`
        SELECT start_at_ms, count, bad_count, min, max, sum, last, last_at_ms, last_seq, lag_count, lag_sum_ms, lag_max_ms
        FROM ${sql.table(table)} WHERE series_id = ${series.get(key)?.seriesIds[0]} ORDER BY start_at_ms`.execute(
        db,
      );
      expect({ key, everyMs, rows }).toEqual({ key, everyMs, rows: rollupsOf(told, everyMs) });
    }
}

describeOnEachDatabase("what is rolled up and read", (cloud) => {
  test.each([1, 2, 3])(
    "is what was stored, whatever came when and whoever died over it (seed %i)",
    async (seed) => {
      await furnish(cloud());
      const { db } = cloud();
      const ward = new Ward(cloud(), seeded(seed));
      const feed = (db: Database) => new RollupFeed({ db, log: quiet, numbersMax: 1 + ward.below(60) });
      for (let step = 0; step < 24; step++) {
        if (step === 16) ward.epoch = NEXT_EPOCH;
        if (ward.below(5) === 0) await ward.giveUpSome();
        else await ward.storeSome();
        if (ward.below(3) > 0) continue;
        await feed(dying(db))
          .round(1, never)
          .catch(() => {});
        if (ward.below(2) === 0) await Promise.all([feed(db).round(1, never), feed(db).round(1, never)]);
        if (ward.below(4) === 0) await expectPoints(cloud(), ward);
      }
      await expectPoints(cloud(), ward);
      await feed(db).round(1, never);
      await expectRollups(cloud(), ward);
      await expectPoints(cloud(), ward);
    },
    120_000,
  );
});

import { expect, test } from "vitest";
import { RollupFeed } from "../../cloud/history/postgresql/rollup-feed.ts";
import { createLog } from "../../cloud/http/log.ts";
import { followReadings } from "../../cloud/ingest/latest-values.ts";
import { DataHealth } from "../../contracts/wire/data-health.ts";
import type { Reading } from "../../contracts/wire/reading.ts";
import {
  batch,
  commissioned,
  evidence,
  findingsChanged,
  heartbeat,
  reading,
  START_MS,
  settling,
  south,
  tombstone,
} from "./records.ts";
import { describeOnEachDatabase, type TestCloud } from "./support.ts";

const MIN = 60_000;
/** The hour's figures end half a minute ago, by whole minutes. */
const NOW_MS = START_MS + 60 * MIN + 30_000;

const monitor = { deviceId: "monitor-1", expectedIntervalMs: 10_000, decides: "pulse-rate" as const };
const climate = { deviceId: "climate-1", expectedIntervalMs: 60_000, decides: null };

/** One each minute from minute `from` on, each `lagMs` after it was observed. */
function minutely(from: number, count: number, fields: object): Reading[] {
  return Array.from({ length: count }, (_, n) =>
    reading({
      deviceId: "monitor-1" as never,
      metric: "pulse-rate",
      unit: "/min",
      value: 72,
      observedAtMs: START_MS + (from + n) * MIN,
      receivedAtMs: START_MS + (from + n) * MIN,
      ...fields,
    }),
  );
}

/** Each batch comes `lagMs` after the last of its readings. */
async function send(
  cloud: TestCloud,
  firstSeq: number,
  readings: readonly Reading[],
  lagMs: number,
  fields = {},
) {
  const lastMs = readings.at(-1)?.observedAtMs ?? START_MS;
  cloud.clock.now = lastMs + lagMs;
  const { status } = await cloud.sync(
    batch(readings, { lane: "vitals", firstSeq, sentAtMs: cloud.clock.now, ...fields }),
  );
  expect(status).toBe(200);
}

async function settleStores(cloud: TestCloud): Promise<void> {
  await followReadings(cloud.db);
  const log = createLog({ write: () => {} });
  await new RollupFeed({ db: cloud.db, log }).round(1, new AbortController().signal);
}

async function health(cloud: TestCloud, role: Parameters<TestCloud["signIn"]>[0], query = "") {
  const { status, body } = await cloud.get(`/api/v1/data-health${query}`, await cloud.signIn(role));
  expect(status).toBe(200);
  return DataHealth.parse(body);
}

const device = ({ devices }: DataHealth, deviceId: string) => {
  const found = devices.find((each) => each.deviceId === deviceId);
  if (found === undefined)
    throw new Error(`expected ${deviceId} among ${devices.map((each) => each.deviceId)}`);
  return found;
};

describeOnEachDatabase("data health", (cloud) => {
  test("counts a source's lag, bad readings and gaps over the hour, and names the minutes' means as what they are", async () => {
    await cloud().sync(batch([commissioned({ sources: [monitor, climate] })]));
    // Minute by minute: one late, nineteen in time; another device speaks through the whole hour.
    for (let n = 0; n < 20; n++) await send(cloud(), n + 1, minutely(n, 1, {}), n === 7 ? 40_000 : 1_000);
    await send(
      cloud(),
      21,
      minutely(20, 12, { quality: "bad", badReason: "out-of-range", value: 900 }),
      2_000,
    );
    await send(cloud(), 33, minutely(0, 60, { deviceId: "pad-1", metric: "load", unit: "kg" }), 1_000);
    // Bad ones among good ones of the same minutes.
    await send(cloud(), 93, minutely(0, 11, { quality: "bad", badReason: "out-of-range", value: 900 }), 0);
    await settleStores(cloud());
    cloud().clock.now = NOW_MS;
    await cloud().sync(heartbeat({ sentAtMs: NOW_MS, sources: [] }));
    const answer = await health(cloud(), "facility-engineer");
    expect([answer.from, answer.to]).toEqual(["2026-01-06T10:00:00.000Z", "2026-01-06T11:00:00.000Z"]);
    const found = device(answer, "monitor-1");
    expect(found).toMatchObject({
      kind: "patient",
      beds: [{ bedId: "bed-1", label: "1A" }],
      metrics: ["pulse-rate"],
      expectedIntervalMs: 10_000,
      readings: 43,
      badReadings: 23,
      badAmongGood: 11,
      gapMinutes: 28,
      freshness: "stale",
    });
    // The twelve came in one batch: the first of them eleven minutes late.
    expect(found.lag).toMatchObject({ readings: 43, minutes: 32, maxMs: 11 * MIN + 2_000 });
    expect(found.noise).toBeCloseTo(11 / 43 / 0.05);
    expect(answer.noisy).toEqual([{ gatewayId: "gw-north", deviceId: "monitor-1" }]);
    expect(device(answer, "climate-1")).toMatchObject({
      kind: "unknown",
      lastObservedAt: null,
      gapMinutes: null,
    });
    expect(device(answer, "pad-1")).toMatchObject({
      kind: "bed",
      beds: [],
      freshness: null,
      gapMinutes: null,
    });
    expect(answer.stores.map(({ stage, behindRecords }) => [stage, behindRecords])).toEqual([
      ["latest", 0],
      ["rollups", 0],
    ]);
  });

  test("says of a gateway when it was heard, how far its clock is off, what is behind, aside and lost", async () => {
    await cloud().sync(batch([commissioned()], { sentAtMs: START_MS - 5_000 }));
    await cloud().sync(batch([reading({ observedAtMs: START_MS - 90_000 })], { lane: "vitals" }));
    await cloud().sync(batch([{ kind: "nonsense" }], { firstSeq: 2 }));
    await cloud().sync(tombstone(9, { firstSeq: 2 }));
    const [gateway, other] = (await health(cloud(), "super-admin")).gateways;
    expect(gateway).toMatchObject({
      gatewayId: "gw-north",
      isSilent: false,
      lastHeardAt: "2026-01-06T10:00:00.000Z",
      parkedRecords: 1,
      refused: null,
      tombstones: { records: 8, ranges: 1 },
    });
    expect(gateway?.clock).not.toBeNull();
    expect(gateway?.lanes.map(({ lane, storedThroughSeq }) => [lane, storedThroughSeq])).toEqual([
      ["beds", 2],
      ["vitals", 9],
      ["environment", 0],
    ]);
    expect(gateway?.lanes[1]).toMatchObject({ behindMs: 90_000, unappliedRecords: 9 });
    expect(other).toMatchObject({
      gatewayId: "gw-south",
      isSilent: true,
      lastHeardAt: null,
      clock: null,
      lanes: [],
    });
  });

  test("names a suspect with its evidence and next step, and counts whose word made a bed settle", async () => {
    const vital = evidence({ deviceId: "monitor-1" as never, metric: "pulse-rate", value: 72, unit: "/min" });
    const stuck = {
      deviceId: "mat-1",
      metric: "occupancy",
      kind: "stuck",
      sinceMs: START_MS,
      detail: "It stands still. Look at it.",
      evidence: [evidence(), vital],
    };
    const flips = Array.from({ length: 13 }, (_, n) =>
      settling({
        observedAtMs: START_MS + n * MIN,
        evidence: [evidence({ vote: "present" }), { ...vital, vote: "absent" }],
      }),
    );
    cloud().clock.now = NOW_MS;
    await cloud().sync(
      batch([commissioned(), findingsChanged({ findings: [stuck] }), ...flips], { sentAtMs: NOW_MS }),
    );
    const answer = await health(cloud(), "emergency-coordinator");
    expect(answer.suspects).toMatchObject([
      { deviceId: "mat-1", kind: "stuck", bedLabel: "1A", detail: "It stands still. Look at it." },
    ]);
    // Its value stays with those who may read it.
    expect(answer.suspects[0]?.evidence.map(({ value }) => value)).toEqual([true, null]);
    expect(device(answer, "mat-1")).toMatchObject({ settlings: 13 });
    expect(answer.noisy).toEqual([{ gatewayId: "gw-north", deviceId: "mat-1" }]);
  });

  test("shows a hospital's staff their own hospital, and does not tell that another exists", async () => {
    await cloud().sync(batch([commissioned()]));
    await cloud().sync(batch([commissioned({ bedId: "south-1" })], south));
    await cloud().sync(heartbeat());
    const own = await health(cloud(), "nurse");
    expect(own.hospitals.map(({ hospitalId }) => hospitalId)).toEqual(["north"]);
    expect(own.devices.map(({ hospitalId, freshness }) => [hospitalId, freshness])).toEqual([
      ["north", "fresh"],
    ]);
    const nurse = await cloud().signIn("nurse");
    for (const hospital of ["south", "nowhere"])
      expect(await cloud().get(`/api/v1/data-health?hospital=${hospital}`, nurse)).toMatchObject({
        status: 404,
        body: { code: "HOSPITAL_NOT_FOUND" },
      });
    const both = await health(cloud(), "super-admin", "?hospital=south");
    expect(both.gateways.map(({ gatewayId }) => gatewayId)).toEqual(["gw-south"]);
    expect(await cloud().get("/api/v1/data-health", await cloud().signIn("patient"))).toMatchObject({
      status: 403,
    });
  });
});

import { describe, expect, test } from "vitest";
import { GatewayId, type Lane } from "../../../contracts/wire/ids.ts";
import { BATCH_RECORDS_MAX } from "../../../contracts/wire/sync.ts";
import { Journal } from "../../../gateway/journal/journal.ts";
import { LaneSync } from "../../../gateway/sync/lane-sync.ts";
import { appendEvents, appendReadings, groupOf } from "../../support/journal-groups.ts";
import { ModelCloud } from "../../support/model-cloud.ts";
import { uplinkTo, type Weather } from "../../support/model-uplink.ts";
import { aReading } from "../../support/records.ts";

const signal = new AbortController().signal;

/** One lane between a journal in memory and a model cloud. `random` is 0: every wait is as long as it may be. */
function openLane(lane: Lane = "vitals", cloud = new ModelCloud(), journal = Journal.open(":memory:")) {
  const weather: Weather[] = [];
  const rolledBack: number[] = [];
  const sync = new LaneSync({
    lane,
    gatewayId: GatewayId.parse("gw-north"),
    journal,
    uplink: uplinkTo(cloud, () => weather.shift() ?? "clear"),
    random: () => 0,
    onRolledBack: (_lane, highWaterMarkSeq) => rolledBack.push(highWaterMarkSeq),
  });
  return {
    journal,
    cloud,
    rolledBack,
    weather,
    step: () => sync.step(signal),
    async steps(count: number) {
      const kinds: string[] = [];
      for (let left = count; left > 0; left--) kinds.push((await sync.step(signal)).kind);
      return kinds;
    },
    stored: () => cloud.lane(journal.epoch, lane),
    marks: () => journal.marks(lane),
  };
}

const numbers = (from: number, to: number) =>
  Array.from({ length: to - from + 1 }, (_, index) => from + index);

describe("a lane", () => {
  test("brings everything to the cloud, oldest first, and then rests", async () => {
    const lane = openLane();
    appendReadings(lane.journal, BATCH_RECORDS_MAX + 5);
    expect(await lane.steps(3)).toEqual(["sent", "sent", "idle"]);
    expect([...lane.stored().records.keys()]).toEqual(numbers(1, BATCH_RECORDS_MAX + 5));
    expect(lane.marks().acknowledgedSeq).toBe(BATCH_RECORDS_MAX + 5);
  });

  test("goes on from where the process before it ended", async () => {
    const before = openLane();
    appendReadings(before.journal, 3);
    await before.steps(1);
    appendReadings(before.journal, 2);
    const after = openLane("vitals", before.cloud, before.journal);
    expect(await after.steps(2)).toEqual(["sent", "idle"]);
    expect([...after.stored().records.keys()]).toEqual(numbers(1, 5));
  });

  test("sends again what was not answered, and the cloud counts it once", async () => {
    const lane = openLane();
    appendReadings(lane.journal, 3);
    lane.weather.push("reply-lost");
    expect(await lane.steps(1)).toEqual(["wait"]);
    expect([lane.stored().markSeq, lane.marks().acknowledgedSeq]).toEqual([3, 0]);
    expect(await lane.steps(2)).toEqual(["sent", "idle"]);
    expect([...lane.stored().records.keys()]).toEqual([1, 2, 3]);
  });

  test("keeps what never arrived", async () => {
    const lane = openLane();
    appendReadings(lane.journal, 3);
    lane.weather.push("request-lost", "refused", "busy");
    await lane.steps(3);
    expect([lane.stored().markSeq, lane.marks().acknowledgedSeq]).toEqual([0, 0]);
  });

  test("waits longer after each failure in a row, and begins anew after a success", async () => {
    const lane = openLane();
    appendReadings(lane.journal, 1);
    lane.weather.push(...Array<Weather>(8).fill("request-lost"));
    const waits: number[] = [];
    for (let attempt = 0; attempt < 8; attempt++) {
      const step = await lane.step();
      if (step.kind === "wait") waits.push(step.delayMs);
    }
    expect(waits).toEqual([500, 1_000, 2_000, 4_000, 8_000, 16_000, 30_000, 30_000]);
    await lane.step();
    appendReadings(lane.journal, 1);
    lane.weather.push("request-lost");
    expect(await lane.step()).toEqual({ kind: "wait", delayMs: 500 });
  });

  test("waits at least as long as a busy cloud asks", async () => {
    const lane = openLane();
    appendReadings(lane.journal, 1);
    lane.weather.push("busy");
    expect(await lane.step()).toEqual({ kind: "wait", delayMs: 40_000 });
  });

  test("waits long after a refusal, which only a person can mend", async () => {
    const lane = openLane();
    appendReadings(lane.journal, 1);
    lane.weather.push("refused");
    expect(await lane.step()).toEqual({ kind: "wait", delayMs: 30_000 });
  });

  test("is not stopped by a record that the cloud cannot read", async () => {
    const lane = openLane();
    appendReadings(lane.journal, 1);
    lane.journal.append(groupOf(lane.journal, "vitals", [{ ...aReading(), unit: "x".repeat(99) }]));
    appendReadings(lane.journal, 1);
    expect(await lane.step()).toEqual({ kind: "sent", parked: [{ seq: 2, reason: "does not fit" }] });
    expect(lane.marks().acknowledgedSeq).toBe(3);
  });
});

describe("a cloud put back to an older copy", () => {
  test("is told again what it forgot", async () => {
    const lane = openLane("beds");
    appendEvents(lane.journal, 5);
    await lane.steps(1);
    lane.cloud.restore(lane.journal.epoch, "beds", 2);
    appendEvents(lane.journal, 1);
    expect(await lane.steps(3)).toEqual(["wait", "sent", "idle"]);
    expect([...lane.stored().records.keys()]).toEqual(numbers(1, 6));
    expect(lane.marks()).toEqual({ headSeq: 6, acknowledgedSeq: 6 });
  });

  test("is told what of it is gone for good, and the lane goes on", async () => {
    const lane = openLane();
    appendReadings(lane.journal, 5);
    await lane.steps(1);
    lane.journal.prune(0, 0);
    lane.cloud.restore(lane.journal.epoch, "vitals", 2);
    appendReadings(lane.journal, 1);
    expect(await lane.steps(3)).toEqual(["wait", "sent", "idle"]);
    expect([...lane.stored().missing]).toEqual([3, 4, 5]);
    expect([...lane.stored().records.keys()]).toEqual([1, 2, 6]);
  });
});

describe("an old copy of a journal", () => {
  /** The cloud has five records of this epoch; the journal comes back with two. */
  async function rolledBackLane() {
    const journal = Journal.open(":memory:");
    const cloud = new ModelCloud();
    const stored = cloud.lane(journal.epoch, "beds");
    for (const seq of numbers(1, 5)) stored.records.set(seq, "as it was");
    stored.markSeq = 5;
    appendEvents(journal, 2);
    return openLane("beds", cloud, journal);
  }

  test("is found out, said, and takes nothing for stored", async () => {
    const lane = await rolledBackLane();
    expect(await lane.step()).toMatchObject({ kind: "wait", delayMs: 30_000 });
    expect(lane.rolledBack).toEqual([5]);
    expect(lane.marks().acknowledgedSeq).toBe(0);
  });

  test("never goes on, even once it has grown past what the cloud has", async () => {
    const lane = await rolledBackLane();
    await lane.step();
    appendEvents(lane.journal, 10);
    expect(await lane.steps(2)).toEqual(["wait", "wait"]);
    expect([lane.marks().acknowledgedSeq, lane.stored().markSeq]).toEqual([0, 5]);
    expect(lane.rolledBack).toEqual([5, 5, 5]);
  });
});

import { describe, expect, test } from "vitest";
import { LaneSync } from "../../../gateway/sync/lane-sync.ts";
import type { SendResult } from "../../../gateway/sync/uplink.ts";
import { HandClock } from "../../support/moments.ts";
import { identity, numbers, SmallCloud, SmallJournal } from "./small-chain.ts";

const signal = new AbortController().signal;
const lost: SendResult<never> = { kind: "retry", reason: "the cloud cannot be reached", afterMs: null };

/** One lane between a journal and a cloud. `random` is 0: every wait is as long as it may be. */
function openLane(cloud = new SmallCloud(), journal = new SmallJournal()) {
  const parts = { ...identity, journal, uplink: cloud.uplink, clock: new HandClock(), random: () => 0 };
  const sync = new LaneSync({ ...parts, lane: "vitals" });
  return {
    journal,
    cloud,
    sync,
    step: () => sync.step(signal),
    async steps(count: number) {
      const kinds: string[] = [];
      for (let left = count; left > 0; left--) kinds.push((await sync.step(signal)).kind);
      return kinds;
    },
    sent: () => numbers(cloud.arrived, "vitals"),
    acknowledged: () => journal.marks("vitals").acknowledgedSeq,
  };
}

describe("a lane", () => {
  test("brings everything to the cloud, oldest first, in batches that grow, and then rests", async () => {
    const lane = openLane();
    lane.journal.append("vitals", 1_000);
    expect(await lane.steps(5)).toEqual(["sent", "sent", "sent", "sent", "idle"]);
    expect(lane.sent()).toEqual(["1-100", "101-300", "301-700", "701-1000"]);
    expect(lane.acknowledged()).toBe(1_000);
  });

  test("goes on from where the process before it ended", async () => {
    const before = openLane();
    before.journal.append("vitals", 3);
    await before.steps(1);
    before.journal.append("vitals", 2);
    const after = openLane(before.cloud, before.journal);
    expect(await after.steps(2)).toEqual(["sent", "idle"]);
    expect(after.sent()).toEqual(["1-3", "4-5"]);
  });

  test("keeps what was not answered and sends it again", async () => {
    const lane = openLane();
    lane.journal.append("vitals", 3);
    lane.cloud.answers.push(lost);
    expect(await lane.steps(1)).toEqual(["again"]);
    expect(lane.acknowledged()).toBe(0);
    expect(await lane.steps(2)).toEqual(["sent", "idle"]);
    expect(lane.acknowledged()).toBe(3);
  });

  test("tells of what the cloud parked, and is not stopped by it", async () => {
    const lane = openLane();
    lane.journal.append("vitals", 3);
    lane.cloud.parks = [{ seq: 2, reason: "does not fit" }];
    expect(await lane.step()).toEqual({ kind: "sent", parked: [{ seq: 2, reason: "does not fit" }] });
    expect(lane.acknowledged()).toBe(3);
  });

  test("sends less at once where the cloud takes no body of that length", async () => {
    const lane = openLane();
    lane.journal.append("vitals", 100);
    lane.cloud.answers.push({ kind: "too-large", reason: "413" });
    expect(await lane.steps(2)).toEqual(["again", "sent"]);
    expect(lane.sent()).toEqual(["1-50"]);
  });

  test("waits longer and longer where the cloud says stored and its mark stands still", async () => {
    const lane = openLane();
    lane.journal.append("vitals", 1);
    const standing = lane.cloud.reply("vitals");
    lane.cloud.answers.push(standing, standing);
    expect([await lane.step(), await lane.step()]).toEqual([
      { kind: "wait", delayMs: 500 },
      { kind: "wait", delayMs: 1_000 },
    ]);
    expect(await lane.steps(1)).toEqual(["sent"]);
  });
});

describe("a cloud put back to an older copy", () => {
  test("is told again what it forgot", async () => {
    const lane = openLane();
    lane.journal.append("vitals", 5);
    await lane.steps(1);
    lane.cloud.markSeq.vitals = 2;
    lane.journal.append("vitals", 1);
    expect(await lane.steps(3)).toEqual(["wait", "sent", "idle"]);
    expect(lane.sent().slice(1)).toEqual(["6-6", "3-6"]);
    expect(lane.acknowledged()).toBe(6);
  });

  test("is found out by asking, though there is nothing new to send", async () => {
    const lane = openLane();
    lane.journal.append("vitals", 5);
    await lane.steps(2);
    lane.cloud.markSeq.vitals = 2;
    lane.sync.askAgain();
    expect(await lane.steps(3)).toEqual(["wait", "sent", "idle"]);
    expect(lane.sent().slice(1)).toEqual(["5-5", "3-5"]);
  });

  test("is not asked for nothing: one that has everything says so", async () => {
    const lane = openLane();
    lane.journal.append("vitals", 5);
    await lane.steps(2);
    lane.sync.askAgain();
    expect(await lane.steps(2)).toEqual(["sent", "idle"]);
  });
});

test("a cloud that wants back what it was just sent is no trouble that passes", async () => {
  const lane = openLane();
  lane.journal.append("vitals", 3);
  await lane.steps(1);
  lane.journal.append("vitals", 1);
  lane.cloud.answers.push({ kind: "gap", expectedSeq: 1 }, { kind: "gap", expectedSeq: 1 });
  expect(await lane.steps(2)).toEqual(["wait", "wanted-back"]);
  expect(await lane.steps(1)).toEqual(["sent"]);
});

test("an old copy of a journal is found out, takes nothing for stored, and never goes on", async () => {
  const cloud = new SmallCloud();
  cloud.markSeq.vitals = 5;
  const lane = openLane(cloud);
  lane.journal.append("vitals", 2);
  expect(await lane.step()).toEqual({ kind: "rolled-back", highWaterMarkSeq: 5 });
  // Even once it has grown past what the cloud has.
  lane.journal.append("vitals", 10);
  expect(await lane.steps(2)).toEqual(["rolled-back", "rolled-back"]);
  expect([lane.acknowledged(), lane.sent()]).toEqual([0, ["1-2"]]);
});

import { describe, expect, onTestFinished, test } from "vitest";
import { BootId, type DeviceId, Epoch, GatewayId } from "../../../contracts/wire/ids.ts";
import { Heartbeat } from "../../../contracts/wire/sync.ts";
import { DeviceBook } from "../../../gateway/ingest/device-book.ts";
import {
  BEDS_TOLD_EVERY_MS,
  EVENTS_WAIT_MS_MAX,
  HEARTBEAT_EVERY_MS,
  HeartbeatLoop,
} from "../../../gateway/sync/heartbeat.ts";
import { Wake } from "../../../gateway/sync/wake.ts";
import { HandTime } from "../../support/hand-time.ts";
import { at, BEGIN_MS } from "../../support/moments.ts";
import { BED, BED_DEVICE, CLIMATE, MONITOR, topology } from "../../support/wards.ts";

/** No lane is behind. */
const QUIET = { oldestUnsentAtMs: { beds: null, vitals: null, environment: null } };

/** A gateway's heartbeat on a clock of its own; `sent` is what the cloud heard, `counted` those whose ages it took. */
function beat() {
  const time = new HandTime();
  const book = new DeviceBook();
  const wake = new Wake();
  const stop = new AbortController();
  const sent: Heartbeat[] = [];
  const counted: Heartbeat[] = [];
  let cloudForgot = 0;
  const lane = { appendedSeq: 0, acknowledgedSeq: 0, cloudSeq: 0 };
  const link = { turn: async () => undefined, isOpen: true, mayGo: () => true };
  const loop = new HeartbeatLoop({
    gatewayId: GatewayId.parse("gw-north"),
    bootId: BootId.parse("00000000000000b1"),
    link,
    journal: {
      facts: QUIET,
      epoch: Epoch.parse("0123456789abcdef"),
      marks: () => ({ headSeq: lane.appendedSeq, acknowledgedSeq: lane.acknowledgedSeq }),
    },
    topology: topology(),
    book,
    bedsHeadSeq: () => lane.appendedSeq,
    clock: time,
    pause: time.pause,
    uplink: {
      async sendHeartbeat(heartbeat) {
        const heard = Heartbeat.parse({ ...heartbeat, sentAtMs: BEGIN_MS });
        const bedsBehind = lane.cloudSeq < heard.bedsHeadSeq;
        sent.push(heard);
        if (!bedsBehind) counted.push(heard);
        return { kind: "stored", reply: { serverTimeMs: BEGIN_MS, bedsBehind } };
      },
    },
    wake,
    onEventsForgotten: () => {
      cloudForgot += 1;
    },
  });
  onTestFinished(() => stop.abort());
  return {
    time,
    link,
    wake,
    sent,
    counted,
    stop,
    forgotten: () => cloudForgot,
    hears: (deviceId: DeviceId) => {
      book.entry(deviceId).lastUsable = time.now();
    },
    append: (count = 1) => {
      lane.appendedSeq += count;
    },
    /** The cloud stores everything up to here, and the beds lane hears of it. */
    store: (seq = lane.appendedSeq) => {
      lane.cloudSeq = seq;
      lane.acknowledgedSeq = seq;
      loop.bedsStored();
    },
    restoreCloud: (seq: number) => {
      lane.cloudSeq = seq;
    },
    run: () => loop.run(stop.signal),
  };
}

const ageOf = (heartbeat: Heartbeat | undefined, deviceId: DeviceId) =>
  heartbeat?.sources.find((source) => source.deviceId === deviceId)?.evidenceAgeMs;

describe("a heartbeat", () => {
  test("tells of each source of each bed how old its newest usable reading is, and up to which event", async () => {
    const gateway = beat();
    gateway.hears(BED_DEVICE);
    gateway.append(3);
    gateway.store();
    await gateway.time.pass(12_000);
    void gateway.run();
    await gateway.time.pass(0);
    expect(gateway.sent).toHaveLength(1);
    expect(gateway.sent[0]).toMatchObject({
      bedsHeadSeq: 3,
      sources: [
        { bedId: BED, deviceId: BED_DEVICE, evidenceAgeMs: 12_000 },
        { bedId: BED, deviceId: MONITOR, evidenceAgeMs: null },
        { bedId: BED, deviceId: CLIMATE, evidenceAgeMs: null },
      ],
    });
  });

  test("names every bed until that counted once, and again every hour", async () => {
    const gateway = beat();
    gateway.append(2);
    gateway.store();
    gateway.restoreCloud(1);
    void gateway.run();
    await gateway.time.pass(2 * HEARTBEAT_EVERY_MS);
    const named = () => gateway.sent.map(({ beds }) => beds);
    // The cloud has lost an event: nothing counts.
    expect(named()).toEqual([[BED], [BED], [BED]]);
    gateway.store();
    await gateway.time.pass(3 * HEARTBEAT_EVERY_MS);
    expect(named().slice(3)).toEqual([[BED], undefined, undefined]);
    await gateway.time.pass(BEDS_TOLD_EVERY_MS);
    expect(
      named()
        .slice(4)
        .filter((beds) => beds !== undefined),
    ).toEqual([[BED]]);
  });

  test("names no bed ahead of its events", async () => {
    const gateway = beat();
    gateway.append();
    void gateway.run();
    await gateway.time.pass(EVENTS_WAIT_MS_MAX);
    expect(gateway.sent.map(({ beds }) => beds)).toEqual([undefined]);
  });

  test("comes every few seconds, and at once when it is rung for", async () => {
    const gateway = beat();
    void gateway.run();
    await gateway.time.pass(2 * HEARTBEAT_EVERY_MS);
    expect(gateway.sent).toHaveLength(3);
    await gateway.time.pass(1_000);
    gateway.hears(BED_DEVICE);
    gateway.wake.ring();
    await gateway.time.pass(0);
    expect(gateway.sent).toHaveLength(4);
    expect(ageOf(gateway.sent[3], BED_DEVICE)).toBe(0);
  });

  test("waits for the events that its evidence caused, and tells the age at the moment of sending", async () => {
    const gateway = beat();
    gateway.hears(BED_DEVICE);
    gateway.append();
    void gateway.run();
    await gateway.time.pass(700);
    expect(gateway.sent).toEqual([]);
    gateway.store();
    await gateway.time.pass(0);
    expect(gateway.counted).toHaveLength(1);
    expect(ageOf(gateway.counted[0], BED_DEVICE)).toBe(700);
  });

  test("says in time that the gateway lives, and brings the ages once their events are there", async () => {
    const gateway = beat();
    gateway.hears(BED_DEVICE);
    gateway.append();
    void gateway.run();
    await gateway.time.pass(EVENTS_WAIT_MS_MAX + 1_000);
    expect([gateway.sent.length, gateway.counted.length]).toEqual([1, 0]);
    // What the source says meanwhile is not part of it: its event is not there yet.
    gateway.hears(BED_DEVICE);
    gateway.append();
    gateway.store(1);
    await gateway.time.pass(0);
    expect(gateway.counted).toHaveLength(1);
    expect(ageOf(gateway.counted[0], BED_DEVICE)).toBe(EVENTS_WAIT_MS_MAX + 1_000);
  });

  test.each([
    ["a quick cloud", 300],
    ["a cloud slower than the longest wait", 3_500],
  ])("brings ages though events never pause, to %s", async (_name, storesAfterMs) => {
    const gateway = beat();
    gateway.hears(BED_DEVICE);
    void gateway.run();
    const under: { seq: number; dueMs: number }[] = [];
    let appended = 0;
    for (let ms = 0; ms < 60_000; ms += 20) {
      gateway.hears(BED_DEVICE);
      gateway.append();
      appended += 1;
      under.push({ seq: appended, dueMs: ms + storesAfterMs });
      for (let due = under[0]; due !== undefined && due.dueMs <= ms; due = under[0]) {
        gateway.store(due.seq);
        under.shift();
      }
      await gateway.time.pass(20);
    }
    expect(gateway.counted.length).toBeGreaterThanOrEqual(6);
    for (const heartbeat of gateway.counted)
      expect(ageOf(heartbeat, BED_DEVICE)).toBeLessThanOrEqual(storesAfterMs + 40);
  });

  test("waits for no event while it is what finds out whether the cloud is back", async () => {
    const gateway = beat();
    gateway.append();
    gateway.link.isOpen = false;
    void gateway.run();
    await gateway.time.pass(0);
    expect(gateway.sent).toHaveLength(1);
    // Its ages follow once the event is there.
    gateway.link.isOpen = true;
    await gateway.time.pass(150);
    gateway.store();
    await gateway.time.pass(0);
    expect(gateway.counted).toHaveLength(1);
  });

  test("finds out that the cloud has lost events which it had", async () => {
    const gateway = beat();
    gateway.append(5);
    gateway.store();
    gateway.restoreCloud(2);
    void gateway.run();
    await gateway.time.pass(0);
    expect(gateway.forgotten()).toBe(1);
  });

  test("ends as soon as it is told to, also while it waits", async () => {
    const gateway = beat();
    gateway.append();
    const running = gateway.run();
    await gateway.time.pass(10);
    gateway.stop.abort();
    await expect(running).resolves.toBeUndefined();
    expect(at(0.01)).toEqual(gateway.time.now());
  });
});

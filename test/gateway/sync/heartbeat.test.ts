import { describe, expect, test } from "vitest";
import { GatewayId } from "../../../contracts/wire/ids.ts";
import { Heartbeat } from "../../../contracts/wire/sync.ts";
import { HeartbeatLoop } from "../../../gateway/sync/heartbeat.ts";
import type { Uplink } from "../../../gateway/sync/uplink.ts";
import { Wake } from "../../../gateway/sync/wake.ts";
import { RADICAL_7_LINE } from "../../fixtures/golden.ts";
import { line, pack } from "../../support/messages.ts";
import { at, BEGIN_MS, HandClock } from "../../support/moments.ts";
import { soon } from "../../support/soon.ts";
import { BED, BED_DEVICE, CLIMATE, MONITOR, topology } from "../../support/wards.ts";
import { WiredGateway } from "../../support/wired-gateway.ts";

/** A gateway's heartbeat; `sent` is what the cloud heard, `answer` how it takes each. */
function beat({ bedsBehind = false, hangs = false, ward = topology() } = {}) {
  const north = new WiredGateway(ward);
  const clock = new HandClock();
  const stop = new AbortController();
  const wake = new Wake();
  const sent: Heartbeat[] = [];
  const heard = Promise.withResolvers<void>();
  const uplink: Uplink = {
    async sendBatch() {
      throw new Error("a heartbeat is no batch");
    },
    async sendHeartbeat(heartbeat, signal) {
      sent.push(Heartbeat.parse({ ...heartbeat, sentAtMs: BEGIN_MS }));
      heard.resolve();
      if (hangs) await new Promise((resolve) => signal.addEventListener("abort", resolve));
      if (signal.aborted) return { kind: "retry", reason: "stopped", afterMs: null };
      return { kind: "stored", reply: { serverTimeMs: BEGIN_MS, bedsBehind } };
    },
  };
  const { journal, book } = north;
  const parts = {
    gatewayId: GatewayId.parse("gw-north"),
    journal,
    topology: north.topology,
    book,
    clock,
    uplink,
    wake,
  };
  const loop = new HeartbeatLoop(parts);
  return { north, clock, stop, wake, sent, loop, heard: heard.promise, run: () => loop.run(stop.signal) };
}

describe("a heartbeat", () => {
  test("tells of each source of each bed how old its newest usable reading is, and up to which event", async () => {
    const { north, clock, sent, stop, heard, run } = beat();
    north.hears(pack(at(0), [{ n: "occupancy", vb: true }]));
    clock.pass(12);
    const running = run();
    await heard;
    stop.abort();
    await running;
    expect(sent[0]?.bedsHeadSeq).toBe(north.journal.marks("beds").headSeq);
    expect(sent[0]?.sources).toEqual([
      { bedId: BED, deviceId: BED_DEVICE, evidenceAgeMs: 12_000 },
      { bedId: BED, deviceId: MONITOR, evidenceAgeMs: null },
      { bedId: BED, deviceId: CLIMATE, evidenceAgeMs: null },
    ]);
  });

  test("tells each source's own age, also of one whose word another outlived", async () => {
    const deciders = [
      { device: BED_DEVICE, metric: "load" },
      { device: MONITOR, metric: "pulse-rate" },
    ] as const;
    const { north, clock, sent, stop, heard, run } = beat({ ward: topology({ deciders }) });
    north.hears(pack(at(0), [{ n: "load", u: "kg", v: 71 }]));
    north.hears(line(at(9), new TextDecoder().decode(RADICAL_7_LINE)));
    // The smart bed goes on speaking, but not of what it decides by.
    north.hears(pack(at(10), [{ n: "battery", u: "%EL", v: 87 }]));
    clock.pass(12);
    const running = run();
    await heard;
    stop.abort();
    await running;
    expect(sent[0]?.sources.slice(0, 2)).toEqual([
      { bedId: BED, deviceId: BED_DEVICE, evidenceAgeMs: 12_000 },
      { bedId: BED, deviceId: MONITOR, evidenceAgeMs: 3_000 },
    ]);
  });

  test("ends as soon as it is told to, also while the cloud does not answer", async () => {
    const { stop, heard, run } = beat({ hangs: true });
    const running = run();
    await heard;
    stop.abort();
    await expect(running).resolves.toBeUndefined();
  });

  test("comes at once when it is rung for, and remembers whether the cloud was behind", async () => {
    const { wake, sent, stop, loop, heard, run } = beat({ bedsBehind: true });
    const running = run();
    await heard;
    wake.ring();
    await soon(() => expect(sent).toHaveLength(2));
    stop.abort();
    await running;
    expect(loop.wasBehind).toBe(true);
  });
});

import { describe, expect, test } from "vitest";
import type { MetricName } from "../../../contracts/metrics/catalogue.ts";
import type { DeviceId, Lane } from "../../../contracts/wire/ids.ts";
import { LiveValue } from "../../../contracts/wire/sync.ts";
import { DeviceBook } from "../../../gateway/ingest/device-book.ts";
import { BEHIND_MS_MIN, LiveValues } from "../../../gateway/sync/live-values.ts";
import { at } from "../../support/moments.ts";
import { BED, BED_DEVICE, CLIMATE, MONITOR, ROOM, topology } from "../../support/wards.ts";

/** The newest values of a gateway whose lanes can be behind. Seconds count from the beginning. */
function liveValues() {
  const book = new DeviceBook();
  const oldestUnsentAtMs: Record<Lane, number | null> = { beds: null, vitals: null, environment: null };
  const live = new LiveValues({ topology: topology(), book, journal: { facts: { oldestUnsentAtMs } } });
  return {
    says(deviceId: DeviceId, metric: MetricName, value: number, seconds: number) {
      const times = { observedAtMs: at(seconds).atMs, receivedAtMs: at(seconds).atMs };
      book.entry(deviceId).latest.set(metric, {
        ...{ metric, value, unit: null, quality: "good", badReason: null, observedBy: "gateway" },
        ...times,
      });
    },
    behindSince(lane: Lane, seconds: number | null) {
      oldestUnsentAtMs[lane] = seconds === null ? null : at(seconds).atMs;
    },
    take: (seconds: number, valuesMax?: number) =>
      LiveValue.array().parse(live.take(at(seconds).atMs, valuesMax)),
    told: () => live.told(),
  };
}

describe("the newest values", () => {
  test("go ahead of a lane that is behind, with whom and what they are about", () => {
    const { says, behindSince, take } = liveValues();
    says(BED_DEVICE, "load", 71.4, 8);
    says(CLIMATE, "co2", 800, 9);
    behindSince("vitals", 0);
    expect(take(10)).toEqual([
      expect.objectContaining({
        deviceId: BED_DEVICE,
        bedId: BED,
        roomId: null,
        metric: "load",
        value: 71.4,
      }),
    ]);
    behindSince("environment", 0);
    expect(take(10)).toContainEqual(expect.objectContaining({ deviceId: CLIMATE, roomId: ROOM, value: 800 }));
  });

  test("stay where they are while their lane brings them soon enough itself", () => {
    const { says, behindSince, take } = liveValues();
    says(BED_DEVICE, "load", 71.4, 8);
    expect(take(10)).toEqual([]);
    behindSince("vitals", 10 - BEHIND_MS_MIN / 1_000);
    expect(take(10)).toEqual([]);
  });

  test("are told once, and again when they change or were not heard", () => {
    const { says, behindSince, take, told } = liveValues();
    behindSince("vitals", 0);
    says(BED_DEVICE, "load", 71.4, 8);
    expect(take(10)).toHaveLength(1);
    expect(take(11)).toHaveLength(1);
    told();
    expect(take(12)).toEqual([]);
    says(BED_DEVICE, "load", 71.4, 13);
    expect(take(14)).toHaveLength(1);
  });

  test("are bounded, and what waits longest comes first", () => {
    const { says, behindSince, take, told } = liveValues();
    behindSince("vitals", 0);
    for (let second = 8; second < 12; second++) {
      says(BED_DEVICE, "load", second, second);
      says(MONITOR, "spo2", 97, second);
      says(MONITOR, "pulse-rate", 70, second);
      if (second === 8) expect(take(second, 1).map(({ metric }) => metric)).toEqual(["load"]);
      if (second === 9) expect(take(second, 2).map(({ metric }) => metric)).toEqual(["spo2", "pulse-rate"]);
      if (second === 10) expect(take(second, 1).map(({ metric }) => metric)).toEqual(["load"]);
      told();
    }
  });
});

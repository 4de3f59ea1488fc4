import { describe, expect, test } from "vitest";
import { type HeardSource, occupancySource, sensorDoubt } from "../../../contracts/bed/occupancy-source.ts";
import { DeviceId } from "../../../contracts/wire/ids.ts";

const NOW_MS = 1_732_400_000_000;
const heard = (
  decides: HeardSource["decides"],
  ageMs: number | null,
  expectedIntervalMs = 1_000,
): HeardSource => ({
  decides,
  expectedIntervalMs,
  lastObservedAtMs: ageMs === null ? null : NOW_MS - ageMs,
});
const ageOf = (sources: readonly HeardSource[], occupancy: "present" | "absent" | "unknown") => {
  const source = occupancySource(sources, occupancy);
  return source === null || source.lastObservedAtMs === null ? source : NOW_MS - source.lastObservedAtMs;
};

describe("a bed's evidence", () => {
  test("of one source has that source's age", () => {
    expect(ageOf([heard("load", 7_000)], "absent")).toBe(7_000);
  });

  test("of several is as fresh as the freshest, in whatever order they are named", () => {
    const sources = [heard("occupancy", 90_000), heard("load", 3_000), heard(null, 1_000)];
    expect(ageOf(sources, "absent")).toBe(3_000);
    expect(ageOf(sources.toReversed(), "absent")).toBe(3_000);
  });

  test("that it is empty is not carried by a pulse that is not there", () => {
    const sources = [heard("occupancy", 90_000), heard("pulse-rate", 1_000)];
    expect(ageOf(sources, "absent")).toBe(90_000);
    expect(ageOf(sources, "present")).toBe(1_000);
  });

  test("that it is empty has no age where only a pulse was heard", () => {
    expect(ageOf([heard("occupancy", null), heard("pulse-rate", 1_000)], "absent")).toEqual({
      expectedIntervalMs: 1_000,
      lastObservedAtMs: null,
    });
  });

  test("goes stale with the source that goes stale last, however slow it is", () => {
    const slow = heard("load", 120_000, 60_000);
    expect(ageOf([heard("occupancy", 50_000), slow], "absent")).toBe(120_000);
  });

  test("is none where no source decides", () => {
    expect(occupancySource([heard(null, 1_000)], "unknown")).toBeNull();
  });
});

describe("a finding", () => {
  const mat = { deviceId: DeviceId.parse("mat"), decides: "occupancy" } as const;
  const climate = { deviceId: DeviceId.parse("climate"), decides: null } as const;
  const on = (
    deviceId: string,
    metric: "occupancy" | "load" | "room-temperature",
    kind: "stuck" | "contradiction",
  ) => ({
    deviceId: DeviceId.parse(deviceId),
    metric,
    kind,
  });

  test.each([
    ["none at all", [], "none"],
    ["on what decides", [on("mat", "occupancy", "stuck")], "suspect"],
    ["on another value of the same device", [on("mat", "load", "stuck")], "none"],
    ["on a room's sensor", [on("climate", "room-temperature", "stuck")], "none"],
    [
      "of sources at odds",
      [on("mat", "occupancy", "stuck"), on("mat", "occupancy", "contradiction")],
      "contradiction",
    ],
  ] as const)("%s", (_name, findings, doubt) => {
    expect(sensorDoubt([mat, climate], findings)).toBe(doubt);
  });
});

import { expect, test } from "vitest";
import type { BedSignals } from "../../../firmware-sim/smart-bed/bed-signals.ts";
import { createSmartBed } from "../../../firmware-sim/smart-bed/smart-bed.ts";
import type { BedTruth } from "../../../firmware-sim/ward-day/bed-truth.ts";

const patient = { weightKg: 71 };

test.each<[string, BedTruth, Pick<BedSignals, "occupancy" | "sideRailUp" | "brakeLocked" | "cleaning">]>([
  [
    "a patient in bed",
    { kind: "in-bed", patient },
    { occupancy: true, sideRailUp: true, brakeLocked: true, cleaning: false },
  ],
  [
    "a patient at the toilet",
    { kind: "out-of-bed", patient },
    { occupancy: false, sideRailUp: false, brakeLocked: true, cleaning: false },
  ],
  [
    "a vacated bed",
    { kind: "awaiting-cleaning" },
    { occupancy: false, sideRailUp: false, brakeLocked: true, cleaning: false },
  ],
  [
    "a bed being cleaned",
    { kind: "cleaning", because: "vacated" },
    { occupancy: false, sideRailUp: false, brakeLocked: false, cleaning: true },
  ],
  [
    "a clean bed",
    { kind: "clean" },
    { occupancy: false, sideRailUp: false, brakeLocked: true, cleaning: false },
  ],
])("what the sensors say about %s", (_name, truth, expected) => {
  const { bed, said } = smartBed();
  bed.feel(truth);
  bed.report();
  expect(said.at(-1)).toMatchObject(expected);
});

test("the scale shows the patient with the linen, and the linen alone", () => {
  const { bed, said } = smartBed();
  bed.feel({ kind: "in-bed", patient });
  for (let reports = 0; reports < 50; reports++) bed.report();
  bed.feel({ kind: "awaiting-cleaning" });
  for (let reports = 0; reports < 50; reports++) bed.report();

  const loads = (occupancy: boolean) =>
    said.filter((signals) => signals.occupancy === occupancy).map(({ loadKg }) => loadKg);
  expect(Math.min(...loads(true))).toBeGreaterThanOrEqual(71.2);
  expect(Math.max(...loads(true))).toBeLessThanOrEqual(72.5);
  expect(new Set(loads(true)).size).toBeGreaterThan(2);
  expect(Math.min(...loads(false))).toBeGreaterThanOrEqual(0.2);
  expect(Math.max(...loads(false))).toBeLessThanOrEqual(1.5);
});

test("a bed speaks at once when its sensors notice a change, and not when they cannot", () => {
  const { bed, said } = smartBed();
  const spokeAt = (truth: BedTruth) => {
    const before = said.length;
    bed.feel(truth);
    return said.length > before;
  };
  expect(spokeAt({ kind: "in-bed", patient })).toBe(true);
  expect(spokeAt({ kind: "out-of-bed", patient })).toBe(true);
  // Nobody presses a button when a patient leaves for good: to the bed this is the toilet trip going on.
  expect(spokeAt({ kind: "awaiting-cleaning" })).toBe(false);
  expect(spokeAt({ kind: "cleaning", because: "vacated" })).toBe(true);
  expect(spokeAt({ kind: "clean" })).toBe(true);
});

test("the same seed weighs the same", () => {
  const [one, other] = [smartBed(), smartBed()];
  for (const { bed } of [one, other]) {
    bed.feel({ kind: "in-bed", patient });
    bed.report();
  }
  expect(one.said).toEqual(other.said);
});

function smartBed() {
  const said: BedSignals[] = [];
  const bed = createSmartBed({
    deviceId: "smart-bed-1",
    seed: 7,
    nowMs: () => 1_732_400_000_000,
    publish: (signals) => said.push(signals),
  });
  return { bed, said };
}

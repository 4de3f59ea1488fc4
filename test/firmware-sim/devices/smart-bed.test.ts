import { expect, test } from "vitest";
import { type BedSignals, bedSignals, saysMore } from "../../../firmware-sim/devices/bed-signals.ts";
import type { BedTruth } from "../../../firmware-sim/ward-day/bed-truth.ts";

const patient = { id: 7, weightKg: 71 };
const child = { id: 8, weightKg: 14 };
const at = (truth: BedTruth, otherKg = 1) =>
  bedSignals({ truth, otherKg, scaleNoiseKg: 0.04, batteryPct: 90 });

test.each<[string, BedTruth, Pick<BedSignals, "occupancy" | "sideRailUp" | "brakeLocked" | "cleaning">]>([
  [
    "a patient in bed",
    { kind: "in-bed", patient },
    { occupancy: true, sideRailUp: true, brakeLocked: true, cleaning: false },
  ],
  [
    "a patient at the toilet",
    { kind: "out-of-bed", patient, where: "toilet" },
    { occupancy: false, sideRailUp: false, brakeLocked: true, cleaning: false },
  ],
  [
    "a patient who is rolled to a scan in it",
    { kind: "rolled-away", patient },
    { occupancy: true, sideRailUp: true, brakeLocked: false, cleaning: false },
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
    "a child, too light for the bed's own detector",
    { kind: "in-bed", patient: child },
    { occupancy: false, sideRailUp: true, brakeLocked: true, cleaning: false },
  ],
])("what the sensors say about %s", (_name, truth, expected) => expect(at(truth)).toMatchObject(expected));

test("the scale shows the patient with the linen, and whatever else lies there", () => {
  expect(at({ kind: "in-bed", patient }).loadKg).toBe(72);
  expect(at({ kind: "clean" }).loadKg).toBe(1);
  expect(at({ kind: "cleaning", because: "vacated" }, 45).occupancy).toBe(true);
});

test("a bed speaks at once when its sensors notice a change, and not when they cannot", () => {
  const vacated = at({ kind: "awaiting-cleaning" });
  const atTheToilet = at({ kind: "out-of-bed", patient, where: "toilet" });
  expect(saysMore(undefined, vacated)).toBe(true);
  expect(saysMore(at({ kind: "in-bed", patient }), atTheToilet)).toBe(true);
  // Nobody presses a button when a patient leaves for good: to the bed this is the toilet trip going on.
  expect(saysMore(atTheToilet, vacated)).toBe(false);
  expect(saysMore(vacated, at({ kind: "cleaning", because: "vacated" }))).toBe(true);
});

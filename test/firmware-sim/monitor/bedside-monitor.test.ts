import { expect, test } from "vitest";
import { createBedsideMonitor } from "../../../firmware-sim/monitor/bedside-monitor.ts";
import type { BedTruth } from "../../../firmware-sim/ward-day/bed-truth.ts";

const patient = { weightKg: 70 };
const inBed: BedTruth = { kind: "in-bed", patient };
const away: BedTruth = { kind: "out-of-bed", patient };
const clean: BedTruth = { kind: "clean" };
const recordingOf = (...saturations: number[]) =>
  saturations.map((spo2Pct) => ({ spo2Pct, pulsePerMin: 60, perfusionIndex: 2 }));

test("a patient speaks with a recording, on and on, silent while away; the next patient with the next one", () => {
  const moved: string[] = [];
  const monitor = createBedsideMonitor({
    recordings: [recordingOf(91, 92, 93), recordingOf(81, 82)],
    startWith: 0,
    probeMoved: (kind) => moved.push(kind),
  });
  const said = [inBed, inBed, away, inBed, inBed, clean, clean, inBed, inBed].map((truth) => {
    const { values, probe } = monitor.nextSecond(truth);
    return `${probe} ${values.spo2Pct ?? "-"}`;
  });
  expect(said).toEqual([
    "on 91",
    "on 92",
    "off -",
    "on 93",
    "on 91",
    "unplugged -",
    "unplugged -",
    "on 81",
    "on 82",
  ]);
  expect(moved).toEqual(["probe-on", "probe-off", "probe-on", "probe-unplugged", "probe-on"]);
});

import { expect, test } from "vitest";
import { spareDevices } from "../../../firmware-sim/spare-devices.ts";
import { dailyFaults, faultKinds, planFaults } from "../../../firmware-sim/ward-day/faults.ts";
import { DAY_MS, planWardDay } from "../../../firmware-sim/ward-day/plan-ward-day.ts";
import { createTruthTeller } from "../../../firmware-sim/ward-day/truth-teller.ts";
import { createWard } from "../../../firmware-sim/ward-day/ward.ts";
import type { Hospital } from "../../../firmware-sim/ward-file.ts";

const decided = (bedId: string, ...weights: readonly number[]) => ({
  bedId,
  isForChildren: false,
  deciders: weights.map((weight, place) => ({ deviceId: `${bedId}-${place}`, weight })),
});
const hospital: Hospital = {
  id: "north",
  beds: [decided("bed-1", 1), decided("bed-2", 2, 1), decided("bed-3", 1, 1), decided("bed-4", 2, 1, 1.5)],
  rooms: [
    { roomId: "room-1", isolation: "none" },
    { roomId: "room-2", isolation: "negative-pressure" },
  ],
  devices: [
    { id: "bed-1-0", profile: "smart-bed-senml", bed: "bed-1", mqtt: {} },
    { id: "room-1-climate", profile: "xy-md02", room: "room-1" },
    { id: "bed-1-monitor", profile: "nonin-ascii", bed: "bed-1", serial: "/dev/null" },
  ],
};
const failing = { deviceIds: ["a", "b", "c", "d", "e"], measuringIds: new Set(["b", "d"]) };

function teller() {
  const ward = createWard(planWardDay({ bedIds: hospital.beds.map(({ bedId }) => bedId), seed: 3 }));
  return createTruthTeller({
    hospital,
    ward,
    seed: 3,
    faults: dailyFaults({ ...failing, seed: 3 }),
    pace: { startedAtMs: 1_000, speed: 60 },
  });
}

test("the truth says first how every bed is, then each thing once and in order, however often it is asked", () => {
  const [one, other] = [teller(), teller()];
  const atOnce = [...one.linesUntil(0), ...one.linesUntil(2 * DAY_MS)];
  const inPieces = [];
  for (let atMs = 0; atMs <= 2 * DAY_MS; atMs += DAY_MS / 240) inPieces.push(...other.linesUntil(atMs));
  expect(inPieces).toHaveLength(atOnce.length);
  expect(new Set(inPieces.map((line) => JSON.stringify(line)))).toEqual(
    new Set(atOnce.map((line) => JSON.stringify(line))),
  );
  expect(atOnce.slice(0, 4).map((line) => "bedId" in line && line.bedId)).toEqual([
    "bed-1",
    "bed-2",
    "bed-3",
    "bed-4",
  ]);
  expect(atOnce).toEqual(atOnce.toSorted((a, b) => a.atMs - b.atMs));
  for (const { atMs, realMs } of atOnce) expect(realMs).toBe(Math.round(1_000 + atMs / 60));
  const kinds = new Set(atOnce.map(({ kind }) => kind));
  for (const kind of [
    "in-bed",
    "out-of-bed",
    "cleaning",
    "linen-change",
    "cleaner-leans",
    "door-open",
    "door-closed",
    "fan-weak",
    "fan-ordinary",
    "climate-ordinary",
    "fault-dead",
    "fault-frozen",
    "fault-babbling",
  ])
    expect(kinds).toContain(kind);
});

test("each day has one dead, one frozen and one babbling device, three different ones, each for about half a day", () => {
  for (let day = 0; day < 20; day++) {
    const faults = planFaults({ ...failing, seed: 9, day });
    expect(faults.map(({ kind }) => kind)).toEqual(faultKinds);
    expect(new Set(faults.map(({ deviceId }) => deviceId)).size).toBe(3);
    expect(["b", "d"]).toContain(faults[0]?.deviceId);
    for (const { fromMs, untilMs } of faults) {
      expect(fromMs).toBeGreaterThan(day * DAY_MS);
      expect(untilMs).toBeLessThan((day + 1) * DAY_MS);
      expect(untilMs - fromMs).toBeGreaterThan(0.4 * DAY_MS);
    }
  }
});

test("a device may fail only where others tell the truth", () => {
  // Bed 1 has one source; bed 2 a heavier one; bed 3 two of one weight; bed 4 three, of which two outvote any third.
  expect(spareDevices(hospital)).toEqual(["bed-2-1", "bed-4-0", "bed-1-monitor"]);
});

import { expect, test } from "vitest";
import { judge, weightOf } from "./judge-kill.ts";
import type { StoredReading } from "./read-cloud.ts";

const COUNTER = { deviceId: "counter", metric: "room-temperature" };
const remembered = (made: number, acknowledged: readonly number[]) => [
  { deviceId: "bed-1", made, acknowledged: new Set(acknowledged) },
];
const of = (deviceId: string, metric: string, values: readonly number[]): StoredReading[] =>
  values.map((value, n) => ({ deviceId, metric, value, seq: n + 1, receivedAtMs: 0 }));
const loads = (...messages: readonly number[]) => of("bed-1", "load", messages.map(weightOf));
const lane = (mark: number, stored: number, parked = 0, tombstoned = 0) => ({
  lane: "vitals",
  mark,
  stored,
  parked,
  tombstoned,
});

test("what was acknowledged and is stored once balances", () => {
  const verdict = judge(remembered(3, [1, 2]), [], { readings: loads(1, 2), lanes: [lane(2, 2)] });
  expect(verdict).toMatchObject({
    ledger: { sent: 3, stored: 2, shed: 0, rejected: 0, unacknowledged: 1 },
    isBalanced: true,
    acknowledgedAndLost: 0,
    countedTwice: 0,
    gaps: 0,
  });
});

test("what was acknowledged and is nowhere is lost, and the ledger does not balance", () => {
  const verdict = judge(remembered(3, [1, 2, 3]), [], { readings: loads(1, 3), lanes: [lane(2, 2)] });
  expect(verdict).toMatchObject({ acknowledgedAndLost: 1, isBalanced: false });
});

test("a reading that is stored a second time is counted twice", () => {
  const verdict = judge(remembered(2, [1, 2]), [], { readings: loads(1, 2, 2), lanes: [lane(3, 3)] });
  expect(verdict).toMatchObject({ countedTwice: 1, acknowledgedAndLost: 0 });
});

test("a mark beyond what is stored, parked and given up is a gap", () => {
  const facts = { readings: [], lanes: [lane(10, 5, 2, 2)] };
  expect(judge([], [], facts).gaps).toBe(1);
});

test("a counter may miss numbers, but neither repeat one nor go back", () => {
  const faults = (...values: readonly number[]) =>
    judge([], [COUNTER], { readings: of("counter", "room-temperature", values), lanes: [] }).counterFaults;
  expect(faults(1, 2, 5, 9)).toBe(0);
  expect(faults(1, 2, 2, 3)).toBe(1);
  expect(faults(1, 3, 2, 4)).toBe(1);
});

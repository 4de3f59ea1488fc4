import { expect, test } from "vitest";
import { freshnessOf, isGatewaySilent, staleAfterMs } from "../../../contracts/bed/freshness.ts";

test.each<[string, number, number, string]>([
  ["just heard", 0, 5_000, "fresh"],
  ["three heartbeats old, from a fast sensor", 15_000, 1_000, "fresh"],
  ["a moment older than three heartbeats, from a fast sensor", 15_001, 1_000, "late"],
  ["two intervals old", 20_000, 10_000, "fresh"],
  ["a moment older than two intervals", 20_001, 10_000, "late"],
  ["a minute old, from a fast sensor", 60_000, 5_000, "late"],
  ["a moment older than a minute, from a fast sensor", 60_001, 5_000, "stale"],
  ["three intervals old, from a slow sensor", 180_000, 60_000, "late"],
  ["a moment older than three intervals, from a slow sensor", 180_001, 60_000, "stale"],
  ["from a clock a little ahead", -500, 5_000, "fresh"],
])("evidence that is %s", (_name, ageMs, expectedIntervalMs, freshness) => {
  expect(freshnessOf(ageMs, expectedIntervalMs)).toBe(freshness);
});

test("a fast sensor is given a minute, a slow one three of its intervals", () => {
  expect([staleAfterMs(100), staleAfterMs(20_000), staleAfterMs(20_001)]).toEqual([60_000, 60_000, 60_003]);
});

test("a gateway is silent after more than thirty seconds, and before its first word", () => {
  expect([isGatewaySilent(0, 30_000), isGatewaySilent(0, 30_001), isGatewaySilent(null, 0)]).toEqual([
    false,
    true,
    true,
  ]);
});

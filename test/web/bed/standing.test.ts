import { expect, test } from "vitest";
import { standingOf, whyNotUsed } from "../../../cloud/web/history/standing.ts";
import { LatestSeriesValue } from "../../../contracts/wire/history.ts";
import { aBed, NOW_MS } from "../a-bed.ts";
import { aLatest } from "../scene-history.ts";

const facts = (ageMs: number) => ({ nowMs: NOW_MS + ageMs, isGatewaySilent: false, findings: [] });
const value = (expectedIntervalMs: number | null): LatestSeriesValue =>
  LatestSeriesValue.parse(aLatest(aBed(), 0, { metric: "spo2", value: 97, expectedIntervalMs }));

test.each<[string, number | null, number, ReturnType<typeof standingOf>["freshness"]]>([
  ["a source is fresh while it is due", 5_000, 8_000, "fresh"],
  ["late after two intervals", 30_000, 61_000, "late"],
  ["stale after three", 30_000, 91_000, "stale"],
  ["of a device that is no source here nobody knows how old its word may be", null, 59_000, null],
  ["and after a minute it is stale, however often it was due", null, 61_000, "stale"],
])("%s", (_name, expectedIntervalMs, ageMs, freshness) => {
  expect(standingOf(value(expectedIntervalMs), facts(ageMs)).freshness).toBe(freshness);
});

test("what is no source here any more is calculated with neither before nor after", () => {
  for (const ageMs of [1_000, 61_000]) {
    const one = value(null);
    expect(whyNotUsed(one, standingOf(one, facts(ageMs)))).not.toBeNull();
  }
});

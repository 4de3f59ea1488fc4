import { expect, test } from "vitest";
import { followWard } from "../../../firmware-sim/ward-day/follow-ward.ts";
import { planNextDay, planWardDay } from "../../../firmware-sim/ward-day/plan-ward-day.ts";
import { createWardClock } from "../../../firmware-sim/ward-day/ward-clock.ts";
import { type BedChange, changesAfter } from "../../../firmware-sim/ward-day/ward-day-plan.ts";

const dayMs = 24 * 60 * 60_000;
const plan = planWardDay({ bedIds: ["bed-1", "bed-2", "bed-3"], seed: 11 });

test("who follows the ward hears every change of two days in order, none before its moment", async () => {
  const clock = createWardClock({ startedAtMs: Date.now() + 50, speed: dayMs / 200, nowMs: Date.now });
  const stop = new AbortController();
  const expected = [...changesAfter(plan, plan.startsAtMs), ...changesAfter(planNextDay(plan), dayMs)];

  const heard: BedChange[] = [];
  for await (const change of followWard(plan, clock, stop.signal)) {
    expect(clock.wardTimeMs()).toBeGreaterThanOrEqual(change.atMs);
    heard.push(change);
    if (heard.length === 3 + expected.length) break;
  }
  expect(
    heard
      .slice(0, 3)
      .map(({ bedId }) => bedId)
      .sort(),
  ).toEqual(["bed-1", "bed-2", "bed-3"]);
  expect(heard.slice(3)).toEqual(expected);
});

test("a follower that is stopped while it waits ends at once", async () => {
  const clock = createWardClock({ startedAtMs: Date.now(), speed: 1, nowMs: Date.now });
  const stop = new AbortController();
  setTimeout(() => stop.abort(), 20);
  const heard: BedChange[] = [];
  for await (const change of followWard(plan, clock, stop.signal)) heard.push(change);
  expect(heard).toHaveLength(3);
});

import * as fc from "fast-check";
import { expect, test } from "vitest";
import { type Plan, type PlanQuestion, planOf, pointsPlan, tooFine } from "../../cloud/history/plan.ts";
import {
  EVERY_MS,
  POINTS_IN_ALL_MAX,
  POINTS_MAX,
  RANGE_MS_MAX,
  SERIES_MAX,
} from "../../contracts/wire/history.ts";

const NOON_MS = Date.UTC(2026, 0, 6, 12);
const HOUR_MS = 3_600_000;

function question(fields: Partial<PlanQuestion>): PlanQuestion {
  const base = { fromMs: NOON_MS - HOUR_MS, toMs: NOON_MS, points: 600, seriesCount: 1 } as const;
  return { ...base, everyMs: "auto", intervalMs: 1_000, ...fields };
}

const anyQuestion = fc
  .record({
    fromMs: fc.integer({ min: 0, max: NOON_MS }),
    spanMs: fc.oneof(
      fc.integer({ min: 1, max: RANGE_MS_MAX }),
      fc.integer({ min: 1, max: 10 * HOUR_MS }),
      fc.constantFrom(...EVERY_MS),
    ),
    points: fc.integer({ min: 1, max: POINTS_MAX }),
    seriesCount: fc.integer({ min: 0, max: SERIES_MAX }),
    everyMs: fc.constantFrom<PlanQuestion["everyMs"]>("auto", null, ...EVERY_MS),
    intervalMs: fc.integer({ min: 100, max: HOUR_MS }),
  })
  .map(({ spanMs, ...rest }): PlanQuestion => ({ ...rest, toMs: rest.fromMs + spanMs }));

const pointsIn = (plan: Extract<Plan, { kind: "points" }>) => (plan.toMs - plan.fromMs) / plan.everyMs;

test("whatever the range, no series has more points than were asked for, and all together no more than an answer holds", () => {
  fc.assert(
    fc.property(anyQuestion, (asked) => {
      const plan = planOf(asked);
      if (plan.kind === "too-fine" || plan.kind === "too-long") return;
      const each = plan.kind === "points" ? pointsIn(plan) : plan.pointsMax;
      expect(each).toBeLessThanOrEqual(Math.min(asked.points, POINTS_MAX));
      expect(each * asked.seriesCount).toBeLessThanOrEqual(POINTS_IN_ALL_MAX);
    }),
    { numRuns: 1_000 },
  );
});

test("points are whole multiples of a known width, cover the range, and do not go a point beyond it", () => {
  fc.assert(
    fc.property(anyQuestion, (asked) => {
      const plan = planOf(asked);
      if (plan.kind !== "points") return;
      const { everyMs, fromMs, toMs } = plan;
      expect(EVERY_MS).toContain(everyMs);
      expect([fromMs % everyMs, toMs % everyMs]).toEqual([0, 0]);
      expect(fromMs <= asked.fromMs && asked.fromMs < fromMs + everyMs).toBe(true);
      expect(toMs >= asked.toMs && asked.toMs > toMs - everyMs).toBe(true);
    }),
    { numRuns: 1_000 },
  );
});

test("left to choose, the points are the narrowest that fit", () => {
  fc.assert(
    fc.property(anyQuestion, (asked) => {
      const plan = pointsPlan(asked);
      if (plan.kind === "too-long") return;
      const narrower = EVERY_MS[EVERY_MS.indexOf(plan.everyMs as (typeof EVERY_MS)[number]) - 1];
      if (narrower === undefined) return;
      const fit = Math.min(asked.points, Math.floor(POINTS_IN_ALL_MAX / Math.max(asked.seriesCount, 1)));
      expect(Math.ceil(asked.toMs / narrower) - Math.floor(asked.fromMs / narrower)).toBeGreaterThan(fit);
    }),
    { numRuns: 1_000 },
  );
});

test("what is said to be the finest is possible, and so is the longest range", () => {
  fc.assert(
    fc.property(anyQuestion, (asked) => {
      const refusal = tooFine(asked);
      if (refusal.kind === "too-fine")
        expect(planOf({ ...asked, everyMs: refusal.finestMs }).kind).toBe("points");
      else if (refusal.rangeMsMax <= asked.toMs - asked.fromMs && asked.points > 1)
        expect(pointsPlan({ ...asked, toMs: asked.fromMs + refusal.rangeMsMax }).kind).toBe("points");
    }),
    { numRuns: 1_000 },
  );
});

test.each<[string, Partial<PlanQuestion>, Partial<Plan>]>([
  [
    "ten minutes of a device that speaks every second",
    { fromMs: NOON_MS - 600_000 },
    { kind: "readings", expected: true },
  ],
  ["an hour of it", {}, { kind: "points", everyMs: 10_000 }],
  [
    "ten hours of a device that speaks every minute",
    { fromMs: NOON_MS - 10 * HOUR_MS, intervalMs: 60_000 },
    { kind: "readings", expected: true },
  ],
  ["a day", { fromMs: NOON_MS - 24 * HOUR_MS }, { kind: "points", everyMs: 300_000 }],
  ["thirty days", { fromMs: NOON_MS - 720 * HOUR_MS }, { kind: "points", everyMs: 7_200_000 }],
  ["ten years", { fromMs: NOON_MS - RANGE_MS_MAX }, { kind: "points", everyMs: 604_800_000 }],
  ["ten years in a hundred points", { fromMs: NOON_MS - RANGE_MS_MAX, points: 100 }, { kind: "too-long" }],
  [
    "a day by the minute, which fits into the most points",
    { fromMs: NOON_MS - 24 * HOUR_MS, points: 2_000, everyMs: 60_000 },
    { kind: "points", everyMs: 60_000 },
  ],
  [
    "a day by the second",
    { fromMs: NOON_MS - 24 * HOUR_MS, points: 2_000, everyMs: 1_000 },
    { kind: "too-fine", finestMs: 60_000 },
  ],
  [
    "a day's readings, of which there may be few",
    { fromMs: NOON_MS - 24 * HOUR_MS, everyMs: null },
    { kind: "readings", expected: false },
  ],
])("%s", (_name, fields, expected) => {
  expect(planOf(question(fields))).toMatchObject(expected);
});

import fc from "fast-check";
import { expect, test } from "vitest";
import { lyingPatientOf } from "../../../firmware-sim/ward-day/bed-truth.ts";
import { DAY_MS, planNextDay, planWardDay } from "../../../firmware-sim/ward-day/plan-ward-day.ts";
import { createWard } from "../../../firmware-sim/ward-day/ward.ts";

const bedIds = ["bed-1", "bed-2", "bed-3", "bed-4"];
const plan = planWardDay({ bedIds, seed: 11 });
const nextPlan = planNextDay(plan);

test("at any moment of three days a bed is as the plan of that day has it", () => {
  const ward = createWard(plan);
  const plans = [plan, nextPlan, planNextDay(nextPlan)];
  const moments = fc.record({
    atMs: fc.integer({ min: 0, max: 3 * DAY_MS - 1 }),
    bedId: fc.constantFrom(...bedIds),
  });
  fc.assert(
    fc.property(moments, ({ atMs, bedId }) => {
      const planned = plans[Math.floor(atMs / DAY_MS)]?.beds.get(bedId)?.findLast((one) => one.atMs <= atMs);
      expect(ward.bedAt(bedId, atMs)).toMatchObject({ truth: planned?.truth, sinceMs: planned?.sinceMs });
    }),
  );
});

test("before the first day a bed is as that day begins, and a bed that is not in the plan is refused", () => {
  const ward = createWard(plan);
  expect(ward.bedAt("bed-1", -60_000).truth).toEqual(ward.bedAt("bed-1", 0).truth);
  expect(() => ward.bedAt("bed-99", 0)).toThrow("bed bed-99 is not in the ward's plan");
});

test("whoever asks piece by piece hears every change of two days once, in order", () => {
  const ward = createWard(plan);
  const heard = [];
  for (let atMs = 0; atMs < 2 * DAY_MS; atMs += DAY_MS / 7)
    heard.push(...ward.changesBetween(atMs, atMs + DAY_MS / 7));
  const planned = [plan, nextPlan].flatMap(({ beds, startsAtMs }) =>
    [...beds.values()].flat().filter(({ atMs }) => atMs > startsAtMs),
  );
  expect(heard).toHaveLength(planned.length);
  expect(new Set(heard)).toEqual(new Set(planned));
  expect(heard).toEqual(heard.toSorted((a, b) => a.atMs - b.atMs));
});

test("linen, cleaners and bags lie only where they can, and weigh what they weigh", () => {
  const seen = new Map<string, number>();
  for (let seed = 0; seed < 30; seed++) {
    const ward = createWard(planWardDay({ bedIds, seed }));
    for (const { kind, bedId, fromMs, untilMs, weightKg } of ward.handlingsBetween(-1, DAY_MS - 1)) {
      seen.set(kind, (seen.get(kind) ?? 0) + 1);
      const during = ward.bedAt(bedId, fromMs);
      expect(during.handledKg).toBeGreaterThanOrEqual(weightKg);
      expect(ward.bedAt(bedId, untilMs - 1).truth).toBe(during.truth);
      // A bag stands on a bed with its patient in it; all else is done while nobody lies there.
      expect(lyingPatientOf(during.truth) !== undefined).toBe(kind === "visitors-bag");
      expect(weightKg).toBeLessThanOrEqual(kind === "cleaner-kneels" ? 55 : 22);
    }
  }
  expect([...seen.keys()].sort()).toEqual([
    "cleaner-kneels",
    "cleaner-leans",
    "linen-change",
    "visitors-bag",
  ]);
  expect(Math.min(...seen.values())).toBeGreaterThan(20);
});

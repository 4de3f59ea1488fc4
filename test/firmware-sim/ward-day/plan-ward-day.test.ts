import fc from "fast-check";
import { expect, test } from "vitest";
import { type BedTruth, patientOf } from "../../../firmware-sim/ward-day/bed-truth.ts";
import { dayAt, planNextDay, planWardDay } from "../../../firmware-sim/ward-day/plan-ward-day.ts";
import type { BedChange, WardDayPlan } from "../../../firmware-sim/ward-day/ward-day-plan.ts";

const minuteMs = 60_000;
const bedIds = Array.from({ length: 14 }, (_, place) => `bed-${place + 1}`);
const twoDays = (seed: number): readonly [WardDayPlan, WardDayPlan] => {
  const first = planWardDay({ bedIds, seed });
  return [first, planNextDay(first)];
};
const seeds = fc.integer({ min: 0, max: 2 ** 31 - 1 });

test("the same seed gives the same two days, another seed others", () => {
  expect(twoDays(7)).toEqual(twoDays(7));
  expect(twoDays(7)).not.toEqual(twoDays(8));
});

test("a day has every kind of change", () => {
  const plan = planWardDay({ bedIds, seed: 7 });
  const kinds = new Set(changesOf(plan).map(({ truth }) => nameOf(truth)));
  expect([...kinds].sort()).toEqual([
    "awaiting-cleaning",
    "clean",
    "cleaning: day-begins",
    "cleaning: vacated",
    "in-bed",
    "out-of-bed: scan",
    "out-of-bed: toilet",
    "rolled-away",
  ]);
});

const followedBy: Readonly<Record<string, readonly string[]>> = {
  "in-bed": ["out-of-bed: toilet", "out-of-bed: scan", "rolled-away", "awaiting-cleaning"],
  "out-of-bed: toilet": ["in-bed"],
  "out-of-bed: scan": ["in-bed"],
  "rolled-away": ["in-bed"],
  "awaiting-cleaning": ["cleaning: vacated"],
  "cleaning: vacated": ["clean"],
  "cleaning: day-begins": ["clean"],
  clean: ["in-bed", "cleaning: day-begins"],
};

test("a bed is cleaned only after it was vacated or when the day begins, and nobody lies down in a dirty one", () => {
  fc.assert(
    fc.property(seeds, (seed) => {
      const [first, second] = twoDays(seed);
      for (const bedId of bedIds) {
        const lasting = second.beds.get(bedId)?.slice(1) ?? [];
        const life = [...(first.beds.get(bedId) ?? []), ...lasting].map(({ truth }) => nameOf(truth));
        expect(life.length).toBeGreaterThan(2);
        const wrong = life
          .slice(1)
          .map((after, place) => [life[place] ?? "", after] as const)
          .filter(([before, after]) => !followedBy[before]?.includes(after));
        expect(wrong).toEqual([]);
      }
    }),
    { numRuns: 15 },
  );
});

test("a bed is in one state at any moment, and the moments of its changes only go forward", () => {
  fc.assert(
    fc.property(seeds, (seed) => {
      for (const plan of twoDays(seed)) {
        for (const changes of plan.beds.values()) {
          const moments = changes.map(({ atMs }) => atMs);
          expect(moments[0]).toBe(plan.startsAtMs);
          expect(moments.at(-1)).toBeLessThan(plan.endsAtMs);
          for (const [place, later] of moments.slice(1).entries())
            expect(later).toBeGreaterThan(moments[place] ?? later);
        }
      }
    }),
    { numRuns: 15 },
  );
});

test("a little over half of the ward is occupied, over the day and nearly so at any moment", () => {
  fc.assert(
    fc.property(seeds, (seed) => {
      for (const plan of twoDays(seed)) {
        const shares: number[] = [];
        for (let atMs = plan.startsAtMs; atMs < plan.endsAtMs; atMs += 10 * minuteMs) {
          const patients = bedIds.filter((bedId) => patientOf(truthAt(plan, bedId, atMs)) !== undefined);
          shares.push(patients.length / bedIds.length);
        }
        const average = shares.reduce((sum, share) => sum + share, 0) / shares.length;
        expect(average).toBeGreaterThan(0.5);
        expect(average).toBeLessThan(0.65);
        expect(shares.filter((share) => share > 0.35 && share < 0.8).length / shares.length).toBeGreaterThan(
          0.8,
        );
      }
    }),
    { numRuns: 15 },
  );
});

test("at 60 ward minutes a minute, twelve beds change every five to ten seconds", () => {
  fc.assert(
    fc.property(seeds, (seed) => {
      const plan = planWardDay({ bedIds: bedIds.slice(0, 12), seed });
      const changes = changesOf(plan).length;
      const secondsBetween = (24 * 60) / changes;
      expect(secondsBetween).toBeGreaterThan(5);
      expect(secondsBetween).toBeLessThan(10);
    }),
    { numRuns: 15 },
  );
});

test("every bed that begins clean is checked within the time given, one after the other", () => {
  fc.assert(
    fc.property(seeds, fc.integer({ min: 1, max: 60 }), (seed, withinMinutes) => {
      const plan = planWardDay({ bedIds, seed, checkedWithinMs: withinMinutes * minuteMs });
      const empty = bedIds.filter((bedId) => truthAt(plan, bedId, 0).kind === "clean");
      const checks = empty.map((bedId) => plan.beds.get(bedId)?.slice(0, 3) ?? []);
      expect(empty).toHaveLength(6);
      for (const check of checks) {
        expect(check.map(({ truth }) => nameOf(truth))).toEqual(["clean", "cleaning: day-begins", "clean"]);
        expect(check.at(2)?.atMs).toBeLessThan(withinMinutes * minuteMs);
      }
      expect(new Set(checks.map((check) => check.at(1)?.atMs)).size).toBe(empty.length);
    }),
  );
});

test("toilet trips last three to ten ward minutes, and a stay that begins lasts at least three hours", () => {
  const trips: number[] = [];
  const stays: number[] = [];
  for (const seed of [1, 2, 3, 4, 5]) {
    for (const changes of planWardDay({ bedIds, seed }).beds.values()) {
      for (const [place, { atMs, truth }] of changes.entries()) {
        const next = changes[place + 1];
        if (nameOf(truth) === "out-of-bed: toilet" && next !== undefined)
          trips.push((next.atMs - atMs) / minuteMs);
        const end = changes.slice(place).find((change) => change.truth.kind === "awaiting-cleaning");
        const admitted = truth.kind === "in-bed" && changes[place - 1]?.truth.kind === "clean";
        if (admitted && end !== undefined) stays.push((end.atMs - atMs) / minuteMs);
      }
    }
  }
  expect(trips.length).toBeGreaterThan(50);
  expect(Math.min(...trips)).toBeGreaterThanOrEqual(3);
  expect(Math.max(...trips)).toBeLessThanOrEqual(10);
  expect(stays.length).toBeGreaterThan(50);
  expect(Math.min(...stays)).toBeGreaterThanOrEqual(180);
});

test("the next day goes on where the day before ended", () => {
  const [first, second] = twoDays(3);
  expect(second.startsAtMs).toBe(first.endsAtMs);
  for (const bedId of bedIds) {
    expect(truthAt(second, bedId, second.startsAtMs)).toEqual(truthAt(first, bedId, first.endsAtMs - 1));
  }
  expect(dayAt(first, second.startsAtMs)).toEqual(second);
});

test("a patient who went for a scan in the bed is in it, and the day's end leaves them where they were", () => {
  fc.assert(
    fc.property(seeds, (seed) => {
      const [first, second] = twoDays(seed);
      for (const bedId of bedIds) {
        const last = first.beds.get(bedId)?.at(-1);
        expect(second.beds.get(bedId)?.at(0)).toMatchObject({ truth: last?.truth, sinceMs: last?.sinceMs });
      }
    }),
    { numRuns: 20 },
  );
});

test("children weigh 10 to 25 kg and only lie in children's beds", () => {
  const childrensBedIds = new Set(bedIds.slice(0, 4));
  for (const seed of [1, 2, 3, 4, 5]) {
    for (const { bedId, truth } of changesOf(planWardDay({ bedIds, seed, childrensBedIds }))) {
      const weightKg = patientOf(truth)?.weightKg;
      if (weightKg === undefined) continue;
      expect(weightKg).toBeGreaterThanOrEqual(childrensBedIds.has(bedId) ? 10 : 48);
      expect(weightKg).toBeLessThanOrEqual(childrensBedIds.has(bedId) ? 25 : 110);
    }
  }
});

/** Without what only says how the day begins. */
function changesOf(plan: WardDayPlan): BedChange[] {
  return [...plan.beds.values()].flat().filter(({ atMs }) => atMs > plan.startsAtMs);
}

function truthAt(plan: WardDayPlan, bedId: string, atMs: number): BedTruth {
  const truth = plan.beds.get(bedId)?.findLast((change) => change.atMs <= atMs)?.truth;
  if (truth === undefined) throw new RangeError(`${bedId} has no truth at ${atMs} ms`);
  return truth;
}

function nameOf(truth: BedTruth): string {
  if (truth.kind === "out-of-bed") return `out-of-bed: ${truth.where}`;
  return truth.kind === "cleaning" ? `cleaning: ${truth.because}` : truth.kind;
}

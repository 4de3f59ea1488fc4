/** What must hold for every need and every bed. */
import fc from "fast-check";
import { expect, test } from "vitest";
import { AXIS_VALUES } from "../../contracts/bed/axes.ts";
import { deriveBed } from "../../contracts/bed/derive.ts";
import { type BedCandidate, matchBed } from "../../contracts/booking/match.ts";
import { byScore } from "../../contracts/booking/rank-beds.ts";
import { AGE_BANDS, FEATURES, LEVELS_OF_CARE, SEX_RULES, SEXES } from "../../contracts/booking/vocabulary.ts";
import { ROOM_CONDITIONS, ROOM_ISOLATIONS } from "../../contracts/wire/bed-event.ts";
import type { BedNeed } from "../../contracts/wire/booking.ts";
import { NOW_MS } from "../support/bed-facts.ts";
import { bedNeed, type CandidateTold, candidate } from "../support/bed-need.ts";

/** The first often, or hardly a bed would fit. */
const mostly = <Value>(first: Value, ...others: readonly Value[]) =>
  fc.oneof({ weight: 12, arbitrary: fc.constant(first) }, fc.constantFrom(first, ...others));
const someFeatures = fc.subarray(["oxygen", "telemetry", "single-room"] as const);

const anyBed: fc.Arbitrary<BedCandidate> = fc
  .record({
    hospital: mostly("north", "south"),
    profile: fc.option(
      fc.record({
        levelOfCare: mostly("intensive", ...LEVELS_OF_CARE),
        features: fc.oneof(fc.constant([...FEATURES]), someFeatures),
        ageBands: fc.constantFrom(["adult"], ["adult", "child"], [...AGE_BANDS]),
        sexRule: mostly("any", ...SEX_RULES),
        patientMassKgMax: fc.constantFrom(null, 100, 250),
      }),
      { nil: null, freq: 20 },
    ),
    bed: fc.record({
      occupancy: mostly("absent", ...AXIS_VALUES.occupancy),
      assignment: mostly("none", ...AXIS_VALUES.assignment),
      readiness: mostly("clean", ...AXIS_VALUES.readiness),
      service: mostly("open", ...AXIS_VALUES.service),
      infection: mostly("none", ...AXIS_VALUES.infection),
      room: mostly("within-limits", ...ROOM_CONDITIONS),
      isolation: fc.constantFrom(...ROOM_ISOLATIONS),
      withoutSensor: mostly(false, true),
      evidenceAgeMs: mostly(1_000, 59_000, 61_000, null),
      declaredVacantForMs: fc.constantFrom(0, 60_000),
    }),
    assignmentSource: mostly("bookings", "none", "adt"),
    roommates: fc.oneof({ weight: 3, arbitrary: fc.constant([]) }, fc.array(fc.constantFrom(...SEXES))),
  })
  .map((told) => candidate(told as CandidateTold));

const anyNeed: fc.Arbitrary<BedNeed> = fc
  .record({
    levelOfCare: mostly("intensive", ...LEVELS_OF_CARE),
    features: someFeatures,
    isolation: fc.constantFrom("none", "none", "contact", "droplet", "airborne", "protective"),
    sex: fc.constantFrom(...SEXES),
    patientMassKg: fc.constantFrom(undefined, 80, 120),
  })
  .map(bedNeed);

const fits = (need: BedNeed, bed: BedCandidate) => matchBed(need, bed, NOW_MS).misfits.length === 0;

test("asking for more never brings a bed that did not fit before", () => {
  let lost = 0;
  const more = fc.oneof(
    fc
      .constantFrom(...FEATURES)
      .map((feature) => (need: BedNeed) => ({ ...need, features: [...need.features, feature] })),
    fc.constant((need: BedNeed) => ({ ...need, patientMassKg: (need.patientMassKg ?? 90) + 80 })),
    fc.constant((need: BedNeed) => bedNeed({ ...need, hospitalId: "south" })),
  );
  fc.assert(
    fc.property(anyNeed, anyBed, more, (need, bed, add) => {
      const before = fits(need, bed);
      const after = fits(add(need), bed);
      if (before && !after) lost++;
      expect(after && !before).toBe(false);
    }),
    { numRuns: 4_000 },
  );
  expect(lost).toBeGreaterThan(20);
});

test("isolation brings none either, but the beds that are isolated already", () => {
  fc.assert(
    fc.property(anyNeed, anyBed, (need, bed) => {
      fc.pre(need.isolation !== "none" && bed.facts.axes.infection.value !== "isolated");
      if (fits(need, bed)) expect(fits({ ...need, isolation: "none" }, bed)).toBe(true);
    }),
    { numRuns: 3_000 },
  );
});

test("what fits is proven or declared, of the level or above, with all that is asked", () => {
  let offered = 0;
  fc.assert(
    fc.property(anyNeed, anyBed, (need, bed) => {
      const { misfits, basis } = matchBed(need, bed, NOW_MS);
      if (misfits.length > 0) return;
      offered++;
      const derived = deriveBed(bed.facts, NOW_MS, {
        isolation: ["contact", "droplet", "airborne"].includes(need.isolation),
      });
      expect(basis === "verified" ? derived.bookable.ok : derived.offerable.ok).toBe(true);
      expect(bed.assignmentSource).toBe("bookings");
      expect(bed.profile?.features).toEqual(expect.arrayContaining(need.features));
      if (need.levelOfCare === "intensive") expect(bed.profile?.levelOfCare).toBe("intensive");
      if (need.isolation !== "none") expect(bed.roommates).toEqual([]);
      if (need.isolation === "airborne")
        expect([bed.facts.roomIsolation, bed.facts.roomCondition]).toEqual([
          "negative-pressure",
          "within-limits",
        ]);
    }),
    { numRuns: 4_000 },
  );
  expect(offered).toBeGreaterThan(50);
});

test("each misfit is named once, with words", () => {
  fc.assert(
    fc.property(anyNeed, anyBed, (need, bed) => {
      const { misfits } = matchBed(need, bed, NOW_MS);
      expect(new Set(misfits.map(({ code }) => code)).size).toBe(misfits.length);
      for (const { text } of misfits) expect(text).toMatch(/ wanted$/);
    }),
  );
});

test("the order of beds is the same from whichever order they come in", () => {
  const bed = fc.record({
    bedId: fc.stringMatching(/^[a-z0-9-]{1,4}$/),
    score: fc.integer({ min: 0, max: 3 }),
  });
  const beds = fc.uniqueArray(bed, { selector: ({ bedId }) => bedId, minLength: 1 });
  fc.assert(
    fc.property(
      beds.chain((list) =>
        fc.tuple(fc.constant(list), fc.shuffledSubarray(list, { minLength: list.length })),
      ),
      ([list, shuffled]) => {
        expect(shuffled.toSorted(byScore)).toEqual(list.toSorted(byScore));
      },
    ),
  );
});

/** What must hold for every bed that can be, however odd. */
import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { AXIS_VALUES, type Axis, type AxisValue } from "../../../contracts/bed/axes.ts";
import { type BedFacts, deriveBed } from "../../../contracts/bed/derive.ts";
import { isGatewaySilent } from "../../../contracts/bed/freshness.ts";
import { SENSOR_DOUBTS } from "../../../contracts/bed/occupancy-source.ts";
import { ROOM_CONDITIONS, ROOM_ISOLATIONS } from "../../../contracts/wire/bed-event.ts";
import { NOW_MS } from "../../support/bed-facts.ts";

/** Around every limit: 2 and 3 intervals, 30 s, 60 s, 10 and 30 minutes, and a little in the future. */
const age = fc.oneof(
  fc.constantFrom(0, 10_000, 10_001, 30_000, 30_001, 60_000, 60_001, 600_000, 600_001, 1_800_000, 1_800_001),
  fc.integer({ min: -5_000, max: 7_200_000 }),
);
const moment = age.map((ageMs) => NOW_MS - ageMs);
const orNull = <Value>(arbitrary: fc.Arbitrary<Value>) => fc.option(arbitrary, { nil: null, freq: 8 });
/** The value that a bookable bed has comes often, or bookable beds would hardly come at all. */
const axis = <A extends Axis>(name: A, free: AxisValue<A>) =>
  fc.record({
    value: fc.oneof(
      { weight: 5, arbitrary: fc.constant(free) },
      fc.constantFrom<AxisValue<A>>(...AXIS_VALUES[name]),
    ),
    sinceMs: orNull(moment),
  });

/** The first of them often, for the same reason. */
const mostly = <Value>(first: Value, ...others: readonly Value[]) =>
  fc.oneof({ weight: 9, arbitrary: fc.constant(first) }, fc.constantFrom(first, ...others));

const anyFacts: fc.Arbitrary<BedFacts> = fc.record({
  axes: fc.record({
    occupancy: axis("occupancy", "absent"),
    assignment: axis("assignment", "none"),
    readiness: axis("readiness", "clean"),
    service: axis("service", "open"),
    infection: axis("infection", "none"),
    staffing: axis("staffing", "staffed"),
  }),
  settling: fc.option(fc.record({ candidate: fc.constantFrom(...AXIS_VALUES.occupancy) }), {
    nil: null,
    freq: 2,
  }),
  occupancySource: orNull(
    fc.record({
      expectedIntervalMs: fc.constantFrom(100, 1_000, 5_000, 60_000),
      lastObservedAtMs: orNull(moment),
    }),
  ),
  doubt: mostly(...SENSOR_DOUBTS),
  gatewayLastHeardAtMs: orNull(moment),
  roomCondition: mostly(...ROOM_CONDITIONS),
  roomIsolation: mostly(...ROOM_ISOLATIONS),
  isLeaving: fc.boolean(),
  declaredVacant: orNull(fc.record({ atMs: moment, untilMs: moment })),
});
const anyNeed = fc.record({ isolation: fc.boolean() });

const always = (holds: (facts: BedFacts, need: { isolation: boolean }) => void) =>
  fc.assert(fc.property(anyFacts, anyNeed, holds), { numRuns: 3_000 });

describe("of any bed", () => {
  test("bookable means open, staffed, clean, unclaimed, seen empty, settled, on fresh evidence and unopposed", () => {
    let bookable = 0;
    always((facts, need) => {
      const derived = deriveBed(facts, NOW_MS, need);
      if (!derived.bookable.ok) return;
      bookable++;
      const { axes } = facts;
      expect(axes).toMatchObject({
        service: { value: "open" },
        staffing: { value: "staffed" },
        readiness: { value: "clean" },
        assignment: { value: "none" },
        occupancy: { value: "absent" },
        infection: { value: need.isolation ? expect.stringMatching(/^(none|isolated)$/) : "none" },
      });
      expect([facts.settling, derived.conflict, facts.doubt]).toEqual([null, null, "none"]);
      expect([facts.roomIsolation, facts.roomCondition]).toSatisfy(
        ([isolation, condition]) => isolation === "none" || condition === "within-limits",
      );
      expect(["fresh", "late"]).toContain(derived.freshness);
      expect(isGatewaySilent(facts.gatewayLastHeardAtMs, NOW_MS)).toBe(false);
      expect(derived.verification).toBe("verified");
    });
    expect(bookable).toBeGreaterThan(20);
  });

  test("shown as available means seen empty on evidence that is not stale", () => {
    let available = 0;
    always((facts) => {
      const derived = deriveBed(facts, NOW_MS);
      if (derived.display !== "available") return;
      available++;
      expect(facts.axes.occupancy.value).toBe("absent");
      expect(["fresh", "late"]).toContain(derived.freshness);
      expect(["verified", "conflict"]).toContain(derived.verification);
    });
    expect(available).toBeGreaterThan(20);
  });

  test("a verdict is yes exactly where there is no reason against it, and no reason is named twice", () => {
    always((facts, need) => {
      const { bookable, offerable } = deriveBed(facts, NOW_MS, need);
      for (const { ok, reasons } of [bookable, offerable]) {
        expect(ok).toBe(reasons.length === 0);
        expect(new Set(reasons).size).toBe(reasons.length);
      }
    });
  });

  test("no bed is offered on a person's word and on a sensor's at once", () => {
    always((facts, need) => {
      const { bookable, offerable } = deriveBed(facts, NOW_MS, need);
      expect(bookable.ok && offerable.ok).toBe(false);
    });
  });

  test("growing older alone frees no bed", () => {
    fc.assert(
      fc.property(anyFacts, anyNeed, fc.integer({ min: 1, max: 86_400_000 }), (facts, need, laterMs) => {
        const now = deriveBed(facts, NOW_MS, need);
        const later = deriveBed(facts, NOW_MS + laterMs, need);
        if (!now.bookable.ok) expect(later.bookable.ok).toBe(false);
        if (!now.offerable.ok) expect(later.offerable.ok).toBe(false);
        if (now.display !== "available") expect(later.display).not.toBe("available");
      }),
      { numRuns: 3_000 },
    );
  });
});

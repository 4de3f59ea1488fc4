/** What a bed's gateway, its claim and people say together: never more bookable than either says. */
import * as fc from "fast-check";
import { expect, test } from "vitest";
import { applyBedEvent } from "../../cloud/ingest/apply-bed-event.ts";
import {
  type Bed,
  type BedClaim,
  type BedWord,
  EVENTS_ALONE,
  type KnownBed,
} from "../../cloud/registry/bed.ts";
import { derivedAt } from "../../cloud/registry/bed-view.ts";
import { composeAxes } from "../../cloud/registry/compose-axes.ts";
import { AXIS_VALUES } from "../../contracts/bed/axes.ts";
import { LIVE_BOOKING_STATES } from "../../contracts/booking/states.ts";
import { Epoch, GatewayId, HospitalId } from "../../contracts/wire/ids.ts";
import { freeBed, START_MS } from "./records.ts";

const SOURCE = {
  hospitalId: HospitalId.parse("north"),
  gatewayId: GatewayId.parse("gw-north"),
  epoch: Epoch.parse("00000000000000a1"),
  clock: { offsetMs: 0, receivedAtMs: START_MS },
};

function freeKnown(): KnownBed {
  let bed: Bed | undefined;
  for (const event of freeBed("bed-1")) {
    const applied = applyBedEvent(bed, event, SOURCE);
    if (applied.kind === "refused") throw new Error(applied.reason);
    bed = applied.bed;
  }
  if (bed === undefined) throw new Error("no event made a bed");
  const axes = Object.fromEntries(
    Object.entries(bed.axes).map(([axis, fact]) => [axis, { ...fact, sinceMs: START_MS }]),
  ) as Bed["axes"];
  return {
    ...EVENTS_ALONE,
    bed: { ...bed, axes },
    liveSeq: 1,
    gatewayLastHeardAtMs: START_MS,
    lastObservedAtMs: { "mat-1": START_MS },
  };
}
const FREE = freeKnown();

const claim = (fields: Partial<BedClaim> = {}): BedClaim => ({
  bookingId: "b1",
  state: "held",
  sinceMs: START_MS,
  expiresAtMs: START_MS + 1_000,
  role: "emergency-coordinator",
  reservedAtMs: null,
  dischargeOrderedAtMs: null,
  isLeaving: false,
  ...fields,
});
const word = (fields: Partial<BedWord>): BedWord =>
  ({
    axis: "service",
    value: "blocked",
    sinceMs: START_MS + 1,
    untilMs: null,
    role: "nurse",
    ...fields,
  }) as BedWord;
const withAxis = (axis: keyof Bed["axes"], value: string, sinceMs = START_MS): KnownBed["bed"] => ({
  ...FREE.bed,
  axes: { ...FREE.bed.axes, [axis]: { ...FREE.bed.axes[axis], value, sinceMs } },
});

test("a free bed that nothing was said of is bookable", () => {
  expect(derivedAt(FREE, START_MS).bookable).toEqual({ ok: true, reasons: [] });
});

test("a hold takes the bed until its very end, and tells what then", () => {
  const held = { ...FREE, claim: claim() };
  expect(composeAxes(held, START_MS + 999).assignment).toMatchObject({
    value: "held",
    by: { kind: "declaration", who: "an emergency coordinator" },
    lapse: { atMs: START_MS + 1_000, to: "none" },
  });
  expect(composeAxes(held, START_MS + 1_000).assignment).toMatchObject({
    value: "none",
    sinceMs: START_MS + 1_000,
  });
});

test.each([
  ["blocked", "open", "blocked"],
  ["open", "blocked", "blocked"],
  ["closed", "blocked", "closed"],
  ["unknown", "open", "open"],
  ["out-of-service", "open", "out-of-service"],
] as const)("service: the gateway says %s, a person %s: it is %s", (gateways, persons, both) => {
  const known = { ...FREE, bed: withAxis("service", gateways), words: [word({ value: persons })] };
  expect(composeAxes(known, START_MS + 2).service.value).toBe(both);
});

test("readiness is what was said last, except that nobody calls a bed clean that somebody is in", () => {
  const dirty = {
    ...FREE,
    bed: withAxis("readiness", "dirty"),
    words: [word({ axis: "readiness", value: "clean" })],
  };
  expect(composeAxes(dirty, START_MS + 2).readiness.value).toBe("clean");
  const vacated = { ...FREE, words: [word({ axis: "readiness", value: "dirty", sinceMs: START_MS })] };
  expect(composeAxes(vacated, START_MS).readiness.value).toBe("dirty");
  const later = { ...dirty, bed: withAxis("readiness", "dirty", START_MS + 2) };
  expect(composeAxes(later, START_MS + 2).readiness.value).toBe("dirty");
  const { axes } = dirty.bed;
  const used = {
    ...dirty.bed,
    axes: { ...axes, occupancy: { ...axes.occupancy, value: "present" as const } },
  };
  expect(composeAxes({ ...dirty, bed: used }, START_MS + 2).readiness.value).toBe("dirty");
});

test("a claim counts also where bookings do not own the assignment", () => {
  const bed = { ...withAxis("assignment", "unknown"), assignmentSource: "none" as const };
  const known = { ...FREE, bed, claim: claim({ state: "reserved", expiresAtMs: null }) };
  expect(composeAxes(known, START_MS).assignment.value).toBe("reserved");
});

const anyWord = fc.oneof(
  ...(["service", "infection", "staffing", "readiness"] as const).map((axis) =>
    fc.record({
      axis: fc.constant(axis),
      value: fc.constantFrom(...AXIS_VALUES[axis]),
      sinceMs: fc.integer({ min: START_MS - 10, max: START_MS + 10 }),
      untilMs: fc.option(fc.integer({ min: START_MS, max: START_MS + 40 })),
      role: fc.constantFrom("nurse", "service"),
    }),
  ),
) as fc.Arbitrary<BedWord>;
const anyBed = fc
  .record({
    service: fc.constantFrom(...AXIS_VALUES.service),
    infection: fc.constantFrom(...AXIS_VALUES.infection),
    staffing: fc.constantFrom(...AXIS_VALUES.staffing),
    readiness: fc.constantFrom(...AXIS_VALUES.readiness),
    occupancy: fc.constantFrom(...AXIS_VALUES.occupancy),
  })
  .map((values): KnownBed["bed"] => ({
    ...FREE.bed,
    axes: Object.fromEntries(
      Object.entries(FREE.bed.axes).map(([axis, fact]) => [axis, { ...fact, ...saidOf(values, axis) }]),
    ) as Bed["axes"],
  }));
const saidOf = (values: Readonly<Record<string, string>>, axis: string) =>
  axis in values ? { value: values[axis] } : {};

test("nothing that is said makes a bed bookable that its gateway knows not to be, and no claim ever does", () => {
  const anyClaim = fc.option(
    fc.record({
      state: fc.constantFrom(...LIVE_BOOKING_STATES),
      expiresAtMs: fc.option(fc.integer({ min: START_MS, max: START_MS + 40 })),
    }),
  );
  const anyWords = fc.uniqueArray(anyWord, { selector: ({ axis }) => axis });
  fc.assert(
    fc.property(anyBed, anyWords, anyClaim, fc.nat(30), (bed, words, claimed, laterMs) => {
      const nowMs = START_MS + laterMs;
      const known = { ...FREE, bed, words, claim: claimed === null ? null : claim(claimed) };
      const { bookable } = derivedAt(known, nowMs);
      if (!bookable.ok) return;
      const live = known.claim !== null && (known.claim.expiresAtMs ?? Number.POSITIVE_INFINITY) > nowMs;
      expect(live).toBe(false);
      expect(bed.axes.occupancy.value).toBe("absent");
      for (const axis of ["service", "infection", "staffing"] as const) {
        const said = words.find(
          (each) => each.axis === axis && (each.untilMs === null || each.untilMs > nowMs),
        );
        const mildest = { service: "open", infection: "none", staffing: "staffed" }[axis];
        expect([mildest, "unknown"]).toContain(bed.axes[axis].value);
        if (said !== undefined) expect([mildest, "unknown"]).toContain(said.value);
      }
    }),
    { numRuns: 2_000 },
  );
});

test("a browser that derives from what lapses agrees with the service at every moment", () => {
  fc.assert(
    fc.property(anyBed, anyWord, fc.nat(40), fc.nat(40), (bed, said, sentMs, laterMs) => {
      const known = { ...FREE, bed, words: [said], claim: claim({ expiresAtMs: START_MS + 20 }) };
      const axes = composeAxes(known, START_MS + sentMs);
      const nowMs = START_MS + sentMs + laterMs;
      const now = composeAxes(known, nowMs);
      for (const axis of ["assignment", "service", "infection", "staffing", "readiness"] as const) {
        const { value, lapse } = axes[axis];
        expect(lapse !== undefined && lapse.atMs <= nowMs ? lapse.to : value).toBe(now[axis].value);
      }
    }),
    { numRuns: 2_000 },
  );
});

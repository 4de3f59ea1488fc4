/** Whatever a bed's devices say, in whatever order, with whatever silences and restarts between. */
import fc from "fast-check";
import { expect, test } from "vitest";
import { BedEvent } from "../../../contracts/wire/bed-event.ts";
import { nextDueMonoMs, passTime } from "../../../gateway/interpret/bed.ts";
import { Bedside } from "../../support/bedside.ts";
import { at } from "../../support/moments.ts";
import type { SmallHospital } from "../../support/wards.ts";

type Act = (bed: Bedside) => unknown;

const silence = fc.oneof(
  fc.integer({ min: 0, max: 70 }),
  fc.constantFrom(0, 1, 2, 5, 30, 60, 61, 600, 601, 700),
);
const act: fc.Arbitrary<Act> = fc.oneof(
  { weight: 4, arbitrary: fc.boolean().map((value) => (bed: Bedside) => bed.hears("occupancy", value)) },
  {
    weight: 2,
    arbitrary: fc.integer({ min: -5, max: 90 }).map((kg) => (bed: Bedside) => bed.hears("load", kg)),
  },
  {
    weight: 2,
    arbitrary: fc.constantFrom(null, 0, 72).map((rate) => (bed: Bedside) => bed.hears("pulse-rate", rate)),
  },
  { weight: 2, arbitrary: fc.boolean().map((pressed) => (bed: Bedside) => bed.hears("cleaning", pressed)) },
  {
    weight: 2,
    arbitrary: fc.boolean().map((value) => (bed: Bedside) => bed.keepsHearing("occupancy", value, 31)),
  },
  { weight: 6, arbitrary: silence.map((seconds) => (bed: Bedside) => bed.passes(seconds)) },
  { weight: 1, arbitrary: silence.map((seconds) => (bed: Bedside) => bed.restarts(seconds)) },
);
const small: fc.Arbitrary<SmallHospital> = fc.record({
  decides: fc.constantFrom("occupancy", "load", "pulse-rate", null),
  debounce: fc.constantFrom({}, { presentMs: 0, absentMs: 0 }, { presentMs: 5_000, absentMs: 0 }),
});

/** What somebody knows of the bed who hears the events alone, as the cloud does. */
function fold(events: readonly BedEvent[]) {
  const known = { occupancy: "unknown", readiness: "unknown", settling: null as string | null };
  for (const event of events) {
    if (event.kind === "occupancy-changed") Object.assign(known, { occupancy: event.to, settling: null });
    if (event.kind === "readiness-changed") known.readiness = event.to;
    if (event.kind === "occupancy-settling") known.settling = event.candidate;
  }
  return known;
}

const always = (holds: (bed: Bedside) => void) =>
  fc.assert(
    fc.property(small, fc.array(act, { maxLength: 40 }), (hospital, acts) => {
      const bed = new Bedside(hospital);
      for (const one of acts) {
        one(bed);
        holds(bed);
      }
    }),
    { numRuns: 300 },
  );

test("who hears the events alone knows what the gateway knows", () => {
  always(({ events, state }) => {
    const { occupancy, readiness, settling } = state;
    expect(fold(events)).toEqual({ occupancy, readiness, settling: settling?.candidate ?? null });
  });
});

test("no event says what was already so, and each fits the wire", () => {
  always(({ events }) => {
    for (const kind of ["occupancy-changed", "readiness-changed"] as const) {
      const told = events
        .filter((event) => event.kind === kind)
        .map((event) => ("to" in event ? event.to : ""));
      expect(told.some((to, index) => to === told[index - 1])).toBe(false);
    }
    expect(BedEvent.array().safeParse(events).success).toBe(true);
  });
});

test("where time alone changes a bed, the gateway was told to look", () => {
  always(({ place, state, second }) => {
    for (const ahead of [0, 1, 5, 30, 61, 601]) {
      const now = at(second + ahead);
      const due = nextDueMonoMs(place, state);
      if (passTime(place, state, now).state !== state) expect(due).toBeLessThanOrEqual(now.monoMs);
    }
  });
});

test("a bed of which nothing was heard for longer than its limit is never present or absent", () => {
  always(({ state, second, place }) => {
    if (place.deciders.length === 0 || state.lastEvidence === null) return;
    if (at(second).monoMs - state.lastEvidence.monoMs > 61_000) expect(state.occupancy).toBe("unknown");
  });
});

test("a bed that is written over in place tells the same, and what it told stays as it was told", () => {
  always(({ events, eventsOfKept }) => expect(eventsOfKept).toEqual(events));
});

/** What contradicts what, since when, and from when on somebody is asked to look. */
import { describe, expect, test } from "vitest";
import {
  arrivalAt,
  discrepanciesAt,
  givesWay,
  isDue,
  type LookedBed,
  type LookedClaim,
} from "../../contracts/booking/discrepancies.ts";
import {
  ASSIGNMENT_OF_BOOKING,
  DISCREPANCY_KINDS,
  LIVE_BOOKING_STATES,
} from "../../contracts/booking/states.ts";
import { bedFacts, NOW_MS, type Told } from "../support/bed-facts.ts";

const MIN = 60_000;

type Case = Told & {
  readonly claim?: Partial<LookedClaim> & Pick<LookedClaim, "state">;
  readonly claimMinutes?: number;
  readonly leftMinutes?: number;
};

function look({ claim, claimMinutes = 24 * 60, leftMinutes, ...told }: Case): LookedBed {
  const assignment = claim === undefined ? "none" : ASSIGNMENT_OF_BOOKING[claim.state];
  return {
    facts: bedFacts({ assignment, ...told }),
    claim:
      claim === undefined
        ? null
        : {
            bookingId: "b1",
            sinceMs: NOW_MS - claimMinutes * MIN,
            reservedAtMs: NOW_MS - claimMinutes * MIN,
            dischargeOrderedAtMs: null,
            isLeaving: false,
            ...claim,
          },
    leaver: leftMinutes === undefined ? null : { bookingId: "b0", endedAtMs: NOW_MS - leftMinutes * MIN },
    arrivalMs: 48 * 60 * MIN,
  };
}

function due(told: Case): string[] {
  const standings = discrepanciesAt(look(told), NOW_MS);
  return DISCREPANCY_KINDS.filter((kind) => isDue(kind, standings[kind], NOW_MS));
}

describe("due are", () => {
  test.each<[string, Case, string[]]>([
    ["a patient away for 29 minutes", { claim: { state: "admitted" }, occupancySinceMinutes: 29 }, []],
    ["a patient away for 30 minutes", { claim: { state: "admitted" }, occupancySinceMinutes: 30 }, ["ghost"]],
    ["a patient on leave", { claim: { state: "on-leave" }, occupancySinceMinutes: 600 }, []],
    [
      "a patient on the way to another bed",
      { claim: { state: "admitted", isLeaving: true }, occupancySinceMinutes: 600 },
      [],
    ],
    [
      "an empty bed that nobody hears",
      { claim: { state: "admitted" }, occupancySinceMinutes: 600, evidenceAgeMs: 10 * MIN },
      [],
    ],
    ["somebody for 9 minutes where nobody was put", { occupancy: "present", occupancySinceMinutes: 9 }, []],
    [
      "somebody for 10 minutes where nobody was put",
      { occupancy: "present", occupancySinceMinutes: 10 },
      ["squat"],
    ],
    [
      "somebody in a bed of unknown claims",
      { assignment: "unknown", occupancy: "present", occupancySinceMinutes: 600 },
      [],
    ],
    [
      "somebody in a held bed for a minute",
      { claim: { state: "held" }, occupancy: "present" },
      ["presence-on-claim"],
    ],
    [
      "somebody in a held bed that was just held",
      { claim: { state: "held" }, claimMinutes: 0, occupancy: "present" },
      [],
    ],
    ["somebody in a reserved bed", { claim: { state: "reserved" }, occupancy: "present" }, []],
    [
      "somebody in a reserved bed by a sensor in doubt",
      { claim: { state: "reserved" }, occupancy: "present", doubt: "contradiction" },
      ["presence-on-claim"],
    ],
    [
      "an empty bed whose discharge is ordered",
      { claim: { state: "admitted", dischargeOrderedAtMs: NOW_MS - MIN }, occupancySinceMinutes: 60 },
      ["vacated"],
    ],
    [
      "a patient who stays 44 minutes after discharge",
      { occupancy: "present", occupancySinceMinutes: 600, leftMinutes: 44 },
      [],
    ],
    [
      "a patient who stays 45 minutes after discharge",
      { occupancy: "present", occupancySinceMinutes: 600, leftMinutes: 45 },
      ["not-left"],
    ],
    [
      "somebody new after a discharge",
      { occupancy: "present", occupancySinceMinutes: 20, leftMinutes: 45 },
      ["squat"],
    ],
    ["a reservation of 47 hours", { claim: { state: "reserved" }, claimMinutes: 47 * 60 }, []],
    [
      "a reservation of 48 hours",
      { claim: { state: "assigned" }, claimMinutes: 48 * 60 },
      ["arrival-overdue"],
    ],
    [
      "a reserved bed that is closed",
      { claim: { state: "reserved" }, service: "closed" },
      ["closed-under-claim"],
    ],
    [
      "an admitted patient in a blocked bed",
      { claim: { state: "admitted" }, occupancy: "present", service: "blocked" },
      ["closed-under-claim"],
    ],
    ["a held bed that is closed: the hold is let go", { claim: { state: "held" }, service: "closed" }, []],
    ["a closed bed without a claim", { service: "closed" }, []],
  ])("%s", (_what, told, kinds) => {
    expect(due(told)).toEqual(kinds);
  });
});

test("of a bed that is not heard, what rests on its sensor is unknown and never gone", () => {
  for (const state of LIVE_BOOKING_STATES) {
    const heard = discrepanciesAt(look({ claim: { state }, occupancy: "present" }), NOW_MS);
    const silent = discrepanciesAt(
      look({ claim: { state }, occupancy: "present", evidenceAgeMs: 10 * MIN }),
      NOW_MS,
    );
    for (const kind of DISCREPANCY_KINDS)
      if (heard[kind].kind === "stands" && kind !== "closed-under-claim")
        expect(silent[kind].kind).toBe("unknown");
  }
});

test.each<[string, Case, boolean]>([
  ["held, in a bed that is closed", { claim: { state: "held" }, service: "out-of-service" }, true],
  ["asked for, in a bed that is blocked", { claim: { state: "requested" }, service: "blocked" }, true],
  ["reserved, in a bed that is closed", { claim: { state: "reserved" }, service: "closed" }, false],
  ["held, in a bed of which nothing is known", { claim: { state: "held" }, service: "unknown" }, false],
])("what is %s gives way: %s", (_what, told, gives) => {
  const looked = look(told);
  expect(givesWay(looked)).toBe(gives ? looked.claim?.bookingId : null);
});

describe("an arrival is", () => {
  test.each<[string, Case, boolean]>([
    ["a minute in a reserved bed", { claim: { state: "reserved" }, occupancy: "present" }, true],
    ["a minute in an assigned bed", { claim: { state: "assigned" }, occupancy: "present" }, true],
    [
      "not a shorter time",
      { claim: { state: "reserved" }, occupancy: "present", occupancySinceMinutes: 0.9 },
      false,
    ],
    ["not in a held bed", { claim: { state: "held" }, occupancy: "present" }, false],
    [
      "not by old evidence",
      { claim: { state: "reserved" }, occupancy: "present", evidenceAgeMs: 10 * MIN },
      false,
    ],
    [
      "not by a sensor in doubt",
      { claim: { state: "reserved" }, occupancy: "present", doubt: "suspect" },
      false,
    ],
    ["not in a bed without a claim", { occupancy: "present" }, false],
  ])("%s", (_what, told, arrived) => {
    expect(arrivalAt(look(told), NOW_MS) !== null).toBe(arrived);
  });
});

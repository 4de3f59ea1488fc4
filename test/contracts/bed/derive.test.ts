import { describe, expect, test } from "vitest";
import {
  BADGES,
  CONFLICTS,
  type Derived,
  DISPLAY_STATES,
  deriveBed,
  HL7_BED_CODES,
  REASONS,
  VERIFICATIONS,
} from "../../../contracts/bed/derive.ts";
import { bedFacts, NOW_MS, type Told } from "../../support/bed-facts.ts";

const derive = (told: Told, need?: { isolation: boolean }) => deriveBed(bedFacts(told), NOW_MS, need);

type Row = readonly [
  bed: string,
  told: Told,
  display: Derived["display"],
  hl7Code: Derived["hl7Code"],
  verification: Derived["verification"],
  badges: readonly Derived["badges"][number][],
  whyNotBookable: readonly Derived["bookable"]["reasons"][number][],
];

const ROWS: readonly Row[] = [
  ["free, proven and ready", {}, "available", "U", "verified", [], []],
  [
    "with somebody in it",
    { occupancy: "present", assignment: "admitted", readiness: "dirty" },
    "occupied",
    "O",
    "verified",
    [],
    ["readiness-dirty", "assignment-admitted", "present"],
  ],
  ["about to be used", { settling: "present" }, "available", "U", "verified", ["settling"], ["settling"]],
  [
    "just left",
    { occupancy: "present", assignment: "admitted", readiness: "dirty", settling: "absent" },
    "occupied",
    "O",
    "verified",
    ["settling"],
    ["readiness-dirty", "assignment-admitted", "present", "settling"],
  ],
  ["held", { assignment: "held" }, "reserved", "U", "verified", ["held"], ["assignment-held"]],
  ["reserved", { assignment: "reserved" }, "reserved", "U", "verified", [], ["assignment-reserved"]],
  ["assigned", { assignment: "assigned" }, "reserved", "U", "verified", [], ["assignment-assigned"]],
  [
    "whose patient is in the bathroom",
    { assignment: "admitted" },
    "occupied",
    "O",
    "verified",
    ["away"],
    ["assignment-admitted"],
  ],
  [
    "whose patient is on leave",
    { assignment: "on-leave" },
    "occupied",
    "O",
    "verified",
    ["away"],
    ["assignment-on-leave"],
  ],
  [
    "of which nobody knows the claims",
    { assignment: "unknown" },
    "available",
    "U",
    "verified",
    ["claims-unknown"],
    ["assignment-unknown"],
  ],
  [
    "used and empty again",
    { readiness: "dirty" },
    "cleaning",
    "H",
    "verified",
    ["awaiting-cleaning"],
    ["readiness-dirty"],
  ],
  ["being cleaned", { readiness: "cleaning" }, "cleaning", "H", "verified", [], ["readiness-cleaning"]],
  [
    "waiting to be inspected",
    { readiness: "inspect" },
    "cleaning",
    "H",
    "verified",
    ["awaiting-inspection"],
    ["readiness-inspect"],
  ],
  [
    "of which nobody said that it is clean",
    { readiness: "unknown" },
    "unknown",
    null,
    "verified",
    [],
    ["readiness-unknown"],
  ],
  ["blocked", { service: "blocked" }, "blocked", "C", "verified", [], ["service-blocked"]],
  [
    "closed, with somebody in it",
    { service: "closed", occupancy: "present" },
    "blocked",
    "C",
    "verified",
    [],
    ["service-closed", "present"],
  ],
  ["broken", { service: "out-of-service" }, "blocked", "C", "verified", [], ["service-out-of-service"]],
  [
    "of which nobody said that it is open",
    { service: "unknown" },
    "unknown",
    null,
    "verified",
    [],
    ["service-unknown"],
  ],
  ["without staff", { staffing: "unstaffed" }, "blocked", "C", "verified", ["unstaffed"], ["unstaffed"]],
  [
    "of which nobody said that it is staffed",
    { staffing: "unknown" },
    "unknown",
    null,
    "verified",
    [],
    ["staffing-unknown"],
  ],
  ["that isolates", { infection: "isolated" }, "available", "I", "verified", ["isolation"], ["isolated"]],
  ["contaminated", { infection: "contaminated" }, "cleaning", "K", "verified", [], ["contaminated"]],
  [
    "of which nobody knows the infection",
    { infection: "unknown" },
    "unknown",
    null,
    "verified",
    [],
    ["infection-unknown"],
  ],
  [
    "in a room out of its limits",
    { room: "out-of-limits" },
    "available",
    "U",
    "verified",
    ["room-out-of-limits"],
    [],
  ],
  ["whose sensor is late", { evidenceAgeMs: 30_000 }, "available", "U", "verified", [], []],
  ["whose sensor is silent", { evidenceAgeMs: 60_001 }, "unknown", null, "stale", [], ["evidence-stale"]],
  [
    "whose sensor was never heard",
    { evidenceAgeMs: null, occupancy: "unknown" },
    "unknown",
    null,
    "stale",
    [],
    ["occupancy-unknown", "evidence-stale"],
  ],
  ["whose gateway is silent", { gatewaySilentMs: 30_001 }, "unknown", null, "stale", [], ["gateway-silent"]],
  [
    "whose gateway was never heard",
    { gatewaySilentMs: null },
    "unknown",
    null,
    "stale",
    [],
    ["gateway-silent"],
  ],
  [
    "whose sensor speaks and cannot say",
    { occupancy: "unknown" },
    "unknown",
    null,
    "stale",
    [],
    ["occupancy-unknown"],
  ],
  [
    "that was settling when its sensor fell silent",
    { settling: "present", evidenceAgeMs: 60_001 },
    "unknown",
    null,
    "stale",
    [],
    ["settling", "evidence-stale"],
  ],
  [
    "last seen with somebody in it, an hour ago",
    { occupancy: "present", evidenceAgeMs: 3_600_000 },
    "unknown",
    null,
    "stale",
    [],
    ["present", "evidence-stale"],
  ],
  [
    "empty for half an hour with somebody admitted",
    { assignment: "admitted", occupancySinceMinutes: 30 },
    "occupied",
    "O",
    "verified",
    ["away"],
    ["assignment-admitted"],
  ],
  [
    "empty for longer with somebody admitted",
    { assignment: "admitted", occupancySinceMinutes: 31 },
    "occupied",
    "O",
    "conflict",
    ["away"],
    ["assignment-admitted", "conflict-ghost"],
  ],
  [
    "with a visitor on it",
    { occupancy: "present", occupancySinceMinutes: 10 },
    "occupied",
    "O",
    "verified",
    [],
    ["present"],
  ],
  [
    "with somebody in it whom nobody put there",
    { occupancy: "present", occupancySinceMinutes: 11 },
    "occupied",
    "O",
    "conflict",
    [],
    ["present", "conflict-squat"],
  ],
  [
    "with somebody in it, claims unknown",
    { occupancy: "present", assignment: "unknown", occupancySinceMinutes: 11 },
    "occupied",
    "O",
    "verified",
    [],
    ["assignment-unknown", "present"],
  ],
  ["without a sensor", { withoutSensor: true }, "unknown", null, "no-sensor", [], ["no-sensor"]],
  [
    "without a sensor, blocked",
    { withoutSensor: true, service: "blocked" },
    "blocked",
    "C",
    "no-sensor",
    [],
    ["service-blocked", "no-sensor"],
  ],
];

describe("a bed", () => {
  test.each(ROWS)("%s", (_bed, told, display, hl7Code, verification, badges, whyNotBookable) => {
    const { bookable, ...derived } = derive(told);
    expect(derived).toMatchObject({ display, hl7Code, verification });
    expect(derived.badges.toSorted()).toEqual(badges.toSorted());
    expect(bookable.reasons.toSorted()).toEqual(whyNotBookable.toSorted());
    expect(bookable.ok).toBe(whyNotBookable.length === 0);
  });
});

describe("a bed that a person vouches for", () => {
  test.each<[string, Told, Derived["offerable"]["reasons"]]>([
    ["without a sensor, seen empty", { withoutSensor: true, declaredVacantForMs: 60_000 }, []],
    ["without a sensor, of which nobody says so", { withoutSensor: true }, ["declaration-missing"]],
    [
      "without a sensor, seen empty too long ago",
      { withoutSensor: true, declaredVacantForMs: 0 },
      ["declaration-expired"],
    ],
    ["with a sensor that sees nobody", { declaredVacantForMs: 60_000 }, ["sensor-decides"]],
    [
      "with a sensor that sees somebody",
      { occupancy: "present", declaredVacantForMs: 60_000 },
      ["sensor-decides"],
    ],
    [
      "with a sensor that is silent",
      { evidenceAgeMs: 3_600_000, declaredVacantForMs: 60_000 },
      ["sensor-decides"],
    ],
    [
      "without a sensor, seen empty, and dirty",
      { withoutSensor: true, readiness: "dirty", declaredVacantForMs: 60_000 },
      ["readiness-dirty"],
    ],
  ])("%s", (_name, told, reasons) => {
    expect(derive(told).offerable).toEqual({ ok: reasons.length === 0, reasons });
  });

  test("is never booked as verified", () => {
    expect(derive({ withoutSensor: true, declaredVacantForMs: 60_000 }).bookable.reasons).toEqual([
      "no-sensor",
    ]);
  });
});

describe("a patient who needs isolation", () => {
  test("gets a bed that isolates, and no contaminated one", () => {
    expect(derive({ infection: "isolated" }, { isolation: true }).bookable.ok).toBe(true);
    expect(derive({ infection: "contaminated" }, { isolation: true }).bookable.reasons).toEqual([
      "contaminated",
    ]);
  });
});

test("what a person declares never outweighs somebody in the bed", () => {
  const declaredFree: Told = {
    service: "open",
    staffing: "staffed",
    readiness: "clean",
    infection: "none",
    assignment: "none",
  };
  const seen = derive({ ...declaredFree, occupancy: "present", declaredVacantForMs: 60_000 });
  expect({ display: seen.display, bookable: seen.bookable.ok, offerable: seen.offerable.ok }).toEqual({
    display: "occupied",
    bookable: false,
    offerable: false,
  });
});

test("the rows above meet every display state, badge, code, verification, conflict and reason", () => {
  const all = ROWS.map(([, told]) => derive(told));
  const people = [{ withoutSensor: true }, { withoutSensor: true, declaredVacantForMs: 0 }, {}].map((told) =>
    derive(told),
  );
  const met = (of: (derived: Derived) => readonly unknown[]) => new Set([...all, ...people].flatMap(of));
  expect(met((derived) => [derived.display])).toEqual(new Set(DISPLAY_STATES));
  expect(met((derived) => derived.badges)).toEqual(new Set(BADGES));
  expect(met((derived) => [derived.hl7Code])).toEqual(new Set([...HL7_BED_CODES, null]));
  expect(met((derived) => [derived.verification])).toEqual(new Set(VERIFICATIONS));
  expect(met((derived) => [derived.conflict?.kind ?? "none"])).toEqual(new Set([...CONFLICTS, "none"]));
  expect(met((derived) => [...derived.bookable.reasons, ...derived.offerable.reasons])).toEqual(
    new Set(REASONS),
  );
});

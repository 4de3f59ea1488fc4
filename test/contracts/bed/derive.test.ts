import { describe, expect, test } from "vitest";
import {
  BADGES,
  CONFLICTS,
  type Derived,
  DISPLAY_STATES,
  deriveBed,
  HL7_BED_CODES,
  type Hl7BedCode,
  REASONS,
  VERIFICATIONS,
} from "../../../contracts/bed/derive.ts";
import { bedFacts, NOW_MS, type Told } from "../../support/bed-facts.ts";

const derive = (told: Told, need?: { isolation: boolean }) => deriveBed(bedFacts(told), NOW_MS, need);

/** What the board says of it: display state, HL7 code or `-`, verification, then its badges. */
type Shown = `${Derived["display"]} ${Hl7BedCode | "-"} ${Derived["verification"]}${string}`;
/** A bed, what is known of it, what is shown, and why it cannot be booked; nothing: it can. */
type Row = readonly [bed: string, told: Told, shown: Shown, whyNot: string];

const ADMITTED = { occupancy: "present", assignment: "admitted", readiness: "dirty" } as const;
const LONG_PRESENT = { occupancy: "present", occupancySinceMinutes: 11 } as const;
const ROWS: readonly Row[] = [
  ["free, proven and ready", {}, "available U verified", ""],
  ["with somebody in it", ADMITTED, "occupied O verified", "readiness-dirty assignment-admitted present"],
  ["about to be used", { settling: "present" }, "available U verified settling", "settling"],
  [
    "just left",
    { occupancy: "present", settling: "absent" },
    "occupied O verified settling",
    "present settling",
  ],
  ["held", { assignment: "held" }, "reserved U verified held", "assignment-held"],
  ["reserved", { assignment: "reserved" }, "reserved U verified", "assignment-reserved"],
  ["assigned", { assignment: "assigned" }, "reserved U verified", "assignment-assigned"],
  [
    "whose patient is in the bathroom",
    { assignment: "admitted" },
    "occupied O verified away",
    "assignment-admitted",
  ],
  [
    "whose patient is on leave",
    { assignment: "on-leave" },
    "occupied O verified away",
    "assignment-on-leave",
  ],
  [
    "of unknown claims",
    { assignment: "unknown" },
    "available U verified claims-unknown",
    "assignment-unknown",
  ],
  ["used", { readiness: "dirty" }, "cleaning H verified awaiting-cleaning", "readiness-dirty"],
  ["being cleaned", { readiness: "cleaning" }, "cleaning H verified", "readiness-cleaning"],
  [
    "to be inspected",
    { readiness: "inspect" },
    "cleaning H verified awaiting-inspection",
    "readiness-inspect",
  ],
  [
    "that nobody called clean",
    { readiness: "unknown" },
    "unknown - verified empty-undeclared",
    "readiness-unknown",
  ],
  ["blocked", { service: "blocked" }, "blocked C verified", "service-blocked"],
  [
    "closed, and used",
    { service: "closed", occupancy: "present" },
    "blocked C verified",
    "service-closed present",
  ],
  ["broken", { service: "out-of-service" }, "blocked C verified", "service-out-of-service"],
  [
    "that nobody called open",
    { service: "unknown" },
    "unknown - verified empty-undeclared",
    "service-unknown",
  ],
  ["without staff", { staffing: "unstaffed" }, "blocked C verified unstaffed", "unstaffed"],
  [
    "that nobody called staffed",
    { staffing: "unknown" },
    "unknown - verified empty-undeclared",
    "staffing-unknown",
  ],
  ["that isolates", { infection: "isolated" }, "available I verified isolation", "isolated"],
  ["contaminated", { infection: "contaminated" }, "cleaning K verified", "contaminated"],
  [
    "of unknown infection",
    { infection: "unknown" },
    "unknown - verified empty-undeclared",
    "infection-unknown",
  ],
  ["in a room out of its limits", { room: "out-of-limits" }, "available U verified room-out-of-limits", ""],
  ["whose sensor is late", { evidenceAgeMs: 30_000 }, "available U verified", ""],
  ["whose sensor is silent", { evidenceAgeMs: 60_001 }, "unknown - stale", "evidence-stale"],
  ["whose sensor never spoke", { evidenceAgeMs: null }, "unknown - stale", "evidence-stale"],
  ["whose gateway is silent", { gatewaySilentMs: 30_001 }, "unknown - stale", "gateway-silent"],
  ["whose gateway never spoke", { gatewaySilentMs: null }, "unknown - stale", "gateway-silent"],
  ["whose sensor cannot say", { occupancy: "unknown" }, "unknown - stale", "occupancy-unknown"],
  [
    "silent as it settled",
    { settling: "present", evidenceAgeMs: 60_001 },
    "unknown - stale",
    "settling evidence-stale",
  ],
  [
    "used an hour ago",
    { occupancy: "present", evidenceAgeMs: 3_600_000 },
    "unknown - stale",
    "present evidence-stale",
  ],
  [
    "empty for half an hour with somebody admitted",
    { assignment: "admitted", occupancySinceMinutes: 30 },
    "occupied O verified away",
    "assignment-admitted",
  ],
  [
    "empty for longer with somebody admitted",
    { assignment: "admitted", occupancySinceMinutes: 31 },
    "occupied O conflict away",
    "assignment-admitted conflict-ghost",
  ],
  [
    "empty for longer, and its patient is to leave it",
    { assignment: "admitted", occupancySinceMinutes: 31, isLeaving: true },
    "occupied O verified away",
    "assignment-admitted",
  ],
  ["with a visitor on it", { ...LONG_PRESENT, occupancySinceMinutes: 10 }, "occupied O verified", "present"],
  ["with a squatter in it", LONG_PRESENT, "occupied O conflict", "present conflict-squat"],
  [
    "with somebody in it, claims unknown",
    { ...LONG_PRESENT, assignment: "unknown" },
    "occupied O verified",
    "assignment-unknown present",
  ],
  ["without a sensor", { withoutSensor: true }, "unknown - no-sensor", "no-sensor"],
  [
    "seen empty by a suspect sensor",
    { doubt: "suspect" },
    "available U verified sensor-suspect",
    "sensor-suspect",
  ],
  [
    "whose sensors disagree",
    { doubt: "contradiction", occupancy: "unknown" },
    "unknown - conflict sensors-disagree",
    "occupancy-unknown sensor-suspect",
  ],
  [
    "whose sensors disagreed when they were last heard",
    { doubt: "contradiction", occupancy: "unknown", evidenceAgeMs: 61_000 },
    "unknown - stale sensors-disagree",
    "occupancy-unknown evidence-stale sensor-suspect",
  ],
  ["in an isolation room that holds", { isolation: "negative-pressure" }, "available U verified", ""],
  [
    "in an isolation room that does not hold",
    { isolation: "negative-pressure", room: "out-of-limits" },
    "available U verified room-out-of-limits",
    "isolation-room-out-of-limits",
  ],
  [
    "in an isolation room of which nothing is heard",
    { isolation: "positive-pressure", room: "unknown" },
    "available U verified",
    "isolation-room-out-of-limits",
  ],
  [
    "in a common room that is too warm",
    { room: "out-of-limits" },
    "available U verified room-out-of-limits",
    "",
  ],
  [
    "without a sensor, blocked",
    { withoutSensor: true, service: "blocked" },
    "blocked C no-sensor",
    "service-blocked no-sensor",
  ],
];

const words = (text: string) => text.split(" ").filter((word) => word !== "");

describe("a bed", () => {
  test.each(ROWS)("%s", (_bed, told, shown, whyNot) => {
    const { display, hl7Code, verification, badges, bookable } = derive(told);
    expect([display, hl7Code ?? "-", verification, ...badges]).toEqual(words(shown));
    expect(bookable).toEqual({ ok: whyNot === "", reasons: words(whyNot) });
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

describe("an isolation room that does not hold", () => {
  const leaking: Told = { isolation: "negative-pressure", room: "out-of-limits" };

  test.each([{ isolation: false }, { isolation: true }])("takes no patient, with %o", (need) => {
    const infection = need.isolation ? "isolated" : "none";
    expect(derive({ ...leaking, infection }, need).bookable.reasons).toEqual([
      "isolation-room-out-of-limits",
    ]);
  });

  test("is not outweighed by a person's word that the bed is empty", () => {
    const seenEmpty = { ...leaking, withoutSensor: true, declaredVacantForMs: 60_000 };
    expect(derive(seenEmpty).offerable.reasons).toEqual(["isolation-room-out-of-limits"]);
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

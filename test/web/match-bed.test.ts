import { expect, test } from "vitest";
import { type BoardFilter, NO_FILTER } from "../../cloud/web/address/address.ts";
import { matchesFilter } from "../../cloud/web/board/match-bed.ts";
import { showBed } from "../../cloud/web/live/shown-bed.ts";
import type { BedProfileBody } from "../../contracts/booking/bed-profile.ts";
import { HospitalId } from "../../contracts/wire/ids.ts";
import { aBed, aGateway, NOW_MS } from "./a-bed.ts";

const profile = {
  levelOfCare: "intensive",
  features: ["ventilator-invasive", "single-room"],
  ageBands: ["adult"],
  sexRule: "any",
  patientMassKgMax: null,
} as const satisfies BedProfileBody;
const bed = showBed(aBed({ label: "3C", room: "Room 12", profile }), aGateway(), NOW_MS);

test.each<[string, Partial<BoardFilter>, boolean]>([
  ["everything passes no filter", {}, true],
  ["its hospital", { hospitalId: HospitalId.parse("north") }, true],
  ["another hospital", { hospitalId: HospitalId.parse("south") }, false],
  ["its state", { state: "available" }, true],
  ["another state", { state: "occupied" }, false],
  ["bookable as asked", { bookableOnly: true }, true],
  ["its label in any case", { text: "3c" }, true],
  ["its room and ward", { text: "room 12 intake" }, true],
  ["its verification", { text: "verified" }, true],
  ["words that do not all fit", { text: "3c maternity" }, false],
  ["its level of care, as the ward calls it", { text: "icu" }, true],
  ["what it offers", { text: "ventil single" }, true],
  ["isolation, which it is not under", { text: "iso" }, false],
  ["another level of care", { text: "maternity" }, false],
  ["nothing but spaces", { text: "   " }, true],
])("%s", (_name, filter, passes) => {
  expect(matchesFilter(bed, "Intake", { ...NO_FILTER, ...filter })).toBe(passes);
});

test("a bed that is not bookable does not pass for one", () => {
  const held = showBed(aBed({ axes: { assignment: "held" } }), aGateway(), NOW_MS);
  expect(matchesFilter(held, "Intake", { ...NO_FILTER, bookableOnly: true })).toBe(false);
});

test("a bed in which somebody is kept apart is found by that", () => {
  const isolated = showBed(aBed({ axes: { infection: "isolated" } }), aGateway(), NOW_MS);
  expect(matchesFilter(isolated, "Intake", { ...NO_FILTER, text: "iso" })).toBe(true);
});

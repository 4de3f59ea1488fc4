import { expect, test } from "vitest";
import { type BoardFilter, NO_FILTER } from "../../cloud/web/address/address.ts";
import { matchesFilter } from "../../cloud/web/board/match-bed.ts";
import { showBed } from "../../cloud/web/live/shown-bed.ts";
import { HospitalId } from "../../contracts/wire/ids.ts";
import { aBed, aGateway, NOW_MS } from "./a-bed.ts";

const bed = showBed(aBed({ label: "3C", room: "Room 12" }), aGateway(), NOW_MS);

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
  ["nothing but spaces", { text: "   " }, true],
])("%s", (_name, filter, passes) => {
  expect(matchesFilter(bed, "Intake", { ...NO_FILTER, ...filter })).toBe(passes);
});

test("a bed that is not bookable does not pass for one", () => {
  const held = showBed(aBed({ axes: { assignment: "held" } }), aGateway(), NOW_MS);
  expect(matchesFilter(held, "Intake", { ...NO_FILTER, bookableOnly: true })).toBe(false);
});

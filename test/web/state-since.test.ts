import { expect, test } from "vitest";
import { showBed } from "../../cloud/web/live/shown-bed.ts";
import { aBed, aGateway, type BedWords, MIN, NOW_MS } from "./a-bed.ts";

const HOURS_4 = 4 * 60 * MIN;

test.each<[string, BedWords, number | null, string, number | null]>([
  ["occupied since somebody lay down", { axes: { occupancy: "present" } }, 0, "occupied", 30 * MIN],
  [
    "occupied since the admission of who is away",
    { axes: { assignment: "on-leave" } },
    0,
    "occupied",
    HOURS_4,
  ],
  ["available since the newest of what makes it so", {}, 0, "available", 30 * MIN],
  ["cleaning since it was left dirty", { axes: { readiness: "dirty" } }, 0, "cleaning", 30 * MIN],
  ["cleaning since it was contaminated", { axes: { infection: "contaminated" } }, 0, "cleaning", HOURS_4],
  ["reserved since the reservation", { axes: { assignment: "reserved" } }, 0, "reserved", HOURS_4],
  ["blocked since it was blocked", { axes: { service: "blocked" } }, 0, "blocked", HOURS_4],
  ["blocked since nobody staffs it", { axes: { staffing: "unstaffed" } }, 0, "blocked", HOURS_4],
  ["unknown since the sensor lost its evidence", { axes: { occupancy: "unknown" } }, 0, "unknown", 30 * MIN],
  ["unknown since its evidence ran out", { heardAgoMs: 5 * MIN }, 0, "unknown", 4 * MIN],
  ["unknown since its gateway fell silent", {}, 2 * MIN, "unknown", 1.5 * MIN],
  ["unknown since the earlier of both", { heardAgoMs: 5 * MIN }, 2 * MIN, "unknown", 4 * MIN],
  ["unknown since nobody knows when: never heard", { heardAgoMs: null }, 0, "unknown", null],
  ["unknown since nobody knows when: no sensor", { sensor: false }, 0, "unknown", null],
])("%s", (_name, words, gatewayAgoMs, display, sinceAgoMs) => {
  const bed = showBed(aBed(words), aGateway("north", gatewayAgoMs), NOW_MS);
  expect(bed.display).toBe(display);
  expect(bed.sinceMs === null ? null : NOW_MS - bed.sinceMs).toBe(sinceAgoMs);
});

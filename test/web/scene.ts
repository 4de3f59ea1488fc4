/** A morning on two hospitals' boards, with one bed of every kind that a coordinator meets. */
import type { BedView } from "../../contracts/wire/board.ts";
import { aBed, at, type BedWords, MIN } from "./a-bed.ts";

const WARDS = {
  Intake: ["1A", "1B", "2A", "2B"],
  Medical: ["3A", "3B", "3C", "3D", "4A", "4B", "4C", "4D", "5A", "5B"],
};

const NORTH: Record<string, BedWords> = {
  "1A": { sinceAgoMs: 74 * MIN },
  "1B": {
    axes: { occupancy: "present", assignment: "admitted", readiness: "dirty" },
    sinceAgoMs: 7 * 60 * MIN,
  },
  "2A": { axes: { readiness: "cleaning" }, sinceAgoMs: 18 * MIN },
  "2B": { axes: { assignment: "reserved" }, sinceAgoMs: 12 * MIN },
  "3A": { axes: { occupancy: "present", readiness: "dirty" }, sinceAgoMs: 31 * 60 * MIN },
  "3B": { axes: { readiness: "dirty" }, sinceAgoMs: 41 * MIN },
  "3C": { sinceAgoMs: 55 * MIN, condition: "out-of-limits" },
  "3D": { axes: { occupancy: "present", readiness: "dirty" }, sinceAgoMs: 3 * 60 * MIN },
  "4A": { axes: { service: "blocked" }, sinceAgoMs: 26 * 60 * MIN },
  "4B": { heardAgoMs: 4 * MIN, sinceAgoMs: 90 * MIN },
  "4C": { settling: { candidate: "present", since: at(3_000), due: at(-2_000) }, heardAgoMs: 1_000 },
  "4D": { axes: { occupancy: "present", readiness: "dirty" }, heardAgoMs: 26_000 },
  "5A": {
    axes: { infection: "isolated", occupancy: "present", readiness: "dirty" },
    sinceAgoMs: 9 * 60 * MIN,
  },
  "5B": { sensor: false },
};
/** The mat and the pad say opposite things; the pad's finding names what each said. */
const DISAGREEING: BedWords = {
  axes: { occupancy: "unknown" },
  sinceAgoMs: 9 * MIN,
  sources: [
    { deviceId: "south-mat-09", decides: "occupancy", weight: 1, value: true, unit: null, vote: "present" },
    { deviceId: "south-pad-09", decides: "load", weight: 2, value: 0.3, unit: "kg", vote: "absent" },
    {
      deviceId: "south-monitor-09",
      decides: "pulse-rate",
      weight: 2,
      value: null,
      unit: null,
      vote: "unknown",
    },
  ],
  findings: [
    {
      deviceId: "south-mat-09",
      metric: "occupancy",
      kind: "contradiction",
      since: at(9 * MIN),
      detail:
        "Look into the bed, then at the sensor that is wrong: south-mat-09 says somebody is in it, south-pad-09 says it is empty.",
      evidence: [],
    },
    {
      deviceId: "south-pad-09",
      metric: "load",
      kind: "drifting",
      since: at(26 * 60 * MIN),
      detail:
        "The empty bed weighs 6.2 kg, more than 5 kg away from its zero. Take off what lies on it, then set its zero anew.",
      evidence: [],
    },
  ],
  heardAgoMs: 700,
};

const SOUTH: Record<string, BedWords> = {
  "1A": { axes: { occupancy: "present", assignment: "admitted", readiness: "dirty" } },
  "1B": { axes: { assignment: "admitted" }, sinceAgoMs: 44 * MIN },
  "2A": { sinceAgoMs: 3 * 60 * MIN },
  "2B": { axes: { occupancy: "present", readiness: "dirty" }, sinceAgoMs: 22 * MIN },
  "3A": { axes: { readiness: "inspect" }, sinceAgoMs: 6 * MIN },
  "3C": { axes: { staffing: "unstaffed" } },
  "4A": DISAGREEING,
  "4B": { isolation: "negative-pressure", condition: "out-of-limits", sinceAgoMs: 20 * MIN },
  "5B": { sensor: false },
};
const OTHERS: BedWords = { axes: { occupancy: "present", readiness: "dirty" }, sinceAgoMs: 5 * 60 * MIN };

export function sceneBeds(): BedView[] {
  return [...hospitalBeds("north", NORTH), ...hospitalBeds("south", SOUTH)];
}

function hospitalBeds(hospital: string, kinds: Record<string, BedWords>): BedView[] {
  let number = 0;
  return Object.entries(WARDS).flatMap(([ward, labels]) =>
    labels.map((label) => {
      number += 1;
      return aBed({
        id: `${hospital}-bed-${String(number).padStart(2, "0")}`,
        label,
        hospital,
        ward,
        room: `Room ${label.slice(0, 1)}`,
        assignmentSource: ward === "Intake" ? "bookings" : "none",
        heardAgoMs: 1_000 + ((number * 2_700) % 9_000),
        ...claimed(ward, kinds[label] ?? OTHERS),
      });
    }),
  );
}

/** In a ward without a source of claims, nobody knows of any. */
function claimed(ward: string, kind: BedWords): BedWords {
  return ward === "Intake" ? kind : { ...kind, axes: { ...kind.axes, assignment: "unknown" } };
}

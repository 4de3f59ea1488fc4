/** Which bed fits which need, case by case, and what is said of those that do not. */
import { describe, expect, test } from "vitest";
import { misfitsOf } from "../../contracts/booking/match.ts";
import { NOW_MS } from "../support/bed-facts.ts";
import { bedNeed, type CandidateTold, candidate } from "../support/bed-need.ts";

type NeedTold = Parameters<typeof bedNeed>[0];

describe("a bed is offered", () => {
  test.each<[string, NeedTold, CandidateTold]>([
    ["that is free, proven and of the level", {}, {}],
    ["of intensive care for high dependency", { levelOfCare: "high-dependency" }, {}],
    [
      "that has more than is asked",
      { features: ["oxygen"] },
      { profile: { features: ["oxygen", "dialysis"] } },
    ],
    [
      "in a single room for contact isolation",
      { isolation: "contact" },
      { profile: { features: ["single-room"] } },
    ],
    [
      "under negative pressure for airborne",
      { isolation: "airborne" },
      { bed: { isolation: "negative-pressure" } },
    ],
    [
      "under positive pressure to protect",
      { isolation: "protective" },
      { bed: { isolation: "positive-pressure" } },
    ],
    ["under negative pressure to who needs none", {}, { bed: { isolation: "negative-pressure" } }],
    [
      "that is isolated, to who needs that",
      { isolation: "airborne" },
      { bed: { isolation: "negative-pressure", infection: "isolated" } },
    ],
    ["in an empty bay to anybody", { sex: "unknown" }, { profile: { sexRule: "same-as-bay" } }],
    [
      "in a bay of women to a woman",
      { sex: "female" },
      { profile: { sexRule: "same-as-bay" }, roommates: ["female", "female"] },
    ],
    ["that carries the patient exactly", { patientMassKg: 250 }, { profile: { patientMassKgMax: 250 } }],
    ["whose limit nobody has said", { patientMassKg: 250 }, {}],
    ["of the only hospital that is wanted", { hospitalId: "north" }, {}],
    [
      "without a sensor, on a person's word",
      {},
      { bed: { withoutSensor: true, declaredVacantForMs: 60_000 } },
    ],
  ])("%s", (_name, need, bed) => expect(misfitsOf(bedNeed(need), candidate(bed), NOW_MS)).toEqual([]));
});

describe("a bed is kept back, in words", () => {
  test.each<[string, NeedTold, CandidateTold, [string, string][]]>([
    [
      "of a lower level",
      {},
      { profile: { levelOfCare: "general" } },
      [["level-of-care", "general, intensive wanted"]],
    ],
    [
      "of high dependency for intensive",
      {},
      { profile: { levelOfCare: "high-dependency" } },
      [["level-of-care", "high-dependency, intensive wanted"]],
    ],
    [
      "of critical care for general",
      { levelOfCare: "general" },
      {},
      [["level-of-care", "intensive, general wanted"]],
    ],
    [
      "of no known level",
      {},
      { profile: null },
      [["level-of-care-unknown", "level of care not known, intensive wanted"]],
    ],
    [
      "without a feature",
      { features: ["dialysis", "oxygen"] },
      { profile: { features: ["oxygen"] } },
      [["feature-missing", "has oxygen, dialysis wanted"]],
    ],
    [
      "in a bay for contact isolation",
      { isolation: "contact" },
      {},
      [["isolation-kind", "no single room, single room for contact isolation wanted"]],
    ],
    [
      "under positive pressure for droplets",
      { isolation: "droplet" },
      { profile: { features: ["single-room"] }, bed: { isolation: "positive-pressure" } },
      [["isolation-kind", "positive-pressure room, single room for droplet isolation wanted"]],
    ],
    [
      "in a single room for airborne",
      { isolation: "airborne" },
      { profile: { features: ["single-room"] } },
      [
        [
          "isolation-kind",
          "room without pressure of its own, negative-pressure room within limits for airborne isolation wanted",
        ],
      ],
    ],
    [
      "out of limits for airborne",
      { isolation: "airborne" },
      { bed: { isolation: "negative-pressure", room: "out-of-limits" } },
      [
        [
          "isolation-kind",
          "negative-pressure room out of limits, negative-pressure room within limits for airborne isolation wanted",
        ],
        ["isolation-room-out-of-limits", "its isolation room is not known to be within limits, that wanted"],
      ],
    ],
    [
      "shared, for isolation",
      { isolation: "airborne" },
      { bed: { isolation: "negative-pressure" }, roommates: ["unknown"] },
      [
        [
          "isolation-kind",
          "others lie in the room or are expected there, negative-pressure room within limits for airborne isolation wanted",
        ],
      ],
    ],
    [
      "isolated, for who is to be protected",
      { isolation: "protective" },
      { bed: { isolation: "positive-pressure", infection: "isolated" } },
      [["isolated", "in isolation, a bed without infection wanted"]],
    ],
    [
      "for children",
      {},
      { profile: { ageBands: ["child", "infant"] } },
      [["age-band", "for child and infant, adult wanted"]],
    ],
    [
      "in a bay of women for a man",
      { sex: "male" },
      { profile: { sexRule: "female" } },
      [["sex-rule", "female bay, place for sex male wanted"]],
    ],
    [
      "in a mixed bay by its patients",
      { sex: "male" },
      { profile: { sexRule: "same-as-bay" }, roommates: ["male", "female"] },
      [["sex-rule", "bay with male and female patients, place for sex male wanted"]],
    ],
    [
      "in a bay with somebody unknown",
      { sex: "male" },
      { profile: { sexRule: "same-as-bay" }, roommates: ["unknown"] },
      [["sex-rule", "bay with unknown patients, place for sex male wanted"]],
    ],
    [
      "in a bay, the patient's sex unknown",
      {},
      { profile: { sexRule: "same-as-bay" }, roommates: ["male"] },
      [["sex-rule", "bay with male patients, place for a patient of unknown sex wanted"]],
    ],
    [
      "too weak",
      { patientMassKg: 181 },
      { profile: { patientMassKgMax: 180 } },
      [["patient-mass", "up to 180 kg, 181 kg wanted"]],
    ],
    [
      "of another hospital",
      { hospitalId: "south" },
      {},
      [["other-hospital-only", "in north, a bed of south wanted"]],
    ],
    [
      "of a ward on another system",
      {},
      { assignmentSource: "adt" },
      [
        [
          "assignment-source",
          "its ward is booked in the hospital's own system, one that is booked here wanted",
        ],
      ],
    ],
    [
      "of a ward that takes no bookings, which counts once",
      {},
      { assignmentSource: "none", bed: { assignment: "unknown" } },
      [["assignment-source", "its ward takes no bookings, one that is booked here wanted"]],
    ],
    [
      "dirty and held",
      {},
      { bed: { readiness: "dirty", assignment: "held" } },
      [
        ["readiness-dirty", "awaits cleaning, a clean bed wanted"],
        ["assignment-held", "held for somebody, an unclaimed bed wanted"],
      ],
    ],
    [
      "on old evidence",
      {},
      { bed: { evidenceAgeMs: 61_000 } },
      [["evidence-stale", "evidence too old, fresh evidence wanted"]],
    ],
    [
      "without a sensor and without a word",
      {},
      { bed: { withoutSensor: true } },
      [["declaration-missing", "nobody has declared it empty, that wanted"]],
    ],
    [
      "on a word that has lapsed",
      {},
      { bed: { withoutSensor: true, declaredVacantForMs: 0 } },
      [["declaration-expired", "the word that it is empty has lapsed, a current one wanted"]],
    ],
  ])("%s", (_name, need, bed, expected) => {
    const misfits = misfitsOf(bedNeed(need), candidate(bed), NOW_MS);
    expect(misfits.map(({ code, text }) => [code, text])).toEqual(expected);
  });
});

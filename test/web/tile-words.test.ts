import { describe, expect, test } from "vitest";
import { changeSummary } from "../../cloud/web/board/change-summary.ts";
import { tileBadges } from "../../cloud/web/board/tile-badges.ts";
import { tileTowards } from "../../cloud/web/board/tile-keys.ts";
import { evidenceWords, isWeighed } from "../../cloud/web/drawer/EvidenceList.tsx";
import { timelineWords } from "../../cloud/web/drawer/timeline-words.ts";
import { showBed } from "../../cloud/web/live/shown-bed.ts";
import type { ShownBeds } from "../../cloud/web/live/shown-board.ts";
import { DeviceId } from "../../contracts/wire/ids.ts";
import { aBed, aFinding, aGateway, at, type BedWords, NOW_MS } from "./a-bed.ts";

const shown = (words: BedWords) => showBed(aBed(words), aGateway(), NOW_MS);
const words = (bed: BedWords) => tileBadges(shown(bed)).map((badge) => badge.words);
const settling = { candidate: "present", since: at(1_000), due: null } as const;

describe("a tile's badges", () => {
  test.each<[string, BedWords, string[]]>([
    ["bookable comes first", { condition: "out-of-limits" }, ["Bookable", "Room out of limits"]],
    ["what a sensor has begun to say", { settling }, ["Settling: in bed"]],
    [
      "that too where nothing is known yet",
      { settling, axes: { occupancy: "unknown" } },
      ["Settling: in bed"],
    ],
    ["not of a sensor that is long silent", { settling, heardAgoMs: 600_000 }, []],
    ["late evidence", { heardAgoMs: 25_000 }, ["Bookable", "Late"]],
    [
      "a conflict in words",
      { axes: { assignment: "admitted" }, sinceAgoMs: 3_600_000 },
      ["Admitted, but empty", "Patient away"],
    ],
    [
      "sensors that disagree, where a person has to look",
      { findings: [aFinding("contradiction")] },
      ["Sensors disagree"],
    ],
    ["a sensor that is suspect, plainly", { findings: [aFinding("stuck")] }, ["Sensor suspect"]],
  ])("%s", (_name, bed, expected) => expect(words(bed)).toEqual(expected));
});

describe("the evidence of one of several sources", () => {
  const pulse = {
    lane: "vitals",
    seq: 1,
    deviceId: DeviceId.parse("monitor-1"),
    metric: "pulse-rate",
    value: null,
    unit: null,
    observedAt: at(0),
    weight: 2,
  } as const;

  test("says that a pulse was there without saying which", () => {
    expect(evidenceWords({ ...pulse, vote: "present" })).toBe("Pulse rate, value not shown");
    expect(evidenceWords({ ...pulse, vote: "unknown" })).toBe("Pulse rate no value");
  });

  test("has a weight only where it is weighed against another", () => {
    expect(isWeighed(aBed())).toBe(false);
    const source = { weight: 1, value: true, unit: null, vote: "present" } as const;
    const sources = [
      { ...source, deviceId: "mat", decides: "occupancy" as const },
      { ...source, deviceId: "pad", decides: "load" as const },
    ];
    expect(isWeighed(aBed({ sources }))).toBe(true);
  });
});

describe("a line of a bed's history", () => {
  test.each([
    [null, "Nothing wrong with its sensors any more"],
    ["stuck, drifting", "Sensors: stuck, drifting"],
  ])("of findings that came to %s", (to, expected) => {
    expect(timelineWords({ kind: "sensor-findings-changed", to })).toBe(expected);
  });
});

describe("the summary for a screen reader", () => {
  const board = (...beds: BedWords[]): ShownBeds =>
    new Map(beds.map((bed, index) => [shown({ id: `north-bed-0${index}` }).bedId, shown(bed)]));
  const occupied: BedWords = { axes: { occupancy: "present" } };

  test("counts what became what", () => {
    expect(changeSummary(board(occupied, occupied, {}), board({}, {}, occupied))).toBe(
      "2 beds became available, 1 bed became occupied.",
    );
  });

  test("says nothing where nothing changed, or only came", () => {
    expect(changeSummary(board({}), board({}))).toBe("");
    expect(changeSummary(board(), board({}, occupied))).toBe("");
  });
});

describe("arrow keys", () => {
  const grid = [0, 1, 2, 3, 4].map((index) => ({ x: (index % 3) * 100, y: Math.floor(index / 3) * 50 }));
  test.each([
    [0, "ArrowRight", 1],
    [0, "ArrowLeft", null],
    [2, "ArrowRight", 3],
    [1, "ArrowDown", 4],
    [2, "ArrowDown", 4],
    [4, "ArrowUp", 1],
    [4, "ArrowDown", null],
    [-1, "ArrowDown", null],
  ] as const)("from %i, %s leads to %s", (from, key, to) => expect(tileTowards(grid, from, key)).toBe(to));
});

test.each([
  ["occupancy-changed", "present", "Occupancy: Somebody in bed"],
  ["readiness-changed", "dirty", "Readiness: Awaiting cleaning"],
  ["occupancy-settling", null, "Settled back"],
  ["occupancy-settling", "absent", "Settling: Empty"],
  ["room-condition-changed", "out-of-limits", "Room out of its limits"],
  ["bed-commissioned", null, "Put into service"],
  ["mattress-turned", "twice", "mattress-turned: twice"],
])("the timeline reads %s to %s as “%s”", (kind, to, expected) => {
  expect(timelineWords({ kind, to })).toBe(expected);
});

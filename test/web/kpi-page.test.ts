import { describe, expect, test } from "vitest";
import { BARS_HEIGHT, barsOf, topOf } from "../../cloud/web/kpi/bars.ts";
import {
  changeWords,
  FIGURES,
  figureWords,
  missingWords,
  spanWords,
} from "../../cloud/web/kpi/figure-words.ts";
import { kpiExports } from "../../cloud/web/kpi/kpi-exports.ts";
import { type PERIOD_NAMES, rangeOf, readPeriod } from "../../cloud/web/kpi/kpi-period.ts";
import { kpiRows } from "../../cloud/web/kpi/kpi-rows.ts";
import { ExportRequest } from "../../contracts/wire/exports.ts";
import { aKpi, someFigures } from "./a-kpi.ts";

const figure = (name: string) => FIGURES.find((each) => each.name === name) ?? FIGURES[0];
const HOUR_MS = 3_600_000;

describe("a period", () => {
  // A Thursday at noon, wherever this runs.
  const nowMs = new Date(2026, 10, 26, 12).getTime();
  const day = (...of: [number, number, number]) => new Date(...of).getTime();

  test.each<[(typeof PERIOD_NAMES)[number], number, number, number]>([
    ["today", day(2026, 10, 26), day(2026, 10, 27), day(2026, 10, 25)],
    ["yesterday", day(2026, 10, 25), day(2026, 10, 26), day(2026, 10, 24)],
    ["7d", day(2026, 10, 19), day(2026, 10, 26), day(2026, 10, 12)],
    ["last-week", day(2026, 10, 16), day(2026, 10, 23), day(2026, 10, 9)],
    ["30d", day(2026, 9, 27), day(2026, 10, 26), day(2026, 8, 27)],
    ["last-month", day(2026, 9, 1), day(2026, 10, 1), day(2026, 8, 1)],
  ])(
    "%s begins and ends at this browser's midnights, and the one before ends where it begins",
    (name, from, to, before) => {
      expect(rangeOf(name, nowMs)).toMatchObject({ fromMs: from, toMs: to, beforeFromMs: before });
    },
  );

  test("that is not over is compared with the day before up to the same time, others with all of the one before", () => {
    expect(rangeOf("today", nowMs + 90_500)).toMatchObject({
      beforeToMs: day(2026, 10, 25) + 12 * HOUR_MS + 60_000,
    });
    expect(rangeOf("7d", nowMs).beforeToMs).toBe(rangeOf("7d", nowMs).fromMs);
  });

  test("that the address does not know is the usual one", () => {
    expect(readPeriod("?period=last-month")).toBe("last-month");
    expect(readPeriod("?period=decade")).toBe(readPeriod(""));
  });
});

test("what is not known has its reason and is never 0", () => {
  const unknown = someFigures(0, { occupiedShare: null, missing: { occupiedShare: "occupancy-unknown" } });
  const occupied = figure("occupied");
  expect(occupied.read(unknown)).toBeNull();
  expect(missingWords(occupied, unknown)).toBe("occupancy never known");
  expect(changeWords(occupied, null, 0.5)).toBeNull();
  expect(changeWords(occupied, 0.5, null)).toBeNull();
  const [bar] = barsOf(occupied, [unknown], 1);
  expect(bar?.height).toBeNull();
});

test("figures and changes read as a coordinator says them", () => {
  expect(figureWords(figure("occupied"), 0.804)).toBe("80.4 %");
  expect(changeWords(figure("occupied"), 0.804, 0.75)).toBe("5.4 points more");
  expect(changeWords(figure("exit-to-clean"), 40 * 60_000, 55 * 60_000)).toBe("15 min less");
  expect(changeWords(figure("turnovers"), 4, 4)).toBe("as before");
  expect([0, 0.5, 59, 60, 312, 2_881].map((minutes) => spanWords(minutes * 60_000))).toEqual([
    "0 min",
    "30 s",
    "59 min",
    "1 h",
    "5 h 12 min",
    "2 d",
  ]);
});

test("bars of all wards have one scale, a share's up to the whole", () => {
  const rows = [{ periods: [someFigures(0), someFigures(1)] }, { periods: [someFigures(4)] }];
  expect(topOf(figure("occupied"), rows)).toBe(1);
  const top = topOf(figure("conflict"), rows);
  expect(top).toBe(someFigures(4).conflictMs);
  expect(barsOf(figure("conflict"), [someFigures(4)], top)[0]?.height).toBe(BARS_HEIGHT);
});

test("a ward's row stands beside the same ward of the period before", () => {
  const query = (from: string) => new URLSearchParams({ from, to: "2026-11-24T00:00:00Z", by: "day" });
  const before = aKpi(query("2026-11-17T00:00:00Z"));
  const rows = kpiRows(aKpi(query("2026-11-17T00:00:00Z")), {
    ...before,
    hospitals: before.hospitals.filter(({ hospitalId }) => hospitalId === "north"),
  });
  expect(rows.map(({ name, isSum, before: then }) => [name, isSum, then !== null])).toEqual([
    ["Northside General", true, true],
    ["Intake", false, true],
    ["Medical", false, true],
    ["Southbank Hospital", true, false],
    ["Intake", false, false],
    ["Medical", false, false],
  ]);
  expect(
    kpiRows(aKpi(query("2026-11-17T00:00:00Z")), undefined).every(({ before: then }) => then === null),
  ).toBe(true);
});

test("what is asked for as a file is what the service takes", () => {
  const wish = {
    hospital: "north",
    ward: "intake",
    fromMs: 0,
    toMs: HOUR_MS,
    by: "day",
    timeZone: "UTC",
  } as const;
  const requests = kpiExports(wish).map(({ request }) => ExportRequest.parse(request));
  expect(requests.map(({ format }) => format)).toEqual(["pdf", "xlsx", "csv"]);
  expect(requests[0]).toMatchObject({ hospital: "north", ward: "intake", to: "1970-01-01T01:00:00.000Z" });
  expect(kpiExports({ ...wish, hospital: null })[0]?.request).not.toHaveProperty("ward");
});

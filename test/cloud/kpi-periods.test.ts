import * as fc from "fast-check";
import { describe, expect, test } from "vitest";
import { percentile } from "../../cloud/kpi/figures.ts";
import { type Period, periodsOf, timeZoneOf } from "../../cloud/kpi/periods.ts";
import { HOUR_MS } from "./kpi-days.ts";

describe("periods", () => {
  const hours = (periods: readonly Period[] | null) =>
    periods?.map(({ fromMs, toMs }) => (toMs - fromMs) / HOUR_MS);
  const cut = (from: string, to: string, by: "day" | "week" | "month" | "whole", zone: string) => {
    const found = timeZoneOf(zone);
    if (found === null) throw new Error(`${zone} is not known here`);
    return periodsOf({ fromMs: Date.parse(from), toMs: Date.parse(to) }, by, found, 400);
  };

  test("days have 23 and 25 hours where clocks are changed", () => {
    expect(hours(cut("2026-03-28T00:00:00Z", "2026-03-30T23:00:00Z", "day", "Europe/London"))).toEqual([
      24, 23, 24,
    ]);
    expect(hours(cut("2026-10-23T23:00:00Z", "2026-10-27T00:00:00Z", "day", "Europe/London"))).toEqual([
      24, 25, 24,
    ]);
  });

  test("a day begins an hour late where midnight is left out, and once where it comes twice", () => {
    expect(
      cut("2018-11-03T12:00:00Z", "2018-11-05T12:00:00Z", "day", "America/Sao_Paulo")?.map(({ fromMs }) =>
        new Date(fromMs).toISOString(),
      ),
    ).toEqual(["2018-11-03T12:00:00.000Z", "2018-11-04T03:00:00.000Z", "2018-11-05T02:00:00.000Z"]);
    expect(hours(cut("2026-11-01T04:00:00Z", "2026-11-02T05:00:00Z", "day", "America/Havana"))).toEqual([25]);
  });

  test("weeks begin on Mondays, months on their first, and ranges cut off both ends", () => {
    expect(
      cut("2026-01-01T00:00:00Z", "2026-01-13T00:00:00Z", "week", "UTC")?.map(({ name }) => name),
    ).toEqual(["2026-01-01", "2026-01-05", "2026-01-12"]);
    expect(
      cut("2025-12-15T00:00:00Z", "2026-02-02T00:00:00Z", "month", "UTC")?.map(({ name }) => name),
    ).toEqual(["2025-12-15", "2026-01-01", "2026-02-01"]);
  });

  test.each([
    "Europe/London",
    "America/Sao_Paulo",
    "Asia/Kolkata",
    "Pacific/Apia",
    "Africa/Cairo",
    "Asia/Beirut",
  ])("in %s follow on each other without a gap, each on its own date", (zone) => {
    fc.assert(
      fc.property(
        fc.integer({ min: Date.UTC(2005, 0), max: Date.UTC(2027, 0) }),
        fc.integer({ min: 1, max: 40 * 24 * HOUR_MS }),
        fc.constantFrom("day" as const, "week" as const, "month" as const),
        (fromMs, lastsMs, by) => {
          const found = timeZoneOf(zone);
          const periods = found && periodsOf({ fromMs, toMs: fromMs + lastsMs }, by, found, 400);
          expect(periods?.[0]?.fromMs).toBe(fromMs);
          expect(periods?.at(-1)?.toMs).toBe(fromMs + lastsMs);
          for (const [place, { fromMs: startMs }] of periods?.slice(1).entries() ?? [])
            expect(startMs).toBe(periods?.[place]?.toMs);
          const names = periods?.map(({ name }) => name) ?? [];
          expect(names).toEqual([...new Set(names)].toSorted());
        },
      ),
      { numRuns: 40 },
    );
  });

  test("an unknown zone is none, and too many periods are too many", () => {
    expect(timeZoneOf("Europe/Lodnon")).toBeNull();
    expect(cut("2020-01-01T00:00:00Z", "2026-01-01T00:00:00Z", "day", "UTC")).toBeNull();
  });
});

test("percentiles are interpolated as a spreadsheet does", () => {
  expect(percentile([], 0.5)).toBeNull();
  expect(percentile([7], 0.9)).toBe(7);
  expect(percentile([10, 20, 30, 40], 0.5)).toBe(25);
  expect(percentile([10, 20, 30, 40], 0.9)).toBe(37);
});

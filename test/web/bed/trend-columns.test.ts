import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { gapAfterMs, nearestPoint, trendColumns } from "../../../cloud/web/charts/trend-columns.ts";
import { pointWords, readingWords, trendSummary } from "../../../cloud/web/charts/trend-words.ts";
import { valueRange } from "../../../cloud/web/charts/value-range.ts";
import type { SeriesPoints } from "../../../contracts/wire/history.ts";

const MIN = 60_000;

/** Points of a minute each; a value of null has nothing but a bad reading. */
function points(values: readonly (readonly [atMin: number, value: number | null])[]): SeriesPoints {
  const column = values.map(([, value]) => value);
  return {
    atMs: values.map(([atMin]) => atMin * MIN),
    min: column.map((value) => (value === null ? null : value - 2)),
    mean: column,
    max: column.map((value) => (value === null ? null : value + 3)),
    last: column,
    count: column.map((value) => (value === null ? 0 : 12)),
    bad: column.map((value) => (value === null ? 12 : 0)),
  };
}

const columnsOf = (
  values: readonly (readonly [number, number | null])[],
  intervalMs: number | null = 1_000,
) => trendColumns(points(values), MIN, intervalMs);

describe("a stretch without a gap", () => {
  test("goes on while points follow each other", () => {
    expect([
      ...columnsOf([
        [0, 80],
        [1, 81],
        [2, 82],
      ]).runs,
    ]).toEqual([0, 2]);
  });

  test("ends where points are missing, and a point by itself is a stretch of its own", () => {
    expect([
      ...columnsOf([
        [0, 80],
        [1, 81],
        [5, 82],
        [9, 83],
        [10, 84],
      ]).runs,
    ]).toEqual([0, 1, 2, 2, 3, 4]);
  });

  test("ends where readings were not used for long", () => {
    expect([
      ...columnsOf([
        [0, 80],
        [1, null],
        [2, null],
        [3, 83],
      ]).runs,
    ]).toEqual([0, 0, 3, 3]);
  });

  test("lasts as long as its device pauses: blood pressure is measured every ten minutes", () => {
    const values = [
      [0, 120],
      [10, 122],
      [20, 121],
    ] as const;
    expect([...columnsOf(values, 10 * MIN).runs]).toEqual([0, 2]);
    expect([...columnsOf(values, 1_000).runs]).toEqual([0, 0, 1, 1, 2, 2]);
  });

  test("of single readings ends by the device's own pace", () => {
    expect(gapAfterMs(null, 1_000)).toBe(MIN);
    expect(gapAfterMs(null, 5 * MIN)).toBe(15 * MIN);
    expect(gapAfterMs(2 * 60 * MIN, 1_000)).toBe(3 * 60 * MIN);
  });

  test("has every good point in it, once and in order, and no pair further apart than a gap", () => {
    const value = fc.option(fc.double({ min: 30, max: 200, noNaN: true }), { freq: 4 });
    const series = fc.array(fc.tuple(fc.integer({ min: 1, max: 4 }), value), { maxLength: 60 });
    fc.assert(
      fc.property(series, (steps) => {
        let atMin = 0;
        const values = steps.map(([step, of]) => {
          atMin += step;
          return [atMin, of] as const;
        });
        const { runs, atMs, mean } = columnsOf(values);
        const inRuns: number[] = [];
        for (let pair = 0; pair < runs.length; pair += 2) {
          const good: number[] = [];
          for (let index = runs[pair] ?? 0; index <= (runs[pair + 1] ?? -1); index++)
            if (!Number.isNaN(mean[index])) good.push(index);
          good.slice(1).forEach((index, nth) => {
            expect((atMs[index] ?? 0) - (atMs[good[nth] ?? 0] ?? 0)).toBeLessThanOrEqual(1.5 * MIN);
          });
          inRuns.push(...good);
        }
        expect(inRuns).toEqual(values.flatMap(([, of], index) => (of === null ? [] : [index])));
      }),
    );
  });
});

test("a point stands in the middle of its time, a single reading where it was observed", () => {
  expect(columnsOf([[3, 80]]).atMs[0]).toBe(3.5 * MIN);
  expect(trendColumns(points([[3, 80]]), null, 1_000).atMs[0]).toBe(3 * MIN);
});

test("the extent is of good readings alone", () => {
  expect(
    columnsOf([
      [0, 80],
      [1, null],
      [2, 90],
    ]).extent,
  ).toEqual({ low: 78, high: 93 });
  expect(columnsOf([[0, null]]).extent).toBeNull();
});

describe("the point nearest to a moment", () => {
  const columns = columnsOf([
    [0, 80],
    [1, 81],
    [10, 82],
  ]);
  test.each([
    ["before the first", -1, -1],
    ["on the first", 0.5, 0],
    ["nearer to the second", 1.2, 1],
    ["in the gap", 5, -1],
    ["on the last", 10.6, 2],
    ["after the last", 14, -1],
  ] as const)("%s", (_name, atMin, index) => {
    expect(nearestPoint(columns, atMin * MIN, MIN)).toBe(index);
  });

  test("there is none of an empty series", () => {
    expect(nearestPoint(columnsOf([]), 0, MIN)).toBe(-1);
  });
});

describe("the upright axis", () => {
  test("is not filled by the last digit of a steady pulse", () => {
    const [low, high] = valueRange([81, 82], 40);
    expect(high - low).toBeGreaterThan(40);
  });

  test("holds every value, and is never without height", () => {
    fc.assert(
      fc.property(
        fc.array(fc.double({ min: -1e6, max: 1e6, noNaN: true }), { maxLength: 8 }),
        fc.double({ min: 0, max: 100, noNaN: true }),
        (values, spanMin) => {
          const [low, high] = valueRange(values, spanMin);
          for (const value of values) expect(value >= low && value <= high).toBe(true);
          expect(high).toBeGreaterThan(low);
        },
      ),
    );
  });
});

describe("in words", () => {
  const columns = columnsOf([
    [540, 80],
    [541, null],
    [545, 90],
  ]);
  const nowMs = 545 * MIN;
  test("a point says what it is made of", () => {
    expect(readingWords(columns, 0, "/min", MIN, nowMs)).toMatch(
      /^\d\d:\d\d: lowest 78, mean 80, highest 83 \/min, of 12 readings$/,
    );
    expect(readingWords(columns, 1, "/min", MIN, nowMs)).toMatch(/: 12 not used$/);
  });

  test("a trend says its extent, its gaps and what was not used", () => {
    expect(trendSummary("Pulse", "/min", [columns], 0, 8 * 60 * MIN)).toBe(
      "Pulse over 8 h: from 78 to 93 /min, 1 gap, 12 readings not used",
    );
    expect(trendSummary("Pulse", "/min", [], 0, MIN)).toBe("Pulse over 1 min: no readings");
  });

  test.each([
    [null, "Each point is one reading."],
    [1_000, "Each point is 1 second: lowest, mean, highest."],
    [5_000, "Each point is 5 seconds: lowest, mean, highest."],
    [3_600_000, "Each point is 1 hour: lowest, mean, highest."],
    [7_200_000, "Each point is 2 hours: lowest, mean, highest."],
    [604_800_000, "Each point is 1 week: lowest, mean, highest."],
  ])("points of %s", (everyMs, words) => {
    expect(pointWords(everyMs)).toBe(words);
  });
});

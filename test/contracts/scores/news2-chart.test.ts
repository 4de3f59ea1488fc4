import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { METRICS } from "../../../contracts/metrics/catalogue.ts";
import { type News2Input, type News2PartName, news2 } from "../../../contracts/scores/news2.ts";
import { scoreOf, value, WELL } from "./well.ts";

/** The published chart 1, copied by hand column by column, not from the code. Inclusive bounds. */
type Column = readonly [score: number, from: number, to: number];
const CHART = {
  respirationPerMin: [
    [3, 0, 8],
    [1, 9, 11],
    [0, 12, 20],
    [2, 21, 24],
    [3, 25, 120],
  ],
  spo2Scale1: [
    [3, 0, 91],
    [2, 92, 93],
    [1, 94, 95],
    [0, 96, 100],
  ],
  spo2Scale2Air: [
    [3, 0, 83],
    [2, 84, 85],
    [1, 86, 87],
    [0, 88, 92],
    [0, 93, 100],
  ],
  spo2Scale2Oxygen: [
    [3, 0, 83],
    [2, 84, 85],
    [1, 86, 87],
    [0, 88, 92],
    [1, 93, 94],
    [2, 95, 96],
    [3, 97, 100],
  ],
  systolicMmHg: [
    [3, 0, 90],
    [2, 91, 100],
    [1, 101, 110],
    [0, 111, 219],
    [3, 220, 300],
  ],
  pulsePerMin: [
    [3, 0, 40],
    [1, 41, 50],
    [0, 51, 90],
    [1, 91, 110],
    [2, 111, 130],
    [3, 131, 300],
  ],
  temperatureCel: [
    [3, 20.0, 35.0],
    [1, 35.1, 36.0],
    [0, 36.1, 38.0],
    [1, 38.1, 39.0],
    [2, 39.1, 45.0],
  ],
} as const satisfies Record<string, readonly Column[]>;

/** Every value of a column in steps of the chart's own resolution. */
function valuesOf(column: Column, step: number): number[] {
  const [, from, to] = column;
  const steps = Math.round((to - from) / step);
  return Array.from({ length: steps + 1 }, (_, index) => Number((from + index * step).toFixed(1)));
}

const ROWS: readonly [
  string,
  readonly Column[],
  number,
  News2PartName,
  (of: number) => Partial<News2Input>,
][] = [
  ["respiration", CHART.respirationPerMin, 1, "respiration", (of) => ({ respirationPerMin: value(of) })],
  ["saturation on scale 1", CHART.spo2Scale1, 1, "oxygen-saturation", (of) => ({ spo2Percent: value(of) })],
  [
    "saturation on scale 1, on oxygen",
    CHART.spo2Scale1,
    1,
    "oxygen-saturation",
    (of) => ({ spo2Percent: value(of), airOrOxygen: value("oxygen") }),
  ],
  [
    "saturation on scale 2, on air",
    CHART.spo2Scale2Air,
    1,
    "oxygen-saturation",
    (of) => ({ spo2Percent: value(of), spo2Scale: 2 }),
  ],
  [
    "saturation on scale 2, on oxygen",
    CHART.spo2Scale2Oxygen,
    1,
    "oxygen-saturation",
    (of) => ({ spo2Percent: value(of), spo2Scale: 2, airOrOxygen: value("oxygen") }),
  ],
  ["systolic pressure", CHART.systolicMmHg, 1, "systolic-pressure", (of) => ({ systolicMmHg: value(of) })],
  ["pulse", CHART.pulsePerMin, 1, "pulse", (of) => ({ pulsePerMin: value(of) })],
  ["temperature", CHART.temperatureCel, 0.1, "temperature", (of) => ({ temperatureCel: value(of) })],
];

describe("each part is as in the published chart", () => {
  test.each(ROWS)("%s, for every value that it can have", (_name, columns, step, part, given) => {
    let checked = 0;
    for (const column of columns)
      for (const of of valuesOf(column, step)) {
        expect([of, scoreOf(news2({ ...WELL, ...given(of) }), part)]).toEqual([of, column[0]]);
        checked += 1;
      }
    // The columns lie side by side without a hole, so that no value was left out.
    const [first] = columns;
    const last = columns.at(-1);
    expect(checked).toBe(Math.round(((last?.[2] ?? 0) - (first?.[1] ?? 0)) / step) + 1);
  });

  test.each([
    ["alert", 0],
    ["confusion", 3],
    ["voice", 3],
    ["pain", 3],
    ["unresponsive", 3],
  ] as const)("consciousness: %s is %i", (of, score) => {
    expect(scoreOf(news2({ ...WELL, consciousness: value(of) }), "consciousness")).toBe(score);
  });

  test("air is 0 and oxygen 2", () => {
    expect(scoreOf(news2(WELL), "air-or-oxygen")).toBe(0);
    expect(scoreOf(news2({ ...WELL, airOrOxygen: value("oxygen") }), "air-or-oxygen")).toBe(2);
  });
});

describe("values between the chart's bands are rounded first", () => {
  test.each([
    ["temperature just above 35", { temperatureCel: value(35.04) }, "temperature", 35, 3],
    ["temperature half way to 35.1", { temperatureCel: value(35.05) }, "temperature", 35.1, 1],
    ["temperature just above 38", { temperatureCel: value(38.049) }, "temperature", 38, 0],
    ["temperature half way to 39.1", { temperatureCel: value(39.05) }, "temperature", 39.1, 2],
    ["pulse between 90 and 91", { pulsePerMin: value(90.4) }, "pulse", 90, 0],
    ["pulse half way to 91", { pulsePerMin: value(90.5) }, "pulse", 91, 1],
    ["saturation between 91 and 92", { spo2Percent: value(91.5) }, "oxygen-saturation", 92, 2],
  ] as const)("%s", (_name, given, part, shown, score) => {
    const result = news2({ ...WELL, ...given });
    expect(scoreOf(result, part)).toBe(score);
    expect(result.parts.find(({ name }) => name === part)?.value).toBe(shown);
  });

  test("so that every value that a device can send has a score", () => {
    const { min, max } = METRICS["body-temperature"];
    fc.assert(
      fc.property(fc.double({ min, max, noNaN: true }), (of) => {
        expect(scoreOf(news2({ ...WELL, temperatureCel: value(of) }), "temperature")).not.toBeNull();
      }),
    );
  });
});

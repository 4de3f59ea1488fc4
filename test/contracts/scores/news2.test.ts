import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { METRICS } from "../../../contracts/metrics/catalogue.ts";
import {
  CONSCIOUSNESS,
  type Given,
  NEWS2_PARTS,
  type News2,
  type News2Input,
  type News2PartName,
  news2,
} from "../../../contracts/scores/news2.ts";
import { news2Advice } from "../../../contracts/scores/news2-words.ts";

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

const value = <T>(of: T): Given<T> => ({ kind: "value", value: of });
const gone = { kind: "missing", reason: "no sensor" } as const;

/** Nothing is wrong with this patient: every part is 0. */
const WELL: News2Input = {
  respirationPerMin: value(16),
  spo2Percent: value(98),
  spo2Scale: 1,
  airOrOxygen: value("air"),
  systolicMmHg: value(120),
  pulsePerMin: value(70),
  consciousness: value("alert"),
  temperatureCel: value(37),
};

const PART_OF = {
  respirationPerMin: "respiration",
  spo2Percent: "oxygen-saturation",
  airOrOxygen: "air-or-oxygen",
  systolicMmHg: "systolic-pressure",
  pulsePerMin: "pulse",
  consciousness: "consciousness",
  temperatureCel: "temperature",
} as const satisfies Record<string, News2PartName>;
type GivenName = keyof typeof PART_OF;
const GIVEN_NAMES = Object.keys(PART_OF) as GivenName[];

function scoreOf(result: News2, name: News2PartName): number | null {
  const part = result.parts.find((each) => each.name === name);
  return part !== undefined && "score" in part ? part.score : null;
}

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

describe("a part only grows on its way out of its normal band", () => {
  const NORMAL = {
    respirationPerMin: 16,
    spo2Percent: 97,
    systolicMmHg: 150,
    pulsePerMin: 70,
    temperatureCel: 37,
  };
  const METRIC_OF = {
    respirationPerMin: "respiratory-rate",
    spo2Percent: "spo2",
    systolicMmHg: "systolic-pressure",
    pulsePerMin: "pulse-rate",
    temperatureCel: "body-temperature",
  } as const;

  test.each(Object.keys(NORMAL) as (keyof typeof NORMAL)[])("%s", (name) => {
    const { min, max } = METRICS[METRIC_OF[name]];
    const normal = NORMAL[name];
    const score = (of: number) => scoreOf(news2({ ...WELL, [name]: value(of) }), PART_OF[name]) ?? -1;
    const far = fc.double({ min, max, noNaN: true });
    fc.assert(
      fc.property(far, fc.double({ min: 0, max: 1, noNaN: true }), (outside, part) => {
        const nearer = normal + (outside - normal) * part;
        expect(score(nearer)).toBeLessThanOrEqual(score(outside));
      }),
    );
  });

  test("saturation on scale 2 and oxygen grows both ways from 90", () => {
    const score = (of: number) =>
      scoreOf(
        news2({ ...WELL, spo2Scale: 2, airOrOxygen: value("oxygen"), spo2Percent: value(of) }),
        "oxygen-saturation",
      ) ?? -1;
    fc.assert(
      fc.property(
        fc.double({ min: 0, max: 100, noNaN: true }),
        fc.double({ min: 0, max: 1, noNaN: true }),
        (far, part) => {
          expect(score(90 + (far - 90) * part)).toBeLessThanOrEqual(score(far));
        },
      ),
    );
  });
});

describe("the total", () => {
  test("is the sum of all seven parts, 0 to 20", () => {
    expect(news2(WELL)).toMatchObject({ total: 0, risk: "low", missing: [], threes: [] });
    const worst = news2({
      respirationPerMin: value(30),
      spo2Percent: value(85),
      spo2Scale: 1,
      airOrOxygen: value("oxygen"),
      systolicMmHg: value(80),
      pulsePerMin: value(140),
      consciousness: value("unresponsive"),
      temperatureCel: value(34),
    });
    expect(worst).toMatchObject({ total: 20, risk: "high" });
    expect(worst.parts.map(({ name }) => name)).toEqual(NEWS2_PARTS);
  });

  const subsets = Array.from({ length: 2 ** GIVEN_NAMES.length - 1 }, (_, bits) =>
    GIVEN_NAMES.filter((_name, nth) => (bits >> nth) % 2 === 1),
  );

  test("is given from none of the 127 sets that lack a part, and the missing ones are named", () => {
    expect(subsets).toHaveLength(127);
    for (const known of subsets) {
      const lacking = GIVEN_NAMES.filter((name) => !known.includes(name));
      const result = news2({ ...WELL, ...Object.fromEntries(lacking.map((name) => [name, gone])) });
      expect(result.total).toBeNull();
      expect(result.risk).toBeNull();
      expect([...result.missing].sort()).toEqual(lacking.map((name) => PART_OF[name]).sort());
      for (const part of result.parts) {
        const isMissing = result.missing.includes(part.name);
        expect("missing" in part ? part.missing : null).toBe(isMissing ? "no sensor" : null);
        expect(part.value === null).toBe(isMissing);
      }
    }
  });

  test("is not given where a value is none that can be, however it got here", () => {
    for (const of of [Number.NaN, Number.POSITIVE_INFINITY, -1, 101])
      expect(news2({ ...WELL, spo2Percent: value(of) })).toMatchObject({
        total: null,
        missing: ["oxygen-saturation"],
      });
  });

  test("is not given on scale 2 above 92 % while nobody said what the patient breathes", () => {
    const unsaid = { ...WELL, spo2Scale: 2, airOrOxygen: gone } as const;
    expect(news2({ ...unsaid, spo2Percent: value(93) }).missing).toEqual([
      "oxygen-saturation",
      "air-or-oxygen",
    ]);
    // Below, the scale does not ask for it.
    expect(scoreOf(news2({ ...unsaid, spo2Percent: value(92) }), "oxygen-saturation")).toBe(0);
    expect(scoreOf(news2({ ...unsaid, spo2Percent: value(83) }), "oxygen-saturation")).toBe(3);
  });
});

describe("what a total asks for", () => {
  /** Breathes 21 to 24 (2), oxygen (2), pulse 111 to 130 (2), temperature 38.1 (1): totals without a part of 3. */
  const AT: Readonly<Record<0 | 1 | 4 | 5 | 6 | 7, News2Input>> = {
    0: WELL,
    1: { ...WELL, temperatureCel: value(38.5) },
    4: { ...WELL, respirationPerMin: value(22), airOrOxygen: value("oxygen") },
    5: { ...WELL, respirationPerMin: value(22), airOrOxygen: value("oxygen"), temperatureCel: value(38.5) },
    6: { ...WELL, respirationPerMin: value(22), airOrOxygen: value("oxygen"), pulsePerMin: value(120) },
    7: {
      ...WELL,
      respirationPerMin: value(22),
      airOrOxygen: value("oxygen"),
      pulsePerMin: value(120),
      temperatureCel: value(38.5),
    },
  };

  test.each([
    [0, "low", "every 12 hours"],
    [1, "low", "every 4 to 6 hours"],
    [4, "low", "every 4 to 6 hours"],
    [5, "medium", "every hour"],
    [6, "medium", "every hour"],
    [7, "high", "continuously"],
  ] as const)("%i is %s risk", (total, risk, advice) => {
    const result = news2(AT[total]);
    expect(result).toMatchObject({ total, risk, threes: [] });
    expect(news2Advice(result)).toContain(advice);
  });

  test("a single part of 3 asks for more than its total of 3 does", () => {
    const result = news2({ ...WELL, consciousness: value("confusion") });
    expect(result).toMatchObject({ total: 3, risk: "low-medium", threes: ["consciousness"] });
    expect(news2Advice(result)).toContain("every hour");
  });

  test("a part of 3 does not soften what the total asks for", () => {
    expect(news2({ ...AT[4], consciousness: value("voice") })).toMatchObject({ total: 7, risk: "high" });
    const medium = news2({ ...WELL, consciousness: value("voice"), airOrOxygen: value("oxygen") });
    expect(medium).toMatchObject({ total: 5, risk: "medium" });
  });

  test("a part of 3 is told without a total, and without one nothing is advised", () => {
    const result = news2({ ...WELL, pulsePerMin: value(140), temperatureCel: gone });
    expect(result).toMatchObject({ total: null, risk: null, threes: ["pulse"] });
    expect(news2Advice(result)).toContain("urgent review");
    expect(news2Advice(news2({ ...WELL, temperatureCel: gone }))).toBeNull();
  });

  test("every consciousness but alert is one of the threes", () => {
    for (const of of CONSCIOUSNESS)
      expect(news2({ ...WELL, consciousness: value(of) }).threes).toEqual(
        of === "alert" ? [] : ["consciousness"],
      );
  });
});

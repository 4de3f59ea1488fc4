import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { METRICS } from "../../../contracts/metrics/catalogue.ts";
import { CONSCIOUSNESS, NEWS2_PARTS, type News2Input, news2 } from "../../../contracts/scores/news2.ts";
import { news2Advice } from "../../../contracts/scores/news2-words.ts";
import { GIVEN_NAMES, gone, PART_OF, scoreOf, value, WELL } from "./well.ts";

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

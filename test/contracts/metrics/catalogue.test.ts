import { describe, expect, test } from "vitest";
import { isMetricName, isUnitOf, METRIC_NAMES, metricOf } from "../../../contracts/metrics/catalogue.ts";

/** The UCUM units that a bed, a monitor or a room speaks in. */
const UCUM = ["kg", "/min", "%", "Cel", "mm[Hg]", "[ppm]", "Pa"];

/** LOINC numbers end in a check digit after Luhn (modulus 10). */
function luhn(digits: string): number {
  const sum = [...digits].toReversed().reduce((total, digit, place) => {
    const doubled = Number(digit) * (place % 2 === 0 ? 2 : 1);
    return total + (doubled > 9 ? doubled - 9 : doubled);
  }, 0);
  return (10 - (sum % 10)) % 10;
}

describe.each(METRIC_NAMES)("%s", (name) => {
  const metric = metricOf(name);

  test("has a range, a lane and a name that fits a SenML record", () => {
    expect(metric.min).toBeLessThan(metric.max);
    expect(["vitals", "environment"]).toContain(metric.lane);
    expect(name).toMatch(/^[a-z0-9-]+$/);
  });

  test("has a UCUM unit where it is a number, and none where it is yes or no", () => {
    if (metric.kind === "number") expect(UCUM).toContain(metric.ucum);
    else expect([metric.ucum, metric.loinc, metric.min, metric.max]).toEqual([null, null, 0, 1]);
    expect(metric.alsoWritten).not.toContain(metric.ucum);
  });

  test("has a LOINC code with a right check digit, or none", () => {
    if (metric.loinc === null) return expect(metric.loinc).toBeNull();
    const [digits = "", check] = metric.loinc.split("-");
    expect(`${digits}-${luhn(digits)}`).toBe(`${digits}-${check}`);
  });
});

test("no LOINC code stands for two metrics", () => {
  const codes = METRIC_NAMES.map((name) => metricOf(name).loinc).filter((loinc) => loinc !== null);
  expect(new Set(codes).size).toBe(codes.length);
});

test("the twenty-six metrics of the wire are there, and nothing that an object inherits", () => {
  expect(METRIC_NAMES).toHaveLength(26);
  expect(["occupancy", "mood", "toString", "__proto__"].map(isMetricName)).toEqual([
    true,
    false,
    false,
    false,
  ]);
});

test.each<[string, "load" | "heart-rate" | "battery" | "occupancy", string, boolean]>([
  ["kilograms", "load", "kg", true],
  ["pounds", "load", "lb", false],
  ["beats a minute, as SenML writes it", "heart-rate", "beat/min", true],
  ["percent of a battery, as SenML writes it", "battery", "%EL", true],
  ["any unit of a yes or no", "occupancy", "1", false],
])("%s", (_name, metric, unit, isUnit) => {
  expect(isUnitOf(metric, unit)).toBe(isUnit);
});

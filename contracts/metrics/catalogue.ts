/**
 * Every metric that the system knows: its LOINC code where one exists, its UCUM unit, the range outside which a
 * value is kept but marked `bad` and never used, and the lane of the journal that carries it.
 * Sources: LOINC and UCUM as in the FHIR R4 vital-signs profiles; ranges after the ricu and MII data dictionaries;
 * SenML unit names from the IANA "SenML Units" registry.
 */
import type { Lane } from "../wire/ids.ts";

export type Metric = {
  readonly kind: "boolean" | "number";
  /** LOINC code, null where none is in use for it. */
  readonly loinc: string | null;
  /** UCUM unit of the stored value, null for booleans. */
  readonly ucum: string | null;
  /** Unit names a device may send for the same unit, without conversion. */
  readonly alsoWritten: readonly string[];
  readonly min: number;
  readonly max: number;
  readonly lane: Exclude<Lane, "beds">;
};

const number = (
  loinc: string | null,
  ucum: string,
  min: number,
  max: number,
  lane: Metric["lane"],
  alsoWritten: readonly string[] = [],
): Metric => ({ kind: "number", loinc, ucum, alsoWritten, min, max, lane });

const boolean = (lane: Metric["lane"]): Metric => ({
  kind: "boolean",
  loinc: null,
  ucum: null,
  alsoWritten: [],
  min: 0,
  max: 1,
  lane,
});

export const METRICS = {
  occupancy: boolean("vitals"),
  // An empty pad drifts a little below its tare; more than 5 kg below zero is a fault.
  load: number("29463-7", "kg", -5, 500, "vitals"),
  "heart-rate": number("8867-4", "/min", 0, 300, "vitals", ["beat/min"]),
  "pulse-rate": number("8889-8", "/min", 0, 300, "vitals", ["beat/min"]),
  "respiratory-rate": number("9279-1", "/min", 0, 120, "vitals"),
  spo2: number("59408-5", "%", 0, 100, "vitals"),
  "body-temperature": number("8310-5", "Cel", 20, 45, "vitals"),
  "systolic-pressure": number("8480-6", "mm[Hg]", 0, 300, "vitals", ["mmHg"]),
  "diastolic-pressure": number("8462-4", "mm[Hg]", 0, 200, "vitals", ["mmHg"]),
  "mean-pressure": number("8478-0", "mm[Hg]", 0, 250, "vitals", ["mmHg"]),
  etco2: number("19891-1", "mm[Hg]", 0, 150, "vitals", ["mmHg"]),
  "perfusion-index": number("61006-3", "%", 0, 20, "vitals"),
  "room-temperature": number("60832-3", "Cel", -10, 60, "environment"),
  "relative-humidity": number(null, "%", 0, 100, "environment", ["%RH"]),
  co2: number(null, "[ppm]", 0, 10_000, "environment", ["ppm"]),
  "differential-pressure": number(null, "Pa", -250, 250, "environment"),
  // One corner of a pad each; the pad's load is their sum.
  "load-cell-1": number(null, "kg", -50, 300, "vitals"),
  "load-cell-2": number(null, "kg", -50, 300, "vitals"),
  "load-cell-3": number(null, "kg", -50, 300, "vitals"),
  "load-cell-4": number(null, "kg", -50, 300, "vitals"),
  cleaning: boolean("vitals"),
  "bed-brake": boolean("environment"),
  "side-rail": boolean("environment"),
  "nurse-call": boolean("vitals"),
  "door-open": boolean("environment"),
  battery: number(null, "%", 0, 100, "environment", ["%EL"]),
} as const satisfies Record<string, Metric>;

export type MetricName = keyof typeof METRICS;
export const METRIC_NAMES = Object.keys(METRICS) as [MetricName, ...MetricName[]];

export function isMetricName(name: string): name is MetricName {
  return Object.hasOwn(METRICS, name);
}

export function metricOf(name: MetricName): Metric {
  return METRICS[name];
}

/** True where `unit` means the metric's own unit, by its UCUM name or another spelling of it. */
export function isUnitOf(name: MetricName, unit: string): boolean {
  const metric = metricOf(name);
  return metric.ucum === unit || metric.alsoWritten.includes(unit);
}

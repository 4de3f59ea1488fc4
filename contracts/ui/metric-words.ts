import type { MetricName } from "../metrics/catalogue.ts";

/** Metrics, units and values as a nurse would say them. The wire keeps to its names and to UCUM. */
export const METRIC_WORDS: Readonly<Record<MetricName, string>> = {
  occupancy: "Occupancy",
  load: "Load",
  "heart-rate": "Heart rate",
  "pulse-rate": "Pulse rate",
  "respiratory-rate": "Respiratory rate",
  spo2: "SpO₂",
  "body-temperature": "Body temperature",
  "systolic-pressure": "Systolic pressure",
  "diastolic-pressure": "Diastolic pressure",
  "mean-pressure": "Mean pressure",
  etco2: "End-tidal CO₂",
  "perfusion-index": "Perfusion index",
  "room-temperature": "Room temperature",
  "relative-humidity": "Relative humidity",
  co2: "CO₂",
  "differential-pressure": "Differential pressure",
  "load-cell-1": "Load cell 1",
  "load-cell-2": "Load cell 2",
  "load-cell-3": "Load cell 3",
  "load-cell-4": "Load cell 4",
  cleaning: "Cleaning mode",
  "bed-brake": "Brake",
  "side-rail": "Side rail",
  "nurse-call": "Nurse call",
  "door-open": "Door",
  battery: "Battery",
};

/** What true and false mean, where it is not yes and no. */
const BOOLEAN_WORDS: Readonly<Partial<Record<MetricName, readonly [string, string]>>> = {
  occupancy: ["somebody in bed", "empty"],
  cleaning: ["on", "off"],
  "bed-brake": ["set", "released"],
  "side-rail": ["up", "down"],
  "nurse-call": ["calling", "quiet"],
  "door-open": ["open", "closed"],
};

/** A unit as it stands beside a value; one that has no name of its own on the ward stands in UCUM. */
export function unitWords(unit: string): string {
  return UNIT_WORDS[unit] ?? unit;
}

const UNIT_WORDS: Readonly<Record<string, string>> = {
  Cel: "°C",
  "/min": "/min",
  "mm[Hg]": "mmHg",
  "[ppm]": "ppm",
};

export function valueWords(metric: MetricName, value: number | boolean | null, unit: string | null): string {
  if (value === null) return "no value";
  if (typeof value === "boolean") {
    const [yes, no] = BOOLEAN_WORDS[metric] ?? ["yes", "no"];
    return value ? yes : no;
  }
  // Three decimals at most: 0.1 + 0.2 comes from a register, not from a ward.
  const digits = String(Number(value.toFixed(3)));
  return unit === null ? digits : `${digits} ${unitWords(unit)}`;
}

/** Why a value is shown but not used. A reason that this page does not know stands as it came. */
export const BAD_REASON_WORDS: Readonly<Record<string, string>> = {
  "out-of-range": "out of range",
  "wrong-unit": "wrong unit",
  "wrong-type": "wrong type",
  "sensor-fault": "sensor fault",
};

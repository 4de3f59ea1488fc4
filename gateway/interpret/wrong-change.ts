/**
 * From one value to the next: more than this no patient, bed or room changes between two reports. One such step may be
 * an artefact or somebody lying down; a sensor that does it again and again says nothing. Chosen above what the recorded
 * oximetry in firmware-sim/recordings does while it is worn.
 */

import type * as z from "zod";
import type { MetricName } from "../../contracts/metrics/catalogue.ts";
import type { ReadingValue } from "../../contracts/wire/reading.ts";

// A pad's corners are not among them: whoever turns over moves half their weight from one to another.
const STEP_MAX: Readonly<Partial<Record<MetricName, number>>> = {
  load: 20,
  "heart-rate": 40,
  "pulse-rate": 40,
  "respiratory-rate": 30,
  spo2: 20,
  "body-temperature": 2,
  "room-temperature": 3,
  "relative-humidity": 20,
  co2: 2_000,
  "differential-pressure": 50,
};

type Value = z.infer<typeof ReadingValue>;

export function isWrongChange(metric: MetricName, before: Value | null, after: Value | null): boolean {
  // Once somebody sits down or gets up; eleven times in twenty reports nobody does.
  if (metric === "occupancy") return before !== null && after !== null && before !== after;
  const stepMax = STEP_MAX[metric];
  if (stepMax === undefined || typeof before !== "number" || typeof after !== "number") return false;
  return Math.abs(after - before) > stepMax;
}

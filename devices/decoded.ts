import type { MetricName } from "../contracts/metrics/catalogue.ts";
import { isUnitOf, metricOf } from "../contracts/metrics/catalogue.ts";
import type { BadReason } from "../contracts/wire/reading.ts";

/** One value as a decoder read it, before the gateway gives it a time and a place. */
export type DecodedValue = {
  readonly metric: MetricName;
  /** Null: the device said that it has no value. */
  readonly value: number | boolean | null;
  /** UCUM; as it came where it is not the metric's own; null for booleans. */
  readonly unit: string | null;
  readonly badReason: BadReason | null;
  /** The device's own time, milliseconds since 1970 UTC; null where it sent none or one without a zone. */
  readonly deviceTimeMs: number | null;
};

/** Why something could not be read. The list is closed: each is counted and shown under its name. */
export const UNREADABLE_REASONS = [
  "payload-too-large",
  "malformed-json",
  "malformed-senml",
  "unknown-metric",
  "metric-not-in-profile",
  "no-value",
  "not-a-value",
  "name-of-another-device",
  "malformed-line",
  "line-too-long",
  "malformed-frame",
  "short-reply",
  "wrong-topic",
] as const;
export type UnreadableReason = (typeof UNREADABLE_REASONS)[number];

/** What was expected, what came: a sentence for the engineer, never a patient's name. */
export type Unreadable = { readonly reason: UnreadableReason; readonly detail: string };

export type Decoded = {
  readonly values: readonly DecodedValue[];
  readonly unreadable: readonly Unreadable[];
};

export const unreadable = (reason: UnreadableReason, detail: string): Decoded => ({
  values: [],
  unreadable: [{ reason, detail }],
});

/**
 * Marks a value by the catalogue: of the wrong type or unit, or outside its plausible range. It is kept either way.
 * `unit` undefined: the device does not name one and the profile vouches for it.
 */
export function judge(
  metric: MetricName,
  value: number | boolean | null,
  unit: string | null | undefined,
  deviceTimeMs: number | null,
): DecodedValue {
  const entry = metricOf(metric);
  const unitIsRight = unit === undefined || (unit === null ? entry.ucum === null : isUnitOf(metric, unit));
  const badReason = badReasonOf(entry.kind, value, unitIsRight, entry.min, entry.max);
  // Half of a surrogate pair would not be the same text in the log, on the way to the cloud and in its database.
  const stored = unitIsRight ? entry.ucum : (unit?.toWellFormed() ?? null);
  return { metric, value, unit: stored, badReason, deviceTimeMs };
}

function badReasonOf(
  kind: "boolean" | "number",
  value: number | boolean | null,
  unitIsRight: boolean,
  min: number,
  max: number,
): BadReason | null {
  if (value === null) return null;
  if (typeof value !== kind) return "wrong-type";
  if (!unitIsRight) return "wrong-unit";
  if (typeof value === "number" && (value < min || value > max)) return "out-of-range";
  return null;
}

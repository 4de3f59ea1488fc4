/**
 * Readings as columns: what changes with every reading apart from what does not. The journal keeps them so, and the
 * sync sends them so.
 */
import { BAD_REASONS } from "./bad-reasons.ts";
import type { Reading } from "./reading.ts";

/** What stays the same from one reading of a source to the next. */
export type SeriesFacts = Pick<Reading, "deviceId" | "bedId" | "roomId" | "metric" | "unit">;

/**
 * A reading's flags in one small integer:
 *
 *   bits 0 to 2   0: good; else 1 + the reason's place in BadReason
 *   bit 3         observedAtMs is the device's own time, not the gateway's
 *   bit 4         the value is a boolean (0 or 1)
 *   bit 5         there is no value
 */
const BAD_MASK = 0b111;
const BY_DEVICE = 0b1000;
const IS_BOOLEAN = 0b1_0000;
const NO_VALUE = 0b10_0000;
/** Every flag that version 2 of the sync knows. */
export const READING_FLAGS_MAX = 0b11_1111;

export function flagsOf({
  badReason,
  observedBy,
  value,
}: Pick<Reading, "badReason" | "observedBy" | "value">) {
  return (
    (badReason === null ? 0 : 1 + BAD_REASONS.indexOf(badReason)) |
    (observedBy === "device" ? BY_DEVICE : 0) |
    (typeof value === "boolean" ? IS_BOOLEAN : 0) |
    (value === null ? NO_VALUE : 0)
  );
}

/** The value as a number that fits a column: 0 and 1 for booleans, 0 where there is none. */
export const numberOf = (value: Reading["value"]): number => (value === null ? 0 : Number(value));

/** Null for flags that say what no reading is. */
export function readFlags(
  flags: number,
  number: number,
): Pick<Reading, "value" | "quality" | "badReason" | "observedBy"> | null {
  if (!Number.isInteger(flags) || flags < 0 || flags > READING_FLAGS_MAX) return null;
  const bad = flags & BAD_MASK;
  const badReason = bad === 0 ? null : BAD_REASONS[bad - 1];
  if (badReason === undefined) return null;
  return {
    value: (flags & NO_VALUE) !== 0 ? null : (flags & IS_BOOLEAN) !== 0 ? number !== 0 : number,
    quality: badReason === null ? "good" : "bad",
    badReason,
    observedBy: (flags & BY_DEVICE) !== 0 ? "device" : "gateway",
  };
}

/** Limits, states and times outside, in words. */
import { durationWords } from "../../../contracts/ui/age-words.ts";
import { unitWords } from "../../../contracts/ui/metric-words.ts";
import type { RoomLimits, RowState } from "./room-rows.ts";
import type { TimeOutside } from "./time-outside.ts";

export const STATE_WORDS: Readonly<Record<RowState, string>> = {
  out: "Out of limits",
  stale: "Stale",
  bad: "Not used",
  "no-sensor": "No sensor",
  unknown: "Not known",
  within: "Within limits",
  "no-limit": "No limit set",
};

export const CONDITION_WORDS = {
  "within-limits": "Within limits",
  "out-of-limits": "Out of limits",
  unknown: "Not known",
} as const;

export const ISOLATION_WORDS = {
  none: null,
  "negative-pressure": "Isolation, negative pressure",
  "positive-pressure": "Protective, positive pressure",
} as const;

export function limitsWords(limits: RoomLimits | null, unit: string | null): string {
  if (limits === null || (limits.min === null && limits.max === null)) return "none";
  const unitText = unit === null ? "" : ` ${unitWords(unit)}`;
  if (limits.min === null) return `at most ${limits.max}${unitText}`;
  if (limits.max === null) return `at least ${limits.min}${unitText}`;
  return `${limits.min} to ${limits.max}${unitText}`;
}

/** What it rests on is part of it: means of points, over the time that was measured. */
export function outsideWords({ outsideMs, touchedMs, measuredMs }: TimeOutside, everyMs: number): string {
  const of = `of ${durationWords(measuredMs)} measured`;
  if (measuredMs === 0) return "nothing measured";
  if (touchedMs === 0) return `never, ${of}`;
  if (outsideMs === 0) return `now and then, no ${durationWords(everyMs)} on the whole, ${of}`;
  return `${durationWords(outsideMs)} ${of}`;
}

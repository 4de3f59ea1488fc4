/** What a trend says in words, for its foot, its read-out and whoever cannot see it. */
import { durationWords, intervalWords } from "../../../contracts/ui/age-words.ts";
import { momentWords } from "../../../contracts/ui/clock-words.ts";
import { unitWords } from "../../../contracts/ui/metric-words.ts";
import { type TrendColumns, valueAt } from "./trend-columns.ts";

/** What a point stands for. */
export function pointWords(everyMs: number | null): string {
  if (everyMs === null) return "Each point is one reading.";
  return `Each point is ${spanWords(everyMs)}: lowest, mean, highest.`;
}

const SPAN_WORDS: readonly (readonly [number, string, string])[] = [
  [604_800_000, "week", "weeks"],
  [86_400_000, "day", "days"],
  [3_600_000, "hour", "hours"],
  [60_000, "minute", "minutes"],
  [1_000, "second", "seconds"],
];

function spanWords(ms: number): string {
  for (const [unitMs, one, many] of SPAN_WORDS)
    if (ms % unitMs === 0) return ms === unitMs ? `1 ${one}` : `${ms / unitMs} ${many}`;
  return intervalWords(ms);
}

/** At most as many digits as a ward reads: a mean of a thousand readings has none that count behind the first. */
export function numberWords(value: number): string {
  return String(Number(value.toFixed(Math.abs(value) >= 100 ? 0 : 1)));
}

/** One point: "14:05: lowest 78, mean 82, highest 95 /min, of 60 readings, 2 not used". */
export function readingWords(
  columns: TrendColumns,
  index: number,
  unit: string | null,
  everyMs: number | null,
  nowMs: number,
): string {
  const moment = momentWords(valueAt(columns.atMs, index) - (everyMs ?? 0) / 2, nowMs);
  return `${moment}: ${valuesWords(columns, index, unit, everyMs)}`;
}

function valuesWords(
  columns: TrendColumns,
  index: number,
  unit: string | null,
  everyMs: number | null,
): string {
  const mean = valueAt(columns.mean, index);
  const bad = valueAt(columns.bad, index);
  const badWords = bad === 0 ? "" : everyMs === null ? "not used" : `${bad} not used`;
  if (Number.isNaN(mean)) return badWords === "" ? "no value" : badWords;
  const count = valueAt(columns.count, index);
  const values =
    count === 1
      ? withUnit(numberWords(mean), unit)
      : `lowest ${numberWords(valueAt(columns.min, index))}, mean ${numberWords(mean)}, highest ${withUnit(
          numberWords(valueAt(columns.max, index)),
          unit,
        )}, of ${count} readings`;
  return badWords === "" ? values : `${values}, ${badWords}`;
}

function withUnit(words: string, unit: string | null): string {
  return unit === null ? words : `${words} ${unitWords(unit)}`;
}

/** The whole trend in a sentence, for a screen reader. */
export function trendSummary(
  name: string,
  unit: string | null,
  series: readonly TrendColumns[],
  fromMs: number,
  toMs: number,
): string {
  const span = `${name} over ${durationWords(toMs - fromMs)}`;
  const extents = series.flatMap(({ extent }) => extent ?? []);
  if (extents.length === 0) return `${span}: no readings`;
  const low = Math.min(...extents.map((extent) => extent.low));
  const high = Math.max(...extents.map((extent) => extent.high));
  const bad = series.reduce((sum, columns) => sum + columns.bad.reduce((all, each) => all + each, 0), 0);
  const gaps = series.reduce((sum, { runs }) => sum + Math.max(0, runs.length / 2 - 1), 0);
  return [
    `${span}: from ${numberWords(low)} to ${withUnit(numberWords(high), unit)}`,
    ...(gaps === 0 ? [] : [`${gaps} ${gaps === 1 ? "gap" : "gaps"}`]),
    ...(bad === 0 ? [] : [`${bad} readings not used`]),
  ].join(", ");
}

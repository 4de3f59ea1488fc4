/** A series as it is drawn: typed columns, and the stretches in which it was measured without a gap. Pure. */
import { staleAfterMs } from "../../../contracts/bed/freshness.ts";
import type { SeriesPoints } from "../../../contracts/wire/history.ts";

export type TrendColumns = {
  /** The middle of the time that a point stands for, or when its single reading was observed. Ascending. */
  readonly atMs: Float64Array;
  /** Of the good readings; NaN where there were none. */
  readonly min: Float64Array;
  readonly mean: Float64Array;
  readonly max: Float64Array;
  /** Good readings. */
  readonly count: Float64Array;
  /** Readings that are kept and not used. */
  readonly bad: Float64Array;
  /** First and last index of each stretch without a gap, one pair after the other. */
  readonly runs: Int32Array;
  /** Lowest `min` and highest `max`; null where nothing good was measured. */
  readonly extent: { readonly low: number; readonly high: number } | null;
};

/** Points that lie further apart than this have a gap between them, which is drawn as one. */
export function gapAfterMs(everyMs: number | null, expectedIntervalMs: number | null): number {
  // Half a point more than the usual distance: those on either side of a missing point are two apart.
  const betweenPointsMs = (everyMs ?? 0) * 1.5;
  return Math.max(betweenPointsMs, staleAfterMs(expectedIntervalMs ?? 0));
}

export function trendColumns(
  points: SeriesPoints,
  everyMs: number | null,
  expectedIntervalMs: number | null,
): TrendColumns {
  const middleMs = (everyMs ?? 0) / 2;
  const atMs = Float64Array.from(points.atMs, (startMs) => startMs + middleMs);
  const min = withNaN(points.min);
  const mean = withNaN(points.mean);
  const max = withNaN(points.max);
  return {
    atMs,
    min,
    mean,
    max,
    count: Float64Array.from(points.count),
    bad: Float64Array.from(points.bad),
    runs: runsOf(atMs, mean, gapAfterMs(everyMs, expectedIntervalMs)),
    extent: extentOf(min, max),
  };
}

function withNaN(values: readonly (number | null)[]): Float64Array {
  return Float64Array.from(values, (value) => value ?? Number.NaN);
}

function runsOf(atMs: Float64Array, mean: Float64Array, gapMs: number): Int32Array {
  const runs: number[] = [];
  let first = -1;
  let last = -1;
  for (let index = 0; index < atMs.length; index++) {
    // A point of bad readings alone has no value; whether it makes a gap depends on how long it lasts.
    if (Number.isNaN(mean[index])) continue;
    if (last >= 0 && valueAt(atMs, index) - valueAt(atMs, last) > gapMs) {
      runs.push(first, last);
      first = -1;
    }
    if (first < 0) first = index;
    last = index;
  }
  if (first >= 0) runs.push(first, last);
  return Int32Array.from(runs);
}

function extentOf(min: Float64Array, max: Float64Array): TrendColumns["extent"] {
  let low = Number.POSITIVE_INFINITY;
  let high = Number.NEGATIVE_INFINITY;
  for (let index = 0; index < min.length; index++) {
    // A comparison with NaN is false.
    if (valueAt(min, index) < low) low = valueAt(min, index);
    if (valueAt(max, index) > high) high = valueAt(max, index);
  }
  return low <= high ? { low, high } : null;
}

export function valueAt(column: Float64Array, index: number): number {
  return column[index] ?? Number.NaN;
}

/** The point nearest in time to `ms`, no further away than `withinMs`; -1: there is none. */
export function nearestPoint({ atMs }: TrendColumns, ms: number, withinMs: number): number {
  let low = 0;
  let high = atMs.length;
  while (low < high) {
    const middle = (low + high) >> 1;
    if (valueAt(atMs, middle) < ms) low = middle + 1;
    else high = middle;
  }
  const before = Math.abs(valueAt(atMs, low - 1) - ms);
  const after = Math.abs(valueAt(atMs, low) - ms);
  // Beyond either end the distance is NaN, which is never within anything.
  if (after <= withinMs && !(before <= after)) return low;
  return before <= withinMs ? low - 1 : -1;
}

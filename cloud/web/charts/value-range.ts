/** Which values a chart's upright axis spans. Pure. */
export type ValueRange = readonly [low: number, high: number];

const EMPTY: ValueRange = [0, 1];
/** Room above and below what was measured, as a part of what is shown. */
const MARGIN = 0.08;
/** A value that never changed still needs an axis with a height, which digits can tell apart. */
const SPAN_PART_MIN = 1e-3;
const SPAN_MIN = 1e-6;

/**
 * From the lowest to the highest of `values` with a margin, and at least `spanMin` wide: a pulse that is steady should
 * look steady, not fill its chart with its last digit.
 */
export function valueRange(values: readonly number[], spanMin: number): ValueRange {
  if (values.length === 0) return EMPTY;
  const low = Math.min(...values);
  const high = Math.max(...values);
  const middle = (low + high) / 2;
  const span = Math.max(high - low, spanMin, Math.abs(middle) * SPAN_PART_MIN, SPAN_MIN);
  const half = (span / 2) * (1 + 2 * MARGIN);
  return [middle - half, middle + half];
}

/** A small trend as SVG paths in a box of its own. Pure. */
import { type TrendColumns, valueAt } from "./trend-columns.ts";
import { type ValueRange, valueRange } from "./value-range.ts";

/** The box's own units; it is stretched over whatever place it is given. */
export const SPARKLINE_WIDTH = 100;
export const SPARKLINE_HEIGHT = 32;

export type SparklinePaths = { readonly band: string; readonly line: string; readonly bad: string };

export function sparklinePaths(
  columns: TrendColumns,
  fromMs: number,
  toMs: number,
  spanMin: number,
): SparklinePaths {
  const { extent } = columns;
  const range = valueRange(extent === null ? [] : [extent.low, extent.high], spanMin);
  const place = (ms: number, value: number) => `${round(xOf(ms, fromMs, toMs))} ${round(yOf(value, range))}`;
  const bands: string[] = [];
  const lines: string[] = [];
  for (let pair = 0; pair < columns.runs.length; pair += 2) {
    const indices = usedIn(columns, columns.runs[pair] ?? 0, columns.runs[pair + 1] ?? 0);
    const along = (values: Float64Array, order: readonly number[]) =>
      order.map((index) => place(valueAt(columns.atMs, index), valueAt(values, index))).join("L");
    bands.push(`M${along(columns.max, indices)}L${along(columns.min, indices.toReversed())}Z`);
    // A path that stays where it is, with round ends, is a dot.
    lines.push(`M${along(columns.mean, indices)}${indices.length === 1 ? "h0" : ""}`);
  }
  return { band: bands.join(""), line: lines.join(""), bad: badMarks(columns, fromMs, toMs) };
}

function usedIn({ mean }: TrendColumns, first: number, last: number): number[] {
  const indices: number[] = [];
  for (let index = first; index <= last; index++) if (!Number.isNaN(mean[index])) indices.push(index);
  return indices;
}

function badMarks({ atMs, bad }: TrendColumns, fromMs: number, toMs: number): string {
  const marks = new Set<number>();
  bad.forEach((count, index) => {
    if (count > 0) marks.add(Math.round(xOf(valueAt(atMs, index), fromMs, toMs)));
  });
  return [...marks].map((x) => `M${x} ${SPARKLINE_HEIGHT}v-5`).join("");
}

const xOf = (ms: number, fromMs: number, toMs: number) => ((ms - fromMs) / (toMs - fromMs)) * SPARKLINE_WIDTH;
const yOf = (value: number, [low, high]: ValueRange) => (1 - (value - low) / (high - low)) * SPARKLINE_HEIGHT;
const round = (units: number) => Number(units.toFixed(2));

/** A trend on a canvas: the band from lowest to highest, the mean as a line, gaps as gaps, bad readings as crosses at the foot. */
import { type TrendColumns, valueAt } from "./trend-columns.ts";

export type Brush = {
  readonly context: CanvasRenderingContext2D;
  /** Canvas pixels of one CSS pixel. */
  readonly scale: number;
  xOf(ms: number): number;
  yOf(value: number): number;
  /** The plot's edges in canvas pixels. */
  readonly left: number;
  readonly right: number;
  readonly bottom: number;
  readonly line: string;
  readonly mark: string;
};

export type Limit = {
  readonly value: number;
  /** What it is: "upper limit". */
  readonly words: string;
};

/** Series of one chart are told apart by their dashes; in CSS pixels. */
export const DASHES: readonly (readonly number[])[] = [[], [7, 4], [2, 3], [9, 3, 2, 3]];
const BAND_OPACITY = 0.22;
const CROSS_PX = 3;
/** Bad readings nearer to each other than this share a cross. */
const CROSS_EVERY_PX = 9;
/** Above the time axis. */
const CROSS_ABOVE_FOOT_PX = 7;

export function drawTrend(brush: Brush, columns: TrendColumns, nth: number): void {
  const { context, scale } = brush;
  context.save();
  context.lineJoin = "round";
  for (let pair = 0; pair < columns.runs.length; pair += 2) {
    const first = columns.runs[pair] ?? 0;
    const last = columns.runs[pair + 1] ?? first;
    fillBand(brush, columns, first, last);
    context.setLineDash((DASHES[nth % DASHES.length] ?? []).map((px) => px * scale));
    strokeMean(brush, columns, first, last);
  }
  context.restore();
  drawBad(brush, columns);
}

function fillBand(brush: Brush, { atMs, min, max }: TrendColumns, first: number, last: number): void {
  const { context, xOf, yOf } = brush;
  context.beginPath();
  for (let index = first; index <= last; index++)
    lineTo(context, xOf(valueAt(atMs, index)), yOf(valueAt(max, index)));
  for (let index = last; index >= first; index--)
    lineTo(context, xOf(valueAt(atMs, index)), yOf(valueAt(min, index)));
  context.closePath();
  context.globalAlpha = BAND_OPACITY;
  context.fillStyle = brush.line;
  context.fill();
  context.globalAlpha = 1;
}

function strokeMean(brush: Brush, { atMs, mean }: TrendColumns, first: number, last: number): void {
  const { context, scale, xOf, yOf } = brush;
  context.beginPath();
  if (first === last) {
    // A line of one point would not be seen.
    context.arc(xOf(valueAt(atMs, first)), yOf(valueAt(mean, first)), 2 * scale, 0, 2 * Math.PI);
    context.fillStyle = brush.line;
    context.fill();
    return;
  }
  for (let index = first; index <= last; index++)
    lineTo(context, xOf(valueAt(atMs, index)), yOf(valueAt(mean, index)));
  context.lineWidth = 1.75 * scale;
  context.strokeStyle = brush.line;
  context.stroke();
}

/** A point without a good reading has no place on the line. */
function lineTo(context: CanvasRenderingContext2D, x: number, y: number): void {
  if (!Number.isNaN(y)) context.lineTo(x, y);
}

function drawBad(brush: Brush, { atMs, bad }: TrendColumns): void {
  const { context, scale } = brush;
  const y = brush.bottom - CROSS_ABOVE_FOOT_PX * scale;
  const arm = CROSS_PX * scale;
  let drawnAtX = Number.NEGATIVE_INFINITY;
  context.beginPath();
  for (let index = 0; index < bad.length; index++) {
    if (valueAt(bad, index) === 0) continue;
    const x = brush.xOf(valueAt(atMs, index));
    if (x < brush.left || x > brush.right || x - drawnAtX < CROSS_EVERY_PX * scale) continue;
    drawnAtX = x;
    context.moveTo(x - arm, y - arm);
    context.lineTo(x + arm, y + arm);
    context.moveTo(x - arm, y + arm);
    context.lineTo(x + arm, y - arm);
  }
  context.lineWidth = 1.5 * scale;
  context.strokeStyle = brush.mark;
  context.stroke();
}

export function drawLimit(brush: Brush, { value, words }: Limit): void {
  const { context, scale } = brush;
  const y = brush.yOf(value);
  context.save();
  context.beginPath();
  context.moveTo(brush.left, y);
  context.lineTo(brush.right, y);
  context.setLineDash([10 * scale, 5 * scale]);
  context.lineWidth = 1.5 * scale;
  context.strokeStyle = brush.mark;
  context.stroke();
  context.font = `${12 * scale}px system-ui, sans-serif`;
  context.textAlign = "right";
  context.fillStyle = brush.mark;
  context.fillText(`${words} ${value}`, brush.right - 4 * scale, y - 4 * scale);
  context.restore();
}

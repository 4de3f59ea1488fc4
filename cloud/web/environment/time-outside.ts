/** How long something lay outside of its limits, as far as points of a trend can tell. Pure. */
import type { TrendColumns } from "../charts/trend-columns.ts";
import { isOutside, type RoomLimits } from "./room-rows.ts";

export type TimeOutside = {
  /** Of the points whose mean lay outside. */
  readonly outsideMs: number;
  /** Of the points in which at least one reading lay outside: it was no more than this. */
  readonly touchedMs: number;
  /** Of all points with a good reading. */
  readonly measuredMs: number;
};

/** Null: single readings, which stand for no stretch of time. */
export function timeOutside(
  columns: TrendColumns,
  limits: RoomLimits,
  everyMs: number | null,
): TimeOutside | null {
  if (everyMs === null) return null;
  let outside = 0;
  let touched = 0;
  let measured = 0;
  columns.mean.forEach((mean, index) => {
    if (Number.isNaN(mean)) return;
    measured += 1;
    if (isOutside(mean, limits)) outside += 1;
    if (isOutside(columns.min[index] ?? mean, limits) || isOutside(columns.max[index] ?? mean, limits))
      touched += 1;
  });
  return { outsideMs: outside * everyMs, touchedMs: touched * everyMs, measuredMs: measured * everyMs };
}

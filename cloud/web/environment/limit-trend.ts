/** A trend and the band in which it is to stay, in one box and on one scale. Pure. */
import { SPARKLINE_HEIGHT, type SparklinePaths, sparklinePaths } from "../charts/sparkline-path.ts";
import type { TrendColumns } from "../charts/trend-columns.ts";
import { valueRange } from "../charts/value-range.ts";
import type { RoomLimits } from "./room-rows.ts";

/** In the box's units, from its top. */
export type LimitBand = { readonly y: number; readonly height: number };

export type LimitTrend = { readonly paths: SparklinePaths; readonly band: LimitBand | null };

export function limitTrend(
  columns: TrendColumns,
  limits: RoomLimits | null,
  fromMs: number,
  toMs: number,
): LimitTrend {
  const edges = [limits?.min ?? null, limits?.max ?? null].flatMap((edge) => edge ?? []);
  const { extent } = columns;
  const low = Math.min(...edges, extent?.low ?? Number.POSITIVE_INFINITY);
  const high = Math.max(...edges, extent?.high ?? Number.NEGATIVE_INFINITY);
  const isEmpty = low > high;
  const scaled = { ...columns, extent: isEmpty ? null : { low, high } };
  return {
    paths: sparklinePaths(scaled, fromMs, toMs, 0),
    band: limits === null || edges.length === 0 ? null : bandOf(limits, valueRange([low, high], 0)),
  };
}

/** A side without a limit is open: the band goes on to the edge of the box. */
function bandOf({ min, max }: RoomLimits, [low, high]: readonly [number, number]): LimitBand {
  const yOf = (value: number) => (1 - (value - low) / (high - low)) * SPARKLINE_HEIGHT;
  const top = max === null ? 0 : yOf(max);
  const bottom = min === null ? SPARKLINE_HEIGHT : yOf(min);
  return { y: top, height: bottom - top };
}

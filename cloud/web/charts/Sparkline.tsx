import { useMemo } from "react";
import { SPARKLINE_HEIGHT, SPARKLINE_WIDTH, sparklinePaths } from "./sparkline-path.ts";
import type { TrendColumns } from "./trend-columns.ts";
import "./trend.css";

/**
 * A trend of the size of a word, for grids of many: band, mean, gaps, and a stroke at the foot where readings are not
 * used. Fills the box that it is put into. `label` says in words what it shows (`trendSummary`).
 */
export function Sparkline({
  columns,
  fromMs,
  toMs,
  spanMin = 0,
  label,
}: {
  readonly columns: TrendColumns;
  readonly fromMs: number;
  /** Exclusive. */
  readonly toMs: number;
  /** The box's height spans at least this much of the unit. */
  readonly spanMin?: number;
  readonly label: string;
}) {
  const paths = useMemo(
    () => sparklinePaths(columns, fromMs, toMs, spanMin),
    [columns, fromMs, toMs, spanMin],
  );
  return (
    <svg
      className="sparkline"
      viewBox={`0 0 ${SPARKLINE_WIDTH} ${SPARKLINE_HEIGHT}`}
      preserveAspectRatio="none"
      role="img"
      aria-label={label}
    >
      <path className="sparkline-band" d={paths.band} />
      <path className="sparkline-line" d={paths.line} strokeLinecap="round" />
      <path className="sparkline-bad" d={paths.bad} />
    </svg>
  );
}

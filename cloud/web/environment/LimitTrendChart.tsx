import { useMemo } from "react";
import { SPARKLINE_HEIGHT, SPARKLINE_WIDTH } from "../charts/sparkline-path.ts";
import type { TrendColumns } from "../charts/trend-columns.ts";
import { limitTrend } from "./limit-trend.ts";
import type { RoomLimits } from "./room-rows.ts";
import "../charts/trend.css";

/** A small trend in front of the band in which it is to stay. `label` says in words what it shows. */
export function LimitTrendChart({
  columns,
  limits,
  fromMs,
  toMs,
  label,
}: {
  readonly columns: TrendColumns;
  readonly limits: RoomLimits | null;
  readonly fromMs: number;
  readonly toMs: number;
  readonly label: string;
}) {
  const { paths, band } = useMemo(
    () => limitTrend(columns, limits, fromMs, toMs),
    [columns, limits, fromMs, toMs],
  );
  return (
    <svg
      className="sparkline"
      viewBox={`0 0 ${SPARKLINE_WIDTH} ${SPARKLINE_HEIGHT}`}
      preserveAspectRatio="none"
      role="img"
      aria-label={label}
    >
      {band === null ? null : (
        <rect className="limit-band" x="0" y={band.y} width={SPARKLINE_WIDTH} height={band.height} />
      )}
      <path className="sparkline-band" d={paths.band} />
      <path className="sparkline-line" d={paths.line} strokeLinecap="round" />
      <path className="sparkline-bad" d={paths.bad} />
    </svg>
  );
}

import { DASHES } from "./draw-trend.ts";
import type { TrendSeries } from "./TrendChart.tsx";

/** Which dashes are whose, where a chart has several series; and what crosses mean, where it has any. */
export function TrendLegend({ series }: { readonly series: readonly TrendSeries[] }) {
  const hasBad = series.some(({ columns }) => columns.bad.some((count) => count > 0));
  return (
    <p className="trend-foot quiet">
      {series.length < 2
        ? null
        : series.map(({ name }, nth) => (
            <span key={name} className="trend-legend">
              <svg viewBox="0 0 28 8" aria-hidden="true" focusable="false">
                <path
                  d="M0 4h28"
                  stroke="currentColor"
                  strokeWidth="2"
                  strokeDasharray={DASHES[nth % DASHES.length]?.join(" ")}
                />
              </svg>
              {name}
            </span>
          ))}
      {hasBad ? <span>× not used: bad, or without a value</span> : null}
    </p>
  );
}

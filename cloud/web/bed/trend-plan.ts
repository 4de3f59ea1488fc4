/** Which trends a bed's page draws, and which metrics share a chart. Pure. */
import { type MetricName, metricOf } from "../../../contracts/metrics/catalogue.ts";
import { METRIC_WORDS } from "../../../contracts/ui/metric-words.ts";
import type { LatestSeriesValue } from "../../../contracts/wire/history.ts";
import type { TrendSeries } from "../charts/TrendChart.tsx";
import type { ShownSeries } from "../history/read-series.ts";

type Plan = {
  readonly title: string;
  /** All in the unit of the first. */
  readonly metrics: readonly [MetricName, ...MetricName[]];
  /** A patient who is well changes about this much, so that a chart is not filled by less. */
  readonly spanMin: number;
};

const PLANS: readonly Plan[] = [
  { title: "Pulse", metrics: ["heart-rate", "pulse-rate"], spanMin: 40 },
  { title: METRIC_WORDS.spo2, metrics: ["spo2"], spanMin: 10 },
  { title: METRIC_WORDS["respiratory-rate"], metrics: ["respiratory-rate"], spanMin: 12 },
  {
    title: "Blood pressure",
    metrics: ["systolic-pressure", "mean-pressure", "diastolic-pressure"],
    spanMin: 60,
  },
  { title: METRIC_WORDS["body-temperature"], metrics: ["body-temperature"], spanMin: 2 },
  { title: METRIC_WORDS.etco2, metrics: ["etco2"], spanMin: 20 },
  { title: METRIC_WORDS["perfusion-index"], metrics: ["perfusion-index"], spanMin: 4 },
  { title: METRIC_WORDS.load, metrics: ["load"], spanMin: 20 },
];

/** What to ask for: of all that can be drawn, what the bed's devices have ever sent and the reader may read. */
export function drawnMetrics(latest: readonly LatestSeriesValue[]): MetricName[] {
  return PLANS.flatMap(({ metrics }) =>
    metrics.filter((name) => latest.some(({ metric }) => metric === name)),
  );
}

export type PlannedTrend = {
  readonly title: string;
  readonly unit: string | null;
  readonly spanMin: number;
  readonly series: readonly TrendSeries[];
};

/** A unit that is not the metric's own came with readings that are not used. */
function nameOf({ deviceId, metric, unit }: ShownSeries, metricCount: number): string {
  const inUnit = unit === metricOf(metric).ucum ? "" : ` in ${unit ?? "no unit"}`;
  return metricCount === 1 ? deviceId + inUnit : `${METRIC_WORDS[metric]}, ${deviceId}${inUnit}`;
}

/** A chart for each plan whose metrics were asked for, also where nothing was measured in this range. */
export function plannedTrends(
  asked: readonly string[],
  series: readonly ShownSeries[],
): readonly PlannedTrend[] {
  return PLANS.filter(({ metrics }) => metrics.some((metric) => asked.includes(metric))).map(
    ({ title, metrics, spanMin }) => ({
      title,
      unit: metricOf(metrics[0]).ucum,
      spanMin,
      series: metrics.flatMap((metric) =>
        series
          .filter((each) => each.metric === metric)
          .map((each) => ({ name: nameOf(each, metrics.length), columns: each.columns })),
      ),
    }),
  );
}

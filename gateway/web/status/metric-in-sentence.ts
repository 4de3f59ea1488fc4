import type { MetricName } from "../../../contracts/metrics/catalogue.ts";
import { METRIC_WORDS } from "../../../contracts/ui/metric-words.ts";

/** A metric within a sentence: "load", but "SpO₂". */
export function metricInSentence(metric: MetricName): string {
  const words = METRIC_WORDS[metric];
  return metric === "spo2" || metric === "co2"
    ? words
    : `${words.slice(0, 1).toLowerCase()}${words.slice(1)}`;
}

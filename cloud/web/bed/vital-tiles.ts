/** Which values stand on top of a bed's page, in which order. Pure. */
import type { MetricName } from "../../../contracts/metrics/catalogue.ts";
import type { LatestSeriesValue } from "../../../contracts/wire/history.ts";

/** Read by a nurse in this order. */
const ORDER: readonly MetricName[] = [
  "heart-rate",
  "pulse-rate",
  "spo2",
  "perfusion-index",
  "respiratory-rate",
  "systolic-pressure",
  "diastolic-pressure",
  "mean-pressure",
  "body-temperature",
  "etco2",
  "occupancy",
  "load",
];

/** What is missed where it is missing; one of each group is enough. */
const ALWAYS_SHOWN: readonly (readonly MetricName[])[] = [
  ["pulse-rate", "heart-rate"],
  ["spo2"],
  ["respiratory-rate"],
  ["systolic-pressure"],
  ["body-temperature"],
];

export type VitalTile = {
  readonly metric: MetricName;
  /** Null: no device at this bed measures it. */
  readonly latest: LatestSeriesValue | null;
};

/** A tile for each device and metric; two devices that measure the same each have their own, since they may differ. */
export function vitalTiles(latest: readonly LatestSeriesValue[], readsVitals: boolean): VitalTile[] {
  const measured = latest.map((value): VitalTile => ({ metric: value.metric, latest: value }));
  const missed = ALWAYS_SHOWN.filter((group) => !latest.some(({ metric }) => group.includes(metric))).flatMap(
    ([metric]): VitalTile[] => (metric === undefined ? [] : [{ metric, latest: null }]),
  );
  return [...measured, ...(readsVitals ? missed : [])]
    .filter(({ metric }) => ORDER.includes(metric))
    .sort(
      (one, other) =>
        ORDER.indexOf(one.metric) - ORDER.indexOf(other.metric) ||
        (one.latest?.deviceId ?? "").localeCompare(other.latest?.deviceId ?? ""),
    );
}

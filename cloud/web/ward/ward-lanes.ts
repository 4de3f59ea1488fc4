/** Which small trends stand in a bed's box. Pure. */
import type { MetricName } from "../../../contracts/metrics/catalogue.ts";
import type { LatestSeriesValue } from "../../../contracts/wire/history.ts";
import type { BedId } from "../../../contracts/wire/ids.ts";

export type WardLane = {
  readonly name: string;
  /** In the order in which they are preferred where a bed has both. */
  readonly metrics: readonly [MetricName, ...MetricName[]];
  /** The trend's height spans at least this much of the unit: what is steady looks steady. */
  readonly spanMin: number;
};

/** For those who may read vital signs. One request fetches the trends of one of these, for all beds. */
const VITAL_LANES: readonly WardLane[] = [
  { name: "Pulse", metrics: ["heart-rate", "pulse-rate"], spanMin: 30 },
  { name: "SpO₂", metrics: ["spo2"], spanMin: 8 },
  { name: "Resp. rate", metrics: ["respiratory-rate"], spanMin: 10 },
];
const BED_LANES: readonly WardLane[] = [
  { name: "Load", metrics: ["load"], spanMin: 20 },
  { name: "Occupancy", metrics: ["occupancy"], spanMin: 1 },
];

export function lanesFor(readsVitals: boolean): readonly WardLane[] {
  return readsVitals ? VITAL_LANES : BED_LANES;
}

/** The value to show of a lane's: of the preferred metric, then the newest one. Null: no device at the bed measures it. */
export function chosenValue(
  values: readonly LatestSeriesValue[],
  bedId: BedId,
  { metrics }: WardLane,
): LatestSeriesValue | null {
  const own = values.filter((value) => value.bedId === bedId && metrics.includes(value.metric));
  const [chosen = null] = own.sort(
    (one, other) =>
      metrics.indexOf(one.metric) - metrics.indexOf(other.metric) ||
      Date.parse(other.observedAt) - Date.parse(one.observedAt) ||
      one.deviceId.localeCompare(other.deviceId),
  );
  return chosen;
}

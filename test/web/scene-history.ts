/** What was measured at a bed of the scene, as the cloud would answer: a monitor that knows nothing of pressure. */
import { type MetricName, metricOf } from "../../contracts/metrics/catalogue.ts";
import type { BedView } from "../../contracts/wire/board.ts";
import {
  EVERY_MS,
  LatestAnswer,
  type LatestSeriesValue,
  SeriesAnswer,
} from "../../contracts/wire/history.ts";
import { at, MIN } from "./a-bed.ts";

type Kind = { readonly middle: number; readonly swing: number; readonly noise: number };
const KINDS: Readonly<Partial<Record<MetricName, Kind>>> = {
  "pulse-rate": { middle: 82, swing: 14, noise: 5 },
  spo2: { middle: 96, swing: 1.5, noise: 0.8 },
  "respiratory-rate": { middle: 17, swing: 3, noise: 1.5 },
  "body-temperature": { middle: 37.1, swing: 0.5, noise: 0.1 },
  "systolic-pressure": { middle: 124, swing: 12, noise: 5 },
  load: { middle: 71, swing: 0.6, noise: 0.3 },
};

type ValueWords = Partial<LatestSeriesValue> & { readonly metric: MetricName };

export function aLatest(bed: BedView, agoMs: number, words: ValueWords): unknown {
  return {
    hospitalId: bed.hospitalId,
    gatewayId: bed.gatewayId,
    deviceId: `${bed.hospitalId}-monitor-01`,
    bedId: bed.bedId,
    roomId: null,
    unit: metricOf(words.metric).ucum,
    value: 80,
    quality: "good",
    badReason: null,
    observedAt: at(agoMs),
    receivedAt: at(agoMs - 400),
    ageMs: Math.max(0, agoMs),
    expectedIntervalMs: 1_000,
    freshness: "fresh",
    ...words,
  };
}

/** One value of each kind that a nurse meets: right, bad, stale, and a device without one. */
export function sceneLatest(bed: BedView, readsVitals: boolean): LatestAnswer {
  const vitals = [
    aLatest(bed, 900, { metric: "pulse-rate", value: 84 }),
    aLatest(bed, 900, { metric: "spo2", value: 97 }),
    aLatest(bed, 900, { metric: "perfusion-index", value: 24.5, quality: "bad", badReason: "out-of-range" }),
    aLatest(bed, 2_000, { metric: "respiratory-rate", value: 16, expectedIntervalMs: 5_000 }),
    aLatest(bed, 47 * MIN, {
      metric: "body-temperature",
      value: 37.2,
      expectedIntervalMs: 5 * MIN,
      freshness: "stale",
    }),
  ];
  const own = [
    aLatest(bed, 4_000, {
      metric: "occupancy",
      value: true,
      deviceId: smartBedOf(bed),
      expectedIntervalMs: 10_000,
    }),
    aLatest(bed, 4_000, {
      metric: "load",
      value: 71.4,
      deviceId: smartBedOf(bed),
      expectedIntervalMs: 10_000,
    }),
  ];
  return LatestAnswer.parse({ values: [...(readsVitals ? vitals : []), ...own], serverTime: at(0) });
}

const smartBedOf = (bed: BedView) =>
  (bed.sources[0]?.deviceId ?? "north-smart-bed-01") as LatestSeriesValue["deviceId"];

/** As the query asks: a smooth day with a gap of a twentieth of the range, and some readings that are not used. */
export function sceneSeries(bed: BedView, query: URLSearchParams): SeriesAnswer {
  const fromMs = Date.parse(query.get("from") ?? "");
  const toMs = Date.parse(query.get("to") ?? "");
  const points = Number(query.get("points") ?? 600);
  const everyMs = EVERY_MS.find((every) => (toMs - fromMs) / every <= points) ?? 604_800_000;
  const metrics = (query.get("metric") ?? "").split(",") as MetricName[];
  return SeriesAnswer.parse({
    from: new Date(fromMs).toISOString(),
    to: new Date(toMs).toISOString(),
    everyMs,
    source: "postgresql",
    series: metrics.flatMap((metric) => {
      const kind = KINDS[metric];
      if (kind === undefined) return [];
      return {
        hospitalId: bed.hospitalId,
        gatewayId: bed.gatewayId,
        deviceId: metric === "load" ? smartBedOf(bed) : `${bed.hospitalId}-monitor-01`,
        bedId: bed.bedId,
        roomId: null,
        metric,
        unit: metricOf(metric).ucum,
        points: pointsOf(kind, fromMs, Math.min(toMs, Date.parse(at(0))), everyMs),
      };
    }),
    serverTime: at(0),
  });
}

function pointsOf(kind: Kind, fromMs: number, toMs: number, everyMs: number) {
  const columns = { atMs: [], min: [], mean: [], max: [], last: [], count: [], bad: [] } as Record<
    string,
    (number | null)[]
  >;
  const firstMs = Math.ceil(fromMs / everyMs) * everyMs;
  for (let startMs = firstMs; startMs < toMs; startMs += everyMs) {
    const part = (startMs - fromMs) / (toMs - fromMs);
    // The monitor was taken off for a while.
    if (part > 0.55 && part < 0.6) continue;
    const isBad = part > 0.8 && part < 0.82;
    const wave = Math.sin(startMs / 9_000_000) + 0.4 * Math.sin(startMs / 700_000);
    const mean = kind.middle + kind.swing * wave;
    const rest = isBad ? null : mean;
    columns.atMs?.push(startMs);
    columns.mean?.push(rest);
    columns.last?.push(rest);
    columns.min?.push(isBad ? null : mean - kind.noise * (1 + Math.sin(startMs / 100_000)));
    columns.max?.push(isBad ? null : mean + kind.noise * (1 + Math.cos(startMs / 130_000)));
    columns.count?.push(isBad ? 0 : 60);
    columns.bad?.push(isBad ? 60 : 0);
  }
  return columns;
}

/** What a ward's and its rooms' sensors say, as the cloud would answer: one of every kind that a page has to tell apart. */
import type { Page } from "playwright-core";
import { type MetricName, metricOf } from "../../contracts/metrics/catalogue.ts";
import type { BedView } from "../../contracts/wire/board.ts";
import {
  EVERY_MS,
  LatestAnswer,
  type LatestSeriesValue,
  SeriesAnswer,
} from "../../contracts/wire/history.ts";
import { at, MIN } from "./a-bed.ts";

const MIDDLES: Readonly<Partial<Record<MetricName, readonly [middle: number, swing: number]>>> = {
  "pulse-rate": [80, 9],
  spo2: [96, 1],
  "respiratory-rate": [16, 2],
  load: [70, 1],
  "room-temperature": [22, 1.4],
  "relative-humidity": [45, 6],
  co2: [700, 160],
  "differential-pressure": [-6, 4],
};
const ROOM_METRICS: readonly MetricName[] = [
  "room-temperature",
  "relative-humidity",
  "co2",
  "differential-pressure",
  "door-open",
];

/** Beds with limits in their rooms; every third room an isolation room. */
export function withLimits(beds: readonly BedView[]): BedView[] {
  return beds.map((bed) => {
    const isIsolation = bed.room.name.endsWith("4");
    return {
      ...bed,
      room: {
        ...bed.room,
        isolation: isIsolation ? ("negative-pressure" as const) : bed.room.isolation,
        limits: [
          { metric: "room-temperature" as const, min: 20, max: 24 },
          { metric: "co2" as const, min: null, max: 1_000 },
          ...(isIsolation ? [{ metric: "differential-pressure" as const, min: null, max: -2.5 }] : []),
        ],
      },
    };
  });
}

type Key = Pick<LatestSeriesValue, "hospitalId" | "gatewayId" | "deviceId" | "bedId" | "roomId" | "metric">;

function keysOf(beds: readonly BedView[], metrics: readonly MetricName[]): Key[] {
  const rooms = new Map(beds.map((bed) => [`${bed.hospitalId} ${bed.room.roomId}`, bed]));
  const ofBeds = beds.flatMap(({ hospitalId, gatewayId, bedId }, nth) =>
    metrics
      .filter((metric) => !ROOM_METRICS.includes(metric) && metric !== "heart-rate")
      // One bed has no monitor, and one no respiration.
      .filter((metric) => nth % 7 !== 5 && !(nth % 7 === 3 && metric === "respiratory-rate"))
      .map((metric) => ({
        hospitalId,
        gatewayId,
        deviceId: bedId.replace("-bed-", metric === "load" ? "-pad-" : "-monitor-"),
        bedId,
        roomId: null,
        metric,
      })),
  );
  const ofRooms = [...rooms.values()].flatMap(({ hospitalId, gatewayId, room }, nth) =>
    metrics
      .filter((metric) => ROOM_METRICS.includes(metric))
      .filter((metric) => nth % 4 !== 2 || metric !== "co2")
      .filter((metric) => metric !== "differential-pressure" || room.isolation !== "none")
      .map((metric) => ({
        hospitalId,
        gatewayId,
        deviceId: `${room.roomId}-climate`,
        bedId: null,
        roomId: room.roomId,
        metric,
      })),
  );
  return [...ofBeds, ...ofRooms] as Key[];
}

function latestOf(beds: readonly BedView[], metrics: readonly MetricName[]): LatestAnswer {
  return LatestAnswer.parse({
    values: keysOf(beds, metrics).map((key, nth) => {
      const [middle = 1, swing = 0] = MIDDLES[key.metric] ?? [];
      const isBoolean = metricOf(key.metric).kind === "boolean";
      const agoMs = nth % 9 === 5 ? 31 * MIN : nth % 9 === 7 ? 21_000 : 900;
      return {
        ...key,
        value: isBoolean ? false : Number((middle + swing * Math.sin(nth * 2)).toFixed(1)),
        unit: metricOf(key.metric).ucum,
        quality: nth % 11 === 8 ? "bad" : "good",
        badReason: nth % 11 === 8 ? "out-of-range" : null,
        observedAt: at(agoMs),
        receivedAt: at(agoMs - 300),
        ageMs: agoMs,
        expectedIntervalMs: 2_000,
        freshness: agoMs > MIN ? "stale" : "fresh",
      };
    }),
    serverTime: at(0),
  });
}

function seriesOf(beds: readonly BedView[], query: URLSearchParams): SeriesAnswer {
  const fromMs = Date.parse(query.get("from") ?? "");
  const toMs = Date.parse(query.get("to") ?? "");
  const points = Number(query.get("points") ?? 600);
  const everyMs = EVERY_MS.find((every) => (toMs - fromMs) / every <= points) ?? 604_800_000;
  return SeriesAnswer.parse({
    from: new Date(fromMs).toISOString(),
    to: new Date(toMs).toISOString(),
    everyMs,
    source: "postgresql",
    series: keysOf(beds, metricsOf(query)).map((key, nth) => ({
      ...key,
      unit: metricOf(key.metric).ucum,
      points: wave(key.metric, nth, fromMs, Math.min(toMs, Date.parse(at(0))), everyMs),
    })),
    serverTime: at(0),
  });
}

function wave(metric: MetricName, nth: number, fromMs: number, toMs: number, everyMs: number) {
  const [middle = 0.4, swing = 0.4] = MIDDLES[metric] ?? [];
  const starts = Array.from(
    { length: Math.max(0, Math.floor((toMs - fromMs) / everyMs)) },
    (_, place) => Math.ceil(fromMs / everyMs) * everyMs + place * everyMs,
  ).filter((_, place) => nth % 5 !== 3 || place % 40 < 32);
  const mean = starts.map(
    (startMs) =>
      middle + swing * Math.sin(startMs / 5_400_000 + nth) + 0.3 * swing * Math.sin(startMs / 900_000),
  );
  return {
    atMs: starts,
    mean,
    last: mean,
    min: mean.map((value) => value - swing / 4),
    max: mean.map((value) => value + swing / 4),
    count: starts.map(() => 60),
    bad: starts.map((_, place) => (nth % 6 === 2 && place === 20 ? 12 : 0)),
  };
}

const metricsOf = (query: URLSearchParams) => (query.get("metric") ?? "").split(",") as MetricName[];

/** Answers for whole wards, before the cloud that answers for single beds. */
export async function answerWards(page: Page, beds: readonly BedView[]): Promise<void> {
  await page.route(/\/api\/v1\/series(\/latest)?\?.*\bward=/, (route) => {
    const { pathname, searchParams } = new URL(route.request().url());
    const own = beds.filter(
      ({ hospitalId, ward }) =>
        hospitalId === searchParams.get("hospital") && ward.wardId === searchParams.get("ward"),
    );
    return route.fulfill({
      json: pathname.endsWith("/latest")
        ? latestOf(own, metricsOf(searchParams))
        : seriesOf(own, searchParams),
    });
  });
}

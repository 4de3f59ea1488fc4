import { useQueries } from "@tanstack/react-query";
import { useMemo } from "react";
import type { LatestSeriesValue } from "../../../contracts/wire/history.ts";
import type { BedId } from "../../../contracts/wire/ids.ts";
import type { TrendColumns } from "../charts/trend-columns.ts";
import type { ShownSeries } from "../history/read-series.ts";
import { seriesOptions } from "../history/use-history-queries.ts";
import { useWardLatest, type WardPlace } from "./use-ward-queries.ts";
import { chosenValue, type WardLane } from "./ward-lanes.ts";

/** As many as a trend of a word's size can show. */
const POINTS = 60;

export type WardFigures = {
  readonly lanes: readonly WardLane[];
  readonly fromMs: number;
  readonly toMs: number;
  /** Null: no device at the bed measures it. `waiting`: no answer yet; `failed`: there is none to be had. */
  valueOf(bedId: BedId, lane: WardLane): LatestSeriesValue | null | "waiting" | "failed";
  columnsOf(bedId: BedId, lane: WardLane): TrendColumns | null;
};

export type WardAnswers = {
  readonly figures: WardFigures;
  /** Of the newest values first; null: all are there. */
  readonly error: Error | null;
  retry(): void;
};

/** Newest values in one request, and a request of each lane for the trends of all beds. */
export function useWardFigures(
  place: WardPlace,
  lanes: readonly WardLane[],
  fromMs: number,
  toMs: number,
): WardAnswers {
  const latest = useWardLatest(
    place,
    lanes.flatMap(({ metrics }) => metrics),
  );
  const values = latest.data?.values;
  const trends = useQueries({
    queries: lanes.map(({ metrics }) => ({
      ...seriesOptions({ place: { ...place }, metrics, fromMs, toMs, points: POINTS }, values ?? []),
      // By the newest values it is known how often a device is due, and so what is a gap.
      enabled: values !== undefined,
    })),
    combine: (results) => ({
      series: results.flatMap(({ data }) => data?.series ?? []),
      error: results.find(({ error }) => error !== null)?.error ?? null,
      refetch: () => Promise.all(results.map((result) => result.refetch())),
    }),
  });
  const { series } = trends;
  const hasFailed = latest.error !== null;
  const figures = useMemo(
    (): WardFigures => ({
      lanes,
      fromMs,
      toMs,
      valueOf: (bedId, lane) =>
        values === undefined ? (hasFailed ? "failed" : "waiting") : chosenValue(values, bedId, lane),
      columnsOf: (bedId, lane) => columnsOf(chosenValue(values ?? [], bedId, lane), series),
    }),
    [lanes, fromMs, toMs, values, series, hasFailed],
  );
  return {
    figures,
    error: latest.error ?? trends.error,
    retry: () => {
      void latest.refetch();
      void trends.refetch();
    },
  };
}

function columnsOf(value: LatestSeriesValue | null, series: readonly ShownSeries[]): TrendColumns | null {
  if (value === null) return null;
  const own = series.find(
    ({ bedId, deviceId, metric }) =>
      bedId === value.bedId && deviceId === value.deviceId && metric === value.metric,
  );
  return own?.columns ?? null;
}

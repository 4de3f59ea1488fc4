import { useQueries } from "@tanstack/react-query";
import { readJson } from "../../../contracts/ui/read-json.ts";
import { LatestAnswer } from "../../../contracts/wire/history.ts";
import { seriesOptions } from "../history/use-history-queries.ts";
import { ENVIRONMENT_METRICS } from "./room-rows.ts";

export type WardPlace = { readonly hospital: string; readonly ward: string };

/** Rooms change slowly. */
const LATEST_EVERY_MS = 10_000;
/** Ten minutes each over a day. */
const POINTS = 144;

/** What the rooms of these wards say now, and how it went: two requests of each ward. */
export function useEnvironment(wards: readonly WardPlace[], fromMs: number, toMs: number) {
  const latest = useQueries({
    queries: wards.map((place) => ({
      queryKey: ["environment", place],
      queryFn: ({ signal }: { signal: AbortSignal }) => {
        const query = new URLSearchParams({ ...place, metric: ENVIRONMENT_METRICS.join() });
        return readJson(LatestAnswer, `/api/v1/series/latest?${query}`, signal);
      },
      refetchInterval: LATEST_EVERY_MS,
    })),
    combine: (results) => ({
      values: results.flatMap(({ data }) => data?.values ?? []),
      answered: answeredOf(wards, results),
      isPending: results.some(({ isPending }) => isPending),
      error: results.find(({ error }) => error !== null)?.error ?? null,
      refetch: () => Promise.all(results.map((result) => result.refetch())),
    }),
  });
  const trends = useQueries({
    queries: wards.map((place) => ({
      ...seriesOptions(
        { place: { ...place }, metrics: ENVIRONMENT_METRICS, fromMs, toMs, points: POINTS },
        latest.values,
      ),
      enabled: !latest.isPending,
    })),
    combine: (results) => ({
      series: results.flatMap(({ data }) =>
        (data?.series ?? []).map((series) => ({ ...series, everyMs: data?.everyMs ?? null })),
      ),
      answered: answeredOf(wards, results),
      error: results.find(({ error }) => error !== null)?.error ?? null,
      refetch: () => Promise.all(results.map((result) => result.refetch())),
    }),
  });
  return {
    values: latest.values,
    isPending: latest.isPending,
    /** Whose newest values are there. */
    answered: latest.answered,
    series: trends.series,
    /** Whose trends are there. */
    drawn: trends.answered,
    error: latest.error ?? trends.error,
    retry: () => {
      void latest.refetch();
      void trends.refetch();
    },
  };
}

export const wardKey = (hospital: string, ward: string) => `${hospital} ${ward}`;

function answeredOf(wards: readonly WardPlace[], results: readonly { readonly data: unknown }[]): string[] {
  return wards.flatMap(({ hospital, ward }, place) =>
    results[place]?.data === undefined ? [] : wardKey(hospital, ward),
  );
}

export type TrendOfRoom = ReturnType<typeof useEnvironment>["series"][number];

import { keepPreviousData, type QueryClient, queryOptions, useQuery } from "@tanstack/react-query";
import { readJson } from "../../../contracts/ui/read-json.ts";
import { LatestAnswer, type LatestSeriesValue } from "../../../contracts/wire/history.ts";
import type { BedId } from "../../../contracts/wire/ids.ts";
import { Session } from "../../../contracts/wire/session.ts";
import { readSeries, type SeriesWish } from "./read-series.ts";

const LATEST_EVERY_MS = 5_000;
/** A range that was left is shown at once when somebody comes back to it soon. */
const KEPT_MS = 60_000;

export function useLatest(bedId: BedId) {
  return useQuery({
    queryKey: ["latest", bedId],
    queryFn: ({ signal }) => readJson(LatestAnswer, `/api/v1/series/latest?bed=${bedId}`, signal),
    refetchInterval: LATEST_EVERY_MS,
  });
}

/** Who is signed in decides what is missing from the answers, which the page then has to say. */
export function useSession() {
  return useQuery({
    queryKey: ["session"],
    queryFn: ({ signal }) => readJson(Session, "/api/v1/session", signal),
    staleTime: Number.POSITIVE_INFINITY,
  });
}

/** The ends of a range are part of its name, so that a range that follows now is asked for once a step and no more. */
export function seriesOptions(wish: SeriesWish, latest: readonly LatestSeriesValue[]) {
  return queryOptions({
    queryKey: ["series", wish],
    queryFn: ({ signal }) =>
      readSeries(
        wish,
        ({ deviceId, metric }) =>
          latest.find((value) => value.deviceId === deviceId && value.metric === metric)
            ?.expectedIntervalMs ?? null,
        signal,
      ),
    staleTime: Number.POSITIVE_INFINITY,
    gcTime: KEPT_MS,
  });
}

/** While another range is on its way, the one before stays. */
export function useSeries(wish: SeriesWish, latest: readonly LatestSeriesValue[]) {
  return useQuery({
    ...seriesOptions(wish, latest),
    enabled: wish.metrics.length > 0,
    placeholderData: keepPreviousData,
  });
}

/** Asks ahead for a range that is likely next; one that is known or on its way is not asked for again. */
export function prefetchSeries(
  queries: QueryClient,
  wish: SeriesWish,
  latest: readonly LatestSeriesValue[],
): void {
  if (wish.metrics.length > 0) void queries.prefetchQuery(seriesOptions(wish, latest));
}

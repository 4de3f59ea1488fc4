import { useQuery } from "@tanstack/react-query";
import type { MetricName } from "../../../contracts/metrics/catalogue.ts";
import { readJson } from "../../../contracts/ui/read-json.ts";
import { LatestAnswer } from "../../../contracts/wire/history.ts";

const LATEST_EVERY_MS = 5_000;

export type WardPlace = { readonly hospital: string; readonly ward: string };

/** The newest values of all the ward's beds in one request; none while it is not known which metrics are wanted. */
export function useWardLatest(place: WardPlace, metrics: readonly MetricName[]) {
  const query = new URLSearchParams({ ...place, metric: metrics.join() });
  return useQuery({
    queryKey: ["ward-latest", place, metrics],
    queryFn: ({ signal }) => readJson(LatestAnswer, `/api/v1/series/latest?${query}`, signal),
    refetchInterval: LATEST_EVERY_MS,
    enabled: metrics.length > 0,
  });
}

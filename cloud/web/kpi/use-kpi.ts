import { keepPreviousData, useQuery } from "@tanstack/react-query";
import { readJson } from "../../../contracts/ui/read-json.ts";
import { KpiAnswer, type KpiBy } from "../../../contracts/wire/kpi.ts";

export type KpiPlace = { readonly hospital: string | null; readonly ward: string | null };

export type KpiWish = KpiPlace & {
  readonly fromMs: number;
  readonly toMs: number;
  readonly by: KpiBy;
  readonly timeZone: string;
};

const ASKED_EVERY_MS = 60_000;

export function useKpi({ hospital, ward, fromMs, toMs, by, timeZone }: KpiWish) {
  const query = new URLSearchParams({
    from: new Date(fromMs).toISOString(),
    to: new Date(toMs).toISOString(),
    by,
    timeZone,
    ...(hospital === null ? {} : { hospital }),
    ...(hospital === null || ward === null ? {} : { ward }),
  });
  return useQuery({
    queryKey: ["kpi", String(query)],
    queryFn: ({ signal }) => readJson(KpiAnswer, `/api/v1/kpi?${query}`, signal),
    refetchInterval: ASKED_EVERY_MS,
    placeholderData: keepPreviousData,
  });
}

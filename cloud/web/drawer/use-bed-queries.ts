import { keepPreviousData, useInfiniteQuery, useQuery } from "@tanstack/react-query";
import { readJson } from "../../../contracts/ui/read-json.ts";
import { BedDetail, Timeline } from "../../../contracts/wire/board.ts";
import type { BedId } from "../../../contracts/wire/ids.ts";

/** Values come in faster than anybody reads them; the bed's own state comes over the live socket. */
const LATEST_EVERY_MS = 5_000;
const TIMELINE_PAGE_ENTRIES = 20;

export function useLatestValues(bedId: BedId) {
  return useQuery({
    queryKey: ["bed", bedId],
    queryFn: ({ signal }) => readJson(BedDetail, `/api/v1/beds/${bedId}`, signal),
    refetchInterval: LATEST_EVERY_MS,
  });
}

/** The bed's events, newest first; asked for again when `liveSeq` says that there is a new one. */
export function useTimeline(bedId: BedId, liveSeq: number) {
  return useInfiniteQuery({
    queryKey: ["timeline", bedId, liveSeq],
    initialPageParam: "",
    queryFn: ({ signal, pageParam }) => {
      const cursor = pageParam === "" ? "" : `&cursor=${encodeURIComponent(pageParam)}`;
      const url = `/api/v1/beds/${bedId}/timeline?limit=${TIMELINE_PAGE_ENTRIES}${cursor}`;
      return readJson(Timeline, url, signal);
    },
    getNextPageParam: (page) => page.nextCursor,
    placeholderData: keepPreviousData,
  });
}

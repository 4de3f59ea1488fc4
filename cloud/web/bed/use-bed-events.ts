import { keepPreviousData, useQuery } from "@tanstack/react-query";
import { useRef } from "react";
import { readJson } from "../../../contracts/ui/read-json.ts";
import { Timeline } from "../../../contracts/wire/board.ts";
import type { BedId } from "../../../contracts/wire/ids.ts";
import { type EventLog, extendLog } from "./event-log.ts";

const PAGE_ENTRIES = 200;
/** The log itself is kept by the page; an answer serves once. */
const KEPT_MS = 10_000;

/** The bed's events back to `fromMs`; asked for again when `liveSeq` says that there is a new one, then only from the newest on. */
export function useBedEvents(bedId: BedId, fromMs: number, liveSeq: number) {
  const known = useRef<EventLog | null>(null);
  return useQuery({
    queryKey: ["events", bedId, liveSeq, fromMs],
    queryFn: async ({ signal }) => {
      const log = await extendLog(known.current, fromMs, (cursor) => {
        const query = new URLSearchParams({
          limit: String(PAGE_ENTRIES),
          ...(cursor === null ? {} : { cursor }),
        });
        return readJson(Timeline, `/api/v1/beds/${bedId}/timeline?${query}`, signal);
      });
      known.current = log;
      return log;
    },
    staleTime: Number.POSITIVE_INFINITY,
    gcTime: KEPT_MS,
    placeholderData: keepPreviousData,
  });
}

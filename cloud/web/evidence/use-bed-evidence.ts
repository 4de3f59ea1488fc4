import { keepPreviousData, useQuery } from "@tanstack/react-query";
import { readJson } from "../../../contracts/ui/read-json.ts";
import { BedEvidence, type BedStatement } from "../../../contracts/wire/evidence.ts";
import type { BedId } from "../../../contracts/wire/ids.ts";

/** A witness signs within seconds, a chain within minutes; what has both changes no more by itself. */
const ASKED_EVERY_MS = { unwitnessed: 3_000, unanchored: 15_000, settled: 30_000 } as const;
/** Of older ones, what is missing is not coming within a look. */
const WATCHED_STATEMENTS = 10;

/** What the bed said, and how far each of it is logged, witnessed and anchored; asked anew with each live change. */
export function useBedEvidence(bedId: BedId, liveSeq: number) {
  return useQuery({
    queryKey: ["bed-evidence", bedId, liveSeq],
    queryFn: ({ signal }) => readJson(BedEvidence, `/api/v1/beds/${bedId}/evidence`, signal),
    refetchInterval: ({ state }) => askedEveryMs(state.data),
    placeholderData: keepPreviousData,
  });
}

export function askedEveryMs(evidence: BedEvidence | undefined): number {
  const watched = (evidence?.statements ?? []).slice(0, WATCHED_STATEMENTS);
  const lacks = (has: (statement: BedStatement) => boolean) => watched.some((statement) => !has(statement));
  if (evidence === undefined || lacks(({ witnessed }) => witnessed !== null))
    return ASKED_EVERY_MS.unwitnessed;
  return evidence.isAnchoring && lacks(({ anchored }) => anchored !== null)
    ? ASKED_EVERY_MS.unanchored
    : ASKED_EVERY_MS.settled;
}

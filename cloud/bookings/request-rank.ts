/** Puts the open requests in their order. */
import { sql } from "kysely";
import { distanceKm, type Place } from "../../contracts/booking/distance.ts";
import { rankRequests, type Waiting } from "../../contracts/booking/rank.ts";
import type { BedNeed, RankExplained, RequestOrigin } from "../../contracts/wire/booking.ts";
import { HospitalPolicyBody } from "../../contracts/wire/ward-desk.ts";
import type { Database } from "../database/schema.ts";
import { selectRequests } from "./repository.ts";
import type { StoredRequest } from "./rows.ts";

/** Of the whole network: who waits elsewhere is ahead all the same. Next first. */
export async function rankedOpenRequests(
  db: Database,
  nowMs: number,
): Promise<{ readonly request: StoredRequest; readonly rank: RankExplained }[]> {
  const open = await selectRequests(db, sql`request.state = 'open'`, sql`request.request_id`);
  const places = await hospitalPlaces(db);
  const byId = new Map(open.map((request) => [request.requestId, request]));
  const waiting = open.map((request) => waitingOf(request, places));
  return rankRequests(waiting, nowMs).flatMap(({ requestId, rank }) => {
    const request = byId.get(requestId);
    return request === undefined ? [] : [{ request, rank }];
  });
}

export type Places = ReadonlyMap<string, Place>;

export function waitingOf(request: StoredRequest, places: Places): Waiting {
  return {
    requestId: request.requestId,
    hasOverride: request.overrideAtMs !== null,
    clinicalPriority: request.clinicalPriority,
    news2:
      request.news2Total === null || request.news2TakenAtMs === null
        ? null
        : { total: request.news2Total, takenAtMs: request.news2TakenAtMs },
    urgency: request.urgency,
    askedAtMs: request.askedAtMs,
    distanceKm: distanceOf(request.need, places),
  };
}

/** Hospital → where it is, of those that have said so. */
export async function hospitalPlaces(db: Database): Promise<Places> {
  const rows = await db.selectFrom("hospitalPolicies").select(["hospitalId", "policy"]).execute();
  return new Map(
    rows.flatMap(({ hospitalId, policy }) => {
      const { latitude, longitude } = HospitalPolicyBody.parse(policy);
      return latitude === null || longitude === null ? [] : [[hospitalId, { latitude, longitude }] as const];
    }),
  );
}

export type Way = {
  readonly from:
    | Pick<Extract<RequestOrigin, { kind: "hospital" }>, "kind" | "hospitalId">
    | Omit<Extract<RequestOrigin, { kind: "place" }>, "label">;
  /** Only this hospital's beds. */
  readonly hospitalId?: BedNeed["hospitalId"];
};

/** To the hospital that is wanted, or to the nearest other one. */
export function distanceOf({ from, hospitalId: wanted }: Way, places: Places): number | null {
  const origin = from.kind === "place" ? from : places.get(from.hospitalId);
  if (origin === undefined) return null;
  const goals = [...places]
    .filter(([id]) =>
      wanted === undefined ? from.kind === "place" || id !== from.hospitalId : id === wanted,
    )
    .map(([, place]) => distanceKm(origin, place));
  return goals.length === 0 ? null : Math.min(...goals);
}

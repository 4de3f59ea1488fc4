/**
 * One open request's place among all, without reading the others: the database counts who is before it by the factors
 * that are whole numbers, and only where those are equal does it matter how far each has to go. The order is that of
 * contracts/booking/rank.ts, written a second time as SQL; a test holds the two together.
 */
import { sql } from "kysely";
import * as z from "zod";
import {
  factorsInWords,
  NEWS2_COUNTS_FOR_MS,
  WAITING_STEP_MS,
  weightsOf,
} from "../../contracts/booking/rank.ts";
import { URGENCIES } from "../../contracts/booking/vocabulary.ts";
import { type RankExplained, RequestOrigin } from "../../contracts/wire/booking.ts";
import { HospitalId } from "../../contracts/wire/ids.ts";
import type { Database } from "../database/schema.ts";
import { distanceOf, hospitalPlaces, type Places, waitingOf } from "./request-rank.ts";
import type { StoredRequest } from "./rows.ts";

/** Those that stand before the distance, in their order. */
const COUNTED_FACTORS = ["override", "clinical-priority", "news2", "urgency", "waiting"] as const;

const [HospitalOrigin, PlaceOrigin] = RequestOrigin.options;
/** Of the other open requests: all before, all after, and those that are equal by what they have before them. */
const Others = z.object({
  side: z.enum(["before", "equal", "after"]),
  /** Null but of those that are equal. */
  fromPlace: z
    .discriminatedUnion("kind", [HospitalOrigin.omit({ bedId: true }), PlaceOrigin.omit({ label: true })])
    .nullable(),
  wanted: HospitalId.nullable(),
  requests: z.int(),
  /** Of them, those whose id is lower. */
  lowerIds: z.int(),
  /** The weights of the last one, by COUNTED_FACTORS. */
  last: z.array(z.int()),
});
type Others = z.infer<typeof Others>;

export async function placeOf(db: Database, request: StoredRequest, nowMs: number): Promise<RankExplained> {
  const places = await hospitalPlaces(db);
  const one = waitingOf(request, places);
  const weights = weightsOf(one, nowMs);
  const counted = COUNTED_FACTORS.map((factor) => weights[factor]);
  const others = await selectOthers(db, request.requestId, counted, nowMs);
  const before = others.filter(({ side }) => side === "before");
  const equal = others
    .filter(({ side }) => side === "equal")
    .map((group) => ({ ...group, km: kmOf(group, places) }));
  const nearer = equal.filter(({ km }) => km < weights.distance);
  const sameWay = equal.filter(({ km, lowerIds }) => km === weights.distance && lowerIds > 0);
  const last = before[0]?.last;
  return {
    position: 1 + sumOf(before, "requests") + sumOf(nearer, "requests") + sumOf(sameWay, "lowerIds"),
    of: 1 + sumOf(others, "requests"),
    behindBy:
      sameWay.length > 0
        ? "id"
        : nearer.length > 0
          ? "distance"
          : last === undefined
            ? null
            : (COUNTED_FACTORS.find((_, n) => last[n] !== counted[n]) ?? null),
    factors: factorsInWords(one, nowMs),
  };
}

function kmOf({ fromPlace, wanted }: Others, places: Places): number {
  if (fromPlace === null) throw new Error("where each of the equal ones is was to be read");
  return distanceOf({ from: fromPlace, hospitalId: wanted ?? undefined }, places) ?? Number.POSITIVE_INFINITY;
}

const sumOf = (groups: readonly Others[], of: "requests" | "lowerIds") =>
  groups.reduce((sum, group) => sum + group[of], 0);

/** In one statement, so that they are of one moment. */
async function selectOthers(
  db: Database,
  requestId: string,
  counted: readonly number[],
  nowMs: number,
): Promise<Others[]> {
  const mine = sql`${[...counted]}::int[]`;
  const { rows } = await sql<Record<string, unknown>>`
    WITH waiting AS MATERIALIZED (
      SELECT request_id, need, ARRAY[
        CASE WHEN override_at_ms IS NULL THEN 1 ELSE 0 END,
        clinical_priority,
        CASE WHEN news2_total IS NOT NULL AND ${nowMs}::bigint - news2_taken_at_ms <= ${NEWS2_COUNTS_FOR_MS}::bigint
          THEN -news2_total ELSE 1 END,
        array_position(${[...URGENCIES]}::text[], urgency) - 1,
        (-(greatest(0, ${nowMs}::bigint - asked_at_ms) / ${WAITING_STEP_MS}::bigint))::int
      ] AS weights
      FROM bed_requests WHERE state = 'open' AND request_id <> ${requestId}::uuid
    ), sided AS (
      SELECT *, CASE WHEN weights < ${mine} THEN 'before' WHEN weights = ${mine} THEN 'equal' ELSE 'after' END AS side
      FROM waiting
    )
    SELECT side,
      CASE WHEN side = 'equal' THEN (need -> 'from') - '{bedId,label}'::text[] END AS from_place,
      CASE WHEN side = 'equal' THEN need ->> 'hospitalId' END AS wanted,
      count(*)::int AS requests,
      count(*) FILTER (WHERE request_id < ${requestId}::uuid)::int AS lower_ids,
      max(weights) AS last
    FROM sided GROUP BY 1, 2, 3`.execute(db);
  return rows.map((row) => Others.parse(row));
}

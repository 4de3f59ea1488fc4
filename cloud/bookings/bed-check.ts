/** What a bed says to a need at this instant, the claims on it apart: those were settled under the bed's lock. */
import { sql } from "kysely";
import * as z from "zod";
import type { BedAnswer } from "../../contracts/booking/decide-booking.ts";
import { matchBed } from "../../contracts/booking/match.ts";
import { asksRoommates } from "../../contracts/booking/room-fit.ts";
import { Sex } from "../../contracts/booking/vocabulary.ts";
import type { BedNeed, HoldEvidence } from "../../contracts/wire/booking.ts";
import type { BedId } from "../../contracts/wire/ids.ts";
import { preparedAs } from "../database/prepared.ts";
import type { DatabaseTransaction } from "../database/schema.ts";
import { CloudError } from "../http/problem.ts";
import type { Bed } from "../registry/bed.ts";
import { selectBeds } from "../registry/bed-rows.ts";
import { factsOf, rfc3339OrNull } from "../registry/bed-view.ts";
import { liveClaim } from "../registry/compose-axes.ts";
import { policyOf } from "../ward-admin/policy.ts";

export type CheckedBed = {
  readonly bed: Bed;
  /** The newest on it that is called live; a hold's time may be over. */
  readonly claim: "none" | "stands" | "lapsed";
  readonly answer: BedAnswer;
  readonly evidence: z.infer<typeof HoldEvidence>;
  readonly holdMsOf: (urgency: "emergency" | "urgent" | "routine") => number;
};

/** Of beds whose claims are of these bookings, only that nobody knows of any is a reason. */
const CLAIMS = /^assignment-(held|reserved|assigned|admitted|on-leave)$/;

const Roommates = z.array(Sex);

/**
 * `evidenceNowMs` is of the service's clock, by which gateways' evidence is dated. The bed's row is locked. Throws
 * BED_NOT_FOUND for a bed that is not in service.
 */
export async function checkBed(
  trx: DatabaseTransaction,
  bedId: BedId,
  need: BedNeed,
  { nowMs, evidenceNowMs }: { readonly nowMs: number; readonly evidenceNowMs: number },
): Promise<CheckedBed> {
  const [known] = await selectBeds(
    trx,
    sql`bed.bed_id = ${bedId} AND NOT bed.removed`,
    sql`bed.bed_id`,
    preparedAs("check-bed"),
  );
  if (known === undefined) throw bedNotFound();
  const { bed, profile } = known;
  const policy = await policyOf(trx, bed.hospitalId);
  const facts = factsOf(known, nowMs);
  const { basis, derived, misfits } = matchBed(
    need,
    {
      hospitalId: bed.hospitalId,
      facts,
      assignmentSource: bed.assignmentSource,
      profile,
      roommates: profile !== null && asksRoommates(need, profile) ? await roommatesOf(trx, bed, nowMs) : [],
    },
    evidenceNowMs,
  );
  const observedAtMs = facts.occupancySource?.lastObservedAtMs ?? null;
  return {
    bed,
    claim: known.claim === null ? "none" : liveClaim(known.claim, nowMs) === null ? "lapsed" : "stands",
    answer: {
      basis,
      misfits: misfits.filter(({ code }) => !CLAIMS.test(code)),
      autoAccept: policy.autoAccept,
    },
    evidence: {
      basis,
      verification: derived.verification,
      observedAt: rfc3339OrNull(observedAtMs),
      ageMs: observedAtMs === null ? null : Math.max(0, evidenceNowMs - observedAtMs),
      liveSeq: known.liveSeq,
    },
    holdMsOf: (urgency) => policy.holdMinutes[urgency] * 60_000,
  };
}

export const bedNotFound = () =>
  new CloudError("BED_NOT_FOUND", "There is no such bed among those you may see.");

/** Of whoever lies in the room, or is expected there. */
async function roommatesOf(
  trx: DatabaseTransaction,
  { bedId, gatewayId, roomId }: Bed,
  nowMs: number,
): Promise<Sex[]> {
  const { rows } = await sql<{ sex: string }>`
    SELECT booking.sex FROM bookings booking JOIN beds bed ON bed.bed_id = booking.bed_id
    WHERE booking.is_live AND (booking.expires_at_ms IS NULL OR booking.expires_at_ms > ${nowMs})
      AND bed.gateway_id = ${gatewayId} AND bed.room_id = ${roomId} AND bed.bed_id <> ${bedId}`.execute(trx);
  return Roommates.parse(rows.map(({ sex }) => sex));
}

/** Somebody else has the bed: who, without a name, and what else there is. */

import type { LostRace } from "../../contracts/wire/booking.ts";
import type { BedId } from "../../contracts/wire/ids.ts";
import type { Database } from "../database/schema.ts";
import { CloudError } from "../http/problem.ts";
import { rfc3339 } from "../registry/bed-view.ts";
import { errorCode } from "../start-error.ts";
import type { NextBest } from "./ports.ts";
import { liveClaimOf } from "./repository.ts";
import type { StoredRequest } from "./rows.ts";

/** Ends the transaction; what the loser is told is looked up after it. */
export class BedTaken extends Error {
  override readonly name = "BedTaken";
  readonly bedId: BedId;
  readonly request: StoredRequest;

  constructor(bedId: BedId, request: StoredRequest) {
    super(`bed ${bedId} is taken`);
    this.bedId = bedId;
    this.request = request;
  }
}

export async function lostRace(
  db: Database,
  nowMs: number,
  { bedId, request }: Pick<BedTaken, "bedId" | "request">,
  nextBest: NextBest,
): Promise<CloudError> {
  const claim = await liveClaimOf(db, bedId, nowMs);
  const extension: LostRace = {
    winner:
      claim === undefined
        ? null
        : {
            role: claim.role,
            hospitalId: claim.askerHospitalId,
            state: claim.state,
            since: rfc3339(claim.fromMs),
          },
    nextBest: await nextBest(request, bedId),
  };
  const whose =
    claim === undefined ? "It was taken and is free again by now." : `It is ${claim.state} by ${claim.role}.`;
  return new CloudError("BED_TAKEN", `Somebody was faster. ${whose}`, extension);
}

/** Which of the tables' own rules refused a statement; undefined: none of ours. */
export function refusedBy(error: unknown): string | undefined {
  const code = errorCode(error);
  if (code !== "23P01" && code !== "23505") return undefined;
  const { constraint } = error as { constraint?: unknown };
  return typeof constraint === "string" ? constraint : undefined;
}

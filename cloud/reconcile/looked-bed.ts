/** A bed as its contradictions are looked for. Pure. */
import type { LookedBed } from "../../contracts/booking/discrepancies.ts";
import type { KnownBed } from "../registry/bed.ts";
import { factsOf } from "../registry/bed-view.ts";
import { liveClaim } from "../registry/compose-axes.ts";

/** `nowMs` by the clock of claims. */
export function lookedBed(known: KnownBed, arrivalMinutes: number, nowMs: number): LookedBed {
  const { endedClaim } = known;
  const hadPatient = endedClaim?.state === "discharged" || endedClaim?.state === "transferred";
  return {
    facts: factsOf(known, nowMs),
    claim: liveClaim(known.claim, nowMs),
    leaver: hadPatient ? { bookingId: endedClaim.bookingId, endedAtMs: endedClaim.sinceMs } : null,
    arrivalMs: arrivalMinutes * 60_000,
  };
}

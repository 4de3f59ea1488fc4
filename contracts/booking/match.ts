/**
 * Whether a bed is what a request asks for, and if not, why. Pure; the same rule decides what a search offers and whether
 * a hold may be made.
 *
 *   need + bed (its axes, evidence, room, profile, who else is in the room) + now ─▶ basis, misfits
 *
 * A bed without misfits is offered; with any, never. What is not known about a bed counts against it.
 */
import { type BedFacts, type Fitness, fitnessOf, REASONS, type Reason } from "../bed/derive.ts";
import type { AssignmentSource } from "../wire/bed-event.ts";
import type { BedNeed, Misfit } from "../wire/booking.ts";
import type { HospitalId } from "../wire/ids.ts";
import type { BedProfileBody } from "../wire/ward-desk.ts";
import { levelFit } from "./level-fit.ts";
import { listWords, REASON_MISFIT_WORDS } from "./misfit-words.ts";
import { isolationMisfit, sexMisfit } from "./room-fit.ts";
import type { Sex } from "./vocabulary.ts";

export type BedCandidate = {
  readonly hospitalId: HospitalId;
  readonly facts: BedFacts;
  readonly assignmentSource: AssignmentSource;
  /** Null: nobody has said what the bed is. It is never offered as something. */
  readonly profile: BedProfileBody | null;
  /** Of each who lies in another bed of the same room or has a claim on it; of anybody, where `asksRoommates`. */
  readonly roommates: readonly Sex[];
};

export type MisfitText = { readonly code: Misfit; readonly text: string };

export type BedMatch = {
  readonly basis: Fitness["basis"];
  readonly derived: Pick<Fitness, "freshness" | "verification">;
  /** Empty: the bed is offered. */
  readonly misfits: readonly MisfitText[];
};

export function matchBed(need: BedNeed, candidate: BedCandidate, nowMs: number): BedMatch {
  const { facts } = candidate;
  // Who has to be protected from infection may not lie where one was isolated.
  const isolation = need.isolation !== "none" && need.isolation !== "protective";
  const fitness = fitnessOf(facts, nowMs, { isolation });
  const misfits = placeMisfits(need, candidate);
  misfits.push(...profileMisfits(need, candidate));
  for (const reason of fitness.reasons) if (!isSaidByWard(reason, candidate)) misfits.push(SAID[reason]);
  return { basis: fitness.basis, derived: fitness, misfits };
}

export function misfitsOf(need: BedNeed, candidate: BedCandidate, nowMs: number): readonly MisfitText[] {
  return matchBed(need, candidate, nowMs).misfits;
}

const SAID = Object.fromEntries(
  REASONS.map((reason) => [reason, { code: reason, text: REASON_MISFIT_WORDS[reason] }]),
) as Readonly<Record<Reason, MisfitText>>;

/** That who has the bed is not known here is what "it is not booked here" says already: it counts once. */
const isSaidByWard = (reason: Reason, { assignmentSource }: BedCandidate): boolean =>
  reason === "assignment-unknown" && assignmentSource !== "bookings";

function placeMisfits(need: BedNeed, { hospitalId, assignmentSource }: BedCandidate): MisfitText[] {
  const misfits: MisfitText[] = [];
  if (need.hospitalId !== undefined && need.hospitalId !== hospitalId)
    misfits.push({
      code: "other-hospital-only",
      text: `in ${hospitalId}, a bed of ${need.hospitalId} wanted`,
    });
  if (assignmentSource !== "bookings") {
    const whose = assignmentSource === "adt" ? "is booked in the hospital's own system" : "takes no bookings";
    misfits.push({ code: "assignment-source", text: `its ward ${whose}, one that is booked here wanted` });
  }
  return misfits;
}

function profileMisfits(need: BedNeed, { profile, facts, roommates }: BedCandidate): MisfitText[] {
  const { levelOfCare } = need;
  if (profile === null)
    return [{ code: "level-of-care-unknown", text: `level of care not known, ${levelOfCare} wanted` }];

  const misfits: MisfitText[] = [];
  if (levelFit(levelOfCare, profile.levelOfCare) === "none")
    misfits.push({ code: "level-of-care", text: `${profile.levelOfCare}, ${levelOfCare} wanted` });

  const missing = need.features.filter((feature) => !profile.features.includes(feature));
  if (missing.length > 0) {
    const has = profile.features.length === 0 ? "no features" : `has ${listWords(profile.features)}`;
    misfits.push({ code: "feature-missing", text: `${has}, ${listWords(missing)} wanted` });
  }

  const isolation = isolationMisfit(need.isolation, { facts, profile, roommates });
  if (isolation !== null) misfits.push({ code: "isolation-kind", text: isolation });

  if (!profile.ageBands.includes(need.ageBand))
    misfits.push({ code: "age-band", text: `for ${listWords(profile.ageBands)}, ${need.ageBand} wanted` });

  const sex = sexMisfit(need.sex, profile.sexRule, roommates);
  if (sex !== null) misfits.push({ code: "sex-rule", text: sex });

  const { patientMassKgMax } = profile;
  if (need.patientMassKg !== undefined && patientMassKgMax !== null && need.patientMassKg > patientMassKgMax)
    misfits.push({
      code: "patient-mass",
      text: `up to ${patientMassKgMax} kg, ${need.patientMassKg} kg wanted`,
    });
  return misfits;
}

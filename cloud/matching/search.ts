/** One search over all beds: which are offered and in what order, and what keeps the others back. Pure. */
import { distanceKm, type Place } from "../../contracts/booking/distance.ts";
import { type BedCandidate, type BedMatch, matchBed } from "../../contracts/booking/match.ts";
import { byScore, type RankedFacts, scoreOf, whyWords } from "../../contracts/booking/rank-beds.ts";
import type { Sex } from "../../contracts/booking/vocabulary.ts";
import {
  type BedNeed,
  type MatchAnswer,
  type MatchedBed,
  MISFITS,
  type Misfit,
  type NotOffered,
} from "../../contracts/wire/booking.ts";
import type { BedId, HospitalId } from "../../contracts/wire/ids.ts";
import type { BedProfileBody, HospitalPolicyBody } from "../../contracts/wire/ward-desk.ts";
import type { KnownBed } from "../registry/bed.ts";
import { factsOf, rfc3339OrNull } from "../registry/bed-view.ts";
import { type Rooms, roommatesOf } from "./roommates.ts";

export type Searched = {
  readonly beds: readonly KnownBed[];
  readonly rooms: Rooms;
  readonly sexOf: ReadonlyMap<BedId, Sex>;
  profile(bedId: BedId): BedProfileBody | null;
  policy(hospitalId: HospitalId): HospitalPolicyBody;
};

type Judged = { readonly known: KnownBed; readonly candidate: BedCandidate; readonly match: BedMatch };
export type Offer = Judged & { readonly bedId: BedId; readonly score: number; readonly ranked: RankedFacts };
type KeptBack = Judged & { readonly distanceKm: number };
export type Found = {
  /** Best first. */
  readonly offers: readonly Offer[];
  /** The nearest misses first: those with the fewest misfits, then those that lie nearer. */
  readonly keptBack: readonly KeptBack[];
};

export function search(need: BedNeed, searched: Searched, nowMs: number): Found {
  const distanceTo = distances(need, searched);
  const offers: Offer[] = [];
  const keptBack: KeptBack[] = [];
  for (const known of searched.beds) {
    const { bedId, hospitalId, assignmentSource } = known.bed;
    const candidate: BedCandidate = {
      hospitalId,
      facts: factsOf(known, nowMs),
      assignmentSource,
      profile: searched.profile(bedId),
      roommates: roommatesOf(known, searched.rooms, searched.sexOf),
    };
    const match = matchBed(need, candidate, nowMs);
    const judged = { known, candidate, match };
    const km = distanceTo(hospitalId);
    if (match.misfits.length > 0) {
      keptBack.push({ ...judged, distanceKm: km ?? Number.POSITIVE_INFINITY });
      continue;
    }
    const { autoAccept } = searched.policy(hospitalId);
    const ranked = { distanceKm: km, autoAccept };
    offers.push({ ...judged, bedId, ranked, score: scoreOf(need, candidate, match, ranked) });
  }
  return { offers: offers.sort(byScore), keptBack: keptBack.sort(byNearness) };
}

function byNearness(left: KeptBack, right: KeptBack): number {
  const fewer = left.match.misfits.length - right.match.misfits.length;
  if (fewer !== 0) return fewer;
  // Two places of unknown distance are equally far.
  if (left.distanceKm !== right.distanceKm) return left.distanceKm - right.distanceKm;
  return left.known.bed.bedId < right.known.bed.bedId ? -1 : 1;
}

/** To each hospital; null where either place is not known. Worked out once a hospital. */
function distances(need: BedNeed, { policy }: Searched): (hospitalId: HospitalId) => number | null {
  const origin = need.from.kind === "place" ? need.from : placeOf(policy(need.from.hospitalId));
  const known = new Map<HospitalId, number | null>();
  return (hospitalId) => {
    const before = known.get(hospitalId);
    if (before !== undefined) return before;
    const isSame = need.from.kind === "hospital" && need.from.hospitalId === hospitalId;
    const place = placeOf(policy(hospitalId));
    const km = isSame ? 0 : origin === null || place === null ? null : distanceKm(origin, place);
    known.set(hospitalId, km);
    return km;
  };
}

function placeOf({ latitude, longitude }: HospitalPolicyBody): Place | null {
  return latitude === null || longitude === null ? null : { latitude, longitude };
}

export function matchedBed(need: BedNeed, offer: Offer, hospitalName: string, nowMs: number): MatchedBed {
  const { known, candidate, match, ranked, score } = offer;
  const { bed } = known;
  const { facts, profile } = candidate;
  const km = ranked.distanceKm;
  return {
    bedId: bed.bedId,
    label: bed.label,
    hospitalId: bed.hospitalId,
    hospitalName,
    wardId: bed.wardId,
    wardName: bed.wardName,
    roomId: bed.roomId,
    roomName: bed.roomName,
    levelOfCare: profile?.levelOfCare ?? null,
    features: [...(profile?.features ?? [])],
    basis: match.basis,
    verification: match.derived.verification,
    verifiedAt: rfc3339OrNull(facts.occupancySource?.lastObservedAtMs ?? null),
    distanceKm: km === null ? null : Number(km.toFixed(1)),
    autoAccept: ranked.autoAccept && match.basis === "verified",
    why: whyWords(need, candidate, match, ranked, nowMs),
    score,
  };
}

export function notOffered({ known: { bed }, match }: KeptBack): NotOffered {
  const { bedId, label, hospitalId, wardName } = bed;
  return { bedId, label, hospitalId, wardName, misfits: [...match.misfits] };
}

/** The misfit that keeps back the most beds first. */
export function countMisfits(keptBack: readonly KeptBack[]): MatchAnswer["keptBack"] {
  const beds = new Map<Misfit, number>();
  for (const { match } of keptBack)
    for (const { code } of match.misfits) beds.set(code, (beds.get(code) ?? 0) + 1);
  return MISFITS.map((code) => ({ code, beds: beds.get(code) ?? 0 }))
    .filter((count) => count.beds > 0)
    .sort((left, right) => right.beds - left.beds);
}

/** One search over all beds: which are offered and in what order, and what keeps the others back. Pure. */
import { distanceKm, type Place } from "../../contracts/booking/distance.ts";
import { type BedCandidate, type BedMatch, matchBed } from "../../contracts/booking/match.ts";
import { byScore, type RankedFacts, scoreOf, whyWords } from "../../contracts/booking/rank-beds.ts";
import { asksRoommates } from "../../contracts/booking/room-fit.ts";
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
import { FirstOf } from "./first-of.ts";
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
  /** Best first, as many as were wanted. */
  readonly offers: readonly Offer[];
  readonly offered: number;
  /** The nearest misses first: those with the fewest misfits, then those that lie nearer. As many as were wanted. */
  readonly keptBack: readonly KeptBack[];
  /** Misfit → how many beds it keeps back. */
  readonly misfits: ReadonlyMap<Misfit, number>;
};

/** What is to be told of what is found; the rest is only counted. */
export type Wanted = {
  readonly offersMax: number;
  readonly keptBackMax: number;
  /** Whether why a bed of this hospital is not offered is told. */
  tellsOf(hospitalId: HospitalId): boolean;
};

const NOBODY: readonly Sex[] = [];

export function search(need: BedNeed, searched: Searched, nowMs: number, wanted: Wanted): Found {
  const distanceTo = distances(need, searched);
  const offers = new FirstOf<Offer>(wanted.offersMax, byScore);
  const keptBack = new FirstOf<KeptBack>(wanted.keptBackMax, byNearness);
  const misfits = new Map<Misfit, number>();
  let offered = 0;
  for (const known of searched.beds) {
    const { bedId, hospitalId, assignmentSource } = known.bed;
    const profile = searched.profile(bedId);
    const candidate: BedCandidate = {
      hospitalId,
      facts: factsOf(known, nowMs),
      assignmentSource,
      profile,
      roommates:
        profile !== null && asksRoommates(need, profile)
          ? roommatesOf(known, searched.rooms, searched.sexOf)
          : NOBODY,
    };
    const match = matchBed(need, candidate, nowMs);
    const km = distanceTo(hospitalId);
    if (match.misfits.length > 0) {
      for (const { code } of match.misfits) misfits.set(code, (misfits.get(code) ?? 0) + 1);
      if (wanted.tellsOf(hospitalId))
        keptBack.add({ known, candidate, match, distanceKm: km ?? Number.POSITIVE_INFINITY });
      continue;
    }
    offered += 1;
    const { autoAccept } = searched.policy(hospitalId);
    const ranked = { distanceKm: km, autoAccept };
    offers.add({ known, candidate, match, bedId, ranked, score: scoreOf(need, candidate, match, ranked) });
  }
  return { offers: offers.items, offered, keptBack: keptBack.items, misfits };
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
export function countMisfits(misfits: Found["misfits"]): MatchAnswer["keptBack"] {
  return MISFITS.map((code) => ({ code, beds: misfits.get(code) ?? 0 }))
    .filter((count) => count.beds > 0)
    .sort((left, right) => right.beds - left.beds);
}

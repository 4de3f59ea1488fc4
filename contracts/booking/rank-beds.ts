/**
 * Which of the beds that fit comes first, and why it stands where it stands. Pure.
 *
 * The score is a sum whose parts are so far apart that what matters more always decides: proof, then the exact level,
 * then sparing the rooms that others need, then how fresh the proof is; the way there and what the bed has beyond the need
 * settle the rest.
 */
import type { BedNeed } from "../wire/booking.ts";
import { levelFit } from "./level-fit.ts";
import type { BedCandidate, BedMatch } from "./match.ts";
import { listWords } from "./misfit-words.ts";
import { PRESSURE_WANTED, roomWords } from "./room-fit.ts";

export type RankedFacts = {
  /** Null: where one of the two is, is not known. */
  readonly distanceKm: number | null;
  /** The hospital agrees by its policy without being asked. */
  readonly autoAccept: boolean;
};

const POINTS = {
  verified: 800,
  exactLevel: 400,
  roomSpared: 200,
  evidenceFresh: 100,
  nearMax: 80,
  surplus: 1,
};
/** At this distance half of the points for being near are left. */
const NEAR_HALF_KM = 30;

/** With two decimals, so that what is as good as equal is equal and the id decides. */
export function scoreOf(
  need: BedNeed,
  { profile, facts }: BedCandidate,
  { basis, derived }: BedMatch,
  { distanceKm }: RankedFacts,
): number {
  const features = profile?.features ?? [];
  const surplus = features.filter((feature) => !need.features.includes(feature)).length;
  const isExact = profile !== null && levelFit(need.levelOfCare, profile.levelOfCare) === "exact";
  const near = distanceKm === null ? 0 : POINTS.nearMax * (NEAR_HALF_KM / (NEAR_HALF_KM + distanceKm));
  const score =
    (basis === "verified" ? POINTS.verified : 0) +
    (isExact ? POINTS.exactLevel : 0) +
    (facts.roomIsolation === PRESSURE_WANTED[need.isolation] ? POINTS.roomSpared : 0) +
    (derived.freshness === "late" ? 0 : POINTS.evidenceFresh) +
    near -
    surplus * POINTS.surplus;
  return Number(score.toFixed(2));
}

export type Scored = { readonly bedId: string; readonly score: number };

/** A total order: no two beds have one id. */
export function byScore(left: Scored, right: Scored): number {
  if (left.score !== right.score) return right.score - left.score;
  return left.bedId < right.bedId ? -1 : left.bedId > right.bedId ? 1 : 0;
}

/** Why it is offered here, the most important first. */
export function whyWords(
  need: BedNeed,
  candidate: BedCandidate,
  { basis, derived }: BedMatch,
  { distanceKm, autoAccept }: RankedFacts,
  nowMs: number,
): string[] {
  const { facts, profile } = candidate;
  const source = facts.occupancySource?.lastObservedAtMs ?? null;
  const declaredAtMs = facts.declaredVacant?.atMs ?? null;
  const isFromThere = need.from.kind === "hospital" && need.from.hospitalId === candidate.hospitalId;
  return [
    basis === "verified"
      ? `verified ${agoWords(source, nowMs)}${derived.freshness === "late" ? ", evidence is late" : ""}`
      : `declared empty ${agoWords(declaredAtMs, nowMs)}, no sensor`,
    isolationWords(need, facts),
    isFromThere ? "same hospital" : distanceKm === null ? null : distanceWords(distanceKm),
    profile === null
      ? null
      : profile.levelOfCare === need.levelOfCare
        ? `exact level: ${profile.levelOfCare}`
        : `${profile.levelOfCare}, more than ${need.levelOfCare} needs`,
    need.features.length === 0 ? null : `has ${listWords(need.features)}`,
    autoAccept && basis === "verified" ? "reserved without being asked" : "the hospital has to agree",
  ].filter((text) => text !== null);
}

function isolationWords({ isolation }: BedNeed, facts: BedCandidate["facts"]): string | null {
  const isWanted = facts.roomIsolation === PRESSURE_WANTED[isolation];
  if (facts.roomIsolation !== "none")
    return isWanted ? `isolation: ${roomWords(facts)}` : `${roomWords(facts)}, not needed and kept for last`;
  return isolation === "none" ? null : "isolation: single room";
}

export function distanceWords(km: number): string {
  if (km < 1) return "under 1 km";
  return km < 10 ? `${km.toFixed(1)} km` : `${Math.round(km)} km`;
}

const SECOND_MS = 1_000;
const MINUTE_MS = 60_000;
const HOUR_MS = 60 * MINUTE_MS;

function agoWords(atMs: number | null, nowMs: number): string {
  // A bed is offered on evidence alone; without any the words are never asked for.
  if (atMs === null) return "at a time not known";
  const ageMs = Math.max(0, nowMs - atMs);
  if (ageMs < MINUTE_MS) return `${Math.floor(ageMs / SECOND_MS)} s ago`;
  if (ageMs < HOUR_MS) return `${Math.floor(ageMs / MINUTE_MS)} min ago`;
  return `${Math.floor(ageMs / HOUR_MS)} h ago`;
}

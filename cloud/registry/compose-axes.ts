/**
 * The axes that people see: what the bed's gateway says, what people said, and who has claimed it. Pure.
 *
 *   occupancy                      the sensors' alone
 *   assignment                     the claim, where bookings own it; elsewhere the gateway's, and a claim all the same
 *   service, staffing, infection   the most restrictive of both; a word fills in where the gateway knows nothing
 *   readiness                      who spoke last; a person's "clean" says nothing of a bed that somebody is in
 *
 * What ends by itself tells when, and what the axis is from then on, so that a browser needs no message for it.
 */
import type { Axis, AxisValue, Infection, Service, Staffing } from "../../contracts/bed/axes.ts";
import type { BedFacts } from "../../contracts/bed/derive.ts";
import { ASSIGNMENT_OF_BOOKING } from "../../contracts/booking/states.ts";
import type { By } from "../../contracts/wire/bed-event.ts";
import { PersonRole } from "../../contracts/wire/roles.ts";
import { ROLE_WORDS } from "../../contracts/words/role-words.ts";
import type { BedAxes, BedClaim, BedWord, KnownBed } from "./bed.ts";

export type ComposedFact<A extends Axis> = BedAxes[A] & {
  readonly lapse?: { readonly atMs: number; readonly to: AxisValue<A> };
};
export type ComposedAxes = { readonly [A in Axis]: ComposedFact<A> };

type Said = Pick<KnownBed, "bed" | "claim" | "endedClaim" | "words">;
type MildAxis = "service" | "staffing" | "infection";

/** From the mildest on; what is unknown has no rank. */
const SERVICE_RANKS: readonly Service[] = ["open", "blocked", "closed", "out-of-service"];
const STAFFING_RANKS: readonly Staffing[] = ["staffed", "unstaffed"];
const INFECTION_RANKS: readonly Infection[] = ["none", "isolated", "contaminated"];

export function composeAxes(said: Said, nowMs: number): ComposedAxes {
  const { axes } = said.bed;
  // Of most beds nobody says anything, and all beds are composed again and again.
  if (said.words.length === 0) return { ...axes, assignment: assignmentOf(said, nowMs) };
  const words = said.words.filter((word) => !hasLapsed(word.untilMs, nowMs));
  return {
    occupancy: axes.occupancy,
    assignment: assignmentOf(said, nowMs),
    readiness: readinessOf(axes, wordOn(words, "readiness")),
    service: stricter<"service">(axes.service, wordOn(words, "service"), SERVICE_RANKS),
    infection: stricter<"infection">(axes.infection, wordOn(words, "infection"), INFECTION_RANKS),
    staffing: stricter<"staffing">(axes.staffing, wordOn(words, "staffing"), STAFFING_RANKS),
  };
}

/**
 * Somebody has looked and found the bed empty. Not any more, where a patient has had it since: whoever looked did so
 * before that. A word that has lapsed is told too, for the reason why the bed is not offered.
 */
export function declaredVacantOf({ words, endedClaim }: Said): BedFacts["declaredVacant"] {
  const vacant = wordOn(words, "vacancy");
  if (vacant === undefined || vacant.untilMs === null) return null;
  const hadPatient = endedClaim?.state === "discharged" || endedClaim?.state === "transferred";
  if (hadPatient && endedClaim.sinceMs >= vacant.sinceMs) return null;
  return { atMs: vacant.sinceMs, untilMs: vacant.untilMs };
}

/** A claim of somebody who leaves does not lapse. */
export const isLeaving = ({ claim }: Pick<KnownBed, "claim">): boolean =>
  claim !== null && (claim.isLeaving || claim.dischargeOrderedAtMs !== null);

/** At its very end, a hold or a word is over: so says the range in the database too. */
const hasLapsed = (untilMs: number | null, nowMs: number) => untilMs !== null && untilMs <= nowMs;

/** The claim that stands now. */
export function liveClaim(claim: BedClaim | null, nowMs: number): BedClaim | null {
  return claim === null || hasLapsed(claim.expiresAtMs, nowMs) ? null : claim;
}

function assignmentOf({ bed, claim, endedClaim }: Said, nowMs: number): ComposedFact<"assignment"> {
  const gateways = bed.axes.assignment;
  const isOurs = bed.assignmentSource === "bookings";
  const live = liveClaim(claim, nowMs);
  if (live !== null && (isOurs || gateways.value === "none" || gateways.value === "unknown")) {
    const { state, sinceMs, expiresAtMs, role } = live;
    const fact = { value: ASSIGNMENT_OF_BOOKING[state], sinceMs, by: byRole(role), evidence: [] };
    const then = isOurs ? "none" : gateways.value;
    return expiresAtMs === null ? fact : { ...fact, lapse: { atMs: expiresAtMs, to: then } };
  }
  if (!isOurs) return gateways;
  const overSinceMs = Math.max(gateways.sinceMs ?? 0, endedClaim?.sinceMs ?? 0, claim?.expiresAtMs ?? 0);
  return {
    value: "none",
    sinceMs: overSinceMs === 0 ? null : overSinceMs,
    by: { kind: "declaration", who: "bookings" },
    evidence: [],
  };
}

function readinessOf(
  { readiness, occupancy }: BedAxes,
  word: WordOn<"readiness"> | undefined,
): ComposedFact<"readiness"> {
  if (word === undefined) return readiness;
  if (word.value === "clean" && occupancy.value === "present") return readiness;
  const bedsSinceMs = readiness.sinceMs ?? -1;
  // Of two words of the same moment, the one that keeps the bed back stands.
  const isStricter = word.value !== "clean" && word.value !== "unknown";
  const stands = word.sinceMs > bedsSinceMs || (word.sinceMs === bedsSinceMs && isStricter);
  return stands ? { ...factOf<"readiness">(word), ...lapseOf(word, readiness.value) } : readiness;
}

function stricter<A extends MildAxis>(
  gateways: ComposedFact<A>,
  word: WordOn<A> | undefined,
  ranks: readonly AxisValue<A>[],
): ComposedFact<A> {
  if (word === undefined || word.value === "unknown") return gateways;
  // What the gateway does not know ranks below everything that is known.
  if (ranks.indexOf(word.value) <= ranks.indexOf(gateways.value)) return gateways;
  return { ...factOf<A>(word), ...lapseOf(word, gateways.value) };
}

type WordOn<A extends Axis> = {
  readonly value: AxisValue<A>;
  readonly sinceMs: number;
  readonly untilMs: number | null;
  readonly role: string;
};

function wordOn<A extends BedWord["axis"]>(
  words: readonly BedWord[],
  axis: A,
): Extract<BedWord, { axis: A }> | undefined {
  return words.find((word): word is Extract<BedWord, { axis: A }> => word.axis === axis);
}

function factOf<A extends Axis>({ value, sinceMs, role }: WordOn<A>): ComposedFact<A> {
  return { value, sinceMs, by: byRole(role), evidence: [] } as unknown as ComposedFact<A>;
}

function lapseOf<Value>(
  { untilMs }: { readonly untilMs: number | null },
  to: Value,
): { lapse?: { atMs: number; to: Value } } {
  return untilMs === null ? {} : { lapse: { atMs: untilMs, to } };
}

function byRole(role: string): By {
  const known = PersonRole.safeParse(role).data;
  return { kind: "declaration", who: known === undefined ? "the service" : ROLE_WORDS[known] };
}

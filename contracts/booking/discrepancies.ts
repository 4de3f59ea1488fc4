/**
 * What the bed says against what was said of it. Pure. Thresholds come from the field's practice (how long a trip to the
 * bathroom, a visitor on the bed's edge, a discharged patient who waits for a taxi take).
 *
 *   stands   the two contradict each other, since a moment
 *   gone     they agree
 *   unknown  the bed is not heard: nothing is opened on that, and nothing closed
 */
import type { BedFacts } from "../bed/derive.ts";
import { freshnessAt, GHOST_AFTER_MS, SQUAT_AFTER_MS } from "../bed/derive.ts";
import type { DiscrepancyKind, LiveBookingState } from "./states.ts";

export const PRESENCE_COUNTS_AFTER_MS = 60_000;
export const NOT_LEFT_AFTER_MS = 45 * 60_000;

/** How long the two contradict each other before somebody is asked to look. */
const AFTER_MS: Readonly<Record<DiscrepancyKind, number>> = {
  ghost: GHOST_AFTER_MS,
  squat: SQUAT_AFTER_MS,
  "presence-on-claim": PRESENCE_COUNTS_AFTER_MS,
  // The status has lasted already when the bed says that it is empty.
  vacated: 0,
  "not-left": NOT_LEFT_AFTER_MS,
  // Its time to come is the policy's.
  "arrival-overdue": 0,
  "closed-under-claim": 0,
};

export type LookedClaim = {
  readonly bookingId: string;
  readonly state: LiveBookingState;
  readonly sinceMs: number;
  readonly reservedAtMs: number | null;
  readonly dischargeOrderedAtMs: number | null;
  /** On the way to another hospital: that the bed is empty is what was wanted. */
  readonly isLeaving: boolean;
};

export type LookedBed = {
  /** With the claims and words that stand now. */
  readonly facts: BedFacts;
  readonly claim: LookedClaim | null;
  /** The newest patient who was discharged from it or transferred. */
  readonly leaver: { readonly bookingId: string; readonly endedAtMs: number } | null;
  /** From the reservation to when the patient is to have come. */
  readonly arrivalMs: number;
};

export type Standing =
  | { readonly kind: "stands"; readonly sinceMs: number; readonly bookingId: string | null }
  | { readonly kind: "gone" }
  | { readonly kind: "unknown" };

const GONE: Standing = { kind: "gone" };
const UNKNOWN: Standing = { kind: "unknown" };

export function discrepanciesAt(
  looked: LookedBed,
  nowMs: number,
): Readonly<Record<DiscrepancyKind, Standing>> {
  const seen = occupancySeen(looked.facts, nowMs);
  return {
    ghost: ghost(looked, seen),
    squat: squat(looked, seen),
    "presence-on-claim": presenceOnClaim(looked, seen),
    vacated: vacated(looked, seen),
    "not-left": notLeft(looked, seen),
    "arrival-overdue": arrivalOverdue(looked, nowMs),
    "closed-under-claim": closedUnderClaim(looked),
  };
}

/** Whether it has lasted long enough to be told. */
export function isDue(kind: DiscrepancyKind, standing: Standing, nowMs: number): boolean {
  return standing.kind === "stands" && nowMs - standing.sinceMs >= AFTER_MS[kind];
}

/**
 * Somebody has lain in a bed for a minute whose patient is awaited, and its sensors are in no doubt: they have arrived.
 * Null: they have not.
 */
export function arrivalAt(
  { facts, claim }: LookedBed,
  nowMs: number,
): { readonly bookingId: string; readonly presentSinceMs: number } | null {
  if (claim === null || (claim.state !== "reserved" && claim.state !== "assigned")) return null;
  if (occupancySeen(facts, nowMs) !== "present" || facts.doubt !== "none") return null;
  const presentSinceMs = facts.axes.occupancy.sinceMs;
  if (presentSinceMs === null || nowMs - presentSinceMs < PRESENCE_COUNTS_AFTER_MS) return null;
  return { bookingId: claim.bookingId, presentSinceMs };
}

/** These give way when their bed is closed; what the hospital has agreed to does not, people settle that. */
export const GIVES_WAY: readonly LiveBookingState[] = ["held", "requested"];

/** The booking that has to be let go, since its bed is closed, whoever closed it; null: none has. */
export function givesWay({ facts, claim }: Pick<LookedBed, "facts" | "claim">): string | null {
  const isClosed = CLOSED.includes(facts.axes.service.value);
  return claim !== null && isClosed && GIVES_WAY.includes(claim.state) ? claim.bookingId : null;
}

type Seen = "present" | "absent" | "unknown";

/** What fresh evidence says. */
function occupancySeen(facts: BedFacts, nowMs: number): Seen {
  const freshness = freshnessAt(facts, nowMs);
  return freshness === null || freshness === "stale" ? "unknown" : facts.axes.occupancy.value;
}

/** Where the bed has to say `wanted` for it to stand. */
function wherever(seen: Seen, wanted: Seen, stands: () => Standing): Standing {
  if (seen === "unknown") return UNKNOWN;
  return seen === wanted ? stands() : GONE;
}

const standing = (bookingId: string | null, ...sinceMs: (number | null)[]): Standing => ({
  kind: "stands",
  sinceMs: Math.max(...sinceMs.map((atMs) => atMs ?? 0)),
  bookingId,
});

function ghost({ facts, claim }: LookedBed, seen: Seen): Standing {
  if (claim?.state !== "admitted" || claim.dischargeOrderedAtMs !== null || claim.isLeaving) return GONE;
  return wherever(seen, "absent", () =>
    standing(claim.bookingId, facts.axes.occupancy.sinceMs, claim.sinceMs),
  );
}

function squat({ facts, leaver }: LookedBed, seen: Seen): Standing {
  const { assignment, occupancy } = facts.axes;
  if (assignment.value !== "none") return GONE;
  return wherever(seen, "present", () =>
    stayedOn(facts, leaver) ? GONE : standing(null, occupancy.sinceMs, assignment.sinceMs),
  );
}

function presenceOnClaim({ facts, claim }: LookedBed, seen: Seen): Standing {
  if (claim === null) return GONE;
  const isAwaited = claim.state === "reserved" || claim.state === "assigned";
  const isHeld = claim.state === "held" || claim.state === "requested";
  // Sensors in doubt make no arrival, but somebody has to look.
  if (!isHeld && !(isAwaited && facts.doubt !== "none")) return GONE;
  return wherever(seen, "present", () =>
    standing(claim.bookingId, facts.axes.occupancy.sinceMs, isHeld ? claim.sinceMs : 0),
  );
}

function vacated({ facts, claim }: LookedBed, seen: Seen): Standing {
  if (claim === null || claim.dischargeOrderedAtMs === null) return GONE;
  return wherever(seen, "absent", () =>
    standing(claim.bookingId, facts.axes.occupancy.sinceMs, claim.dischargeOrderedAtMs),
  );
}

function notLeft({ facts, claim, leaver }: LookedBed, seen: Seen): Standing {
  if (claim !== null || leaver === null) return GONE;
  return wherever(seen, "present", () =>
    stayedOn(facts, leaver) ? standing(leaver.bookingId, leaver.endedAtMs) : GONE,
  );
}

/** Whoever lies there lay there before the patient was discharged. */
function stayedOn({ axes }: BedFacts, leaver: LookedBed["leaver"]): boolean {
  const sinceMs = axes.occupancy.sinceMs;
  return leaver !== null && sinceMs !== null && sinceMs <= leaver.endedAtMs;
}

function arrivalOverdue({ claim, arrivalMs }: LookedBed, nowMs: number): Standing {
  if (claim === null || (claim.state !== "reserved" && claim.state !== "assigned")) return GONE;
  const dueAtMs = (claim.reservedAtMs ?? claim.sinceMs) + arrivalMs;
  return nowMs < dueAtMs ? GONE : standing(claim.bookingId, dueAtMs);
}

const CLOSED = ["blocked", "closed", "out-of-service"];

function closedUnderClaim({ facts, claim }: LookedBed): Standing {
  const { service } = facts.axes;
  if (claim === null || GIVES_WAY.includes(claim.state) || !CLOSED.includes(service.value)) return GONE;
  return standing(claim.bookingId, service.sinceMs, claim.sinceMs);
}

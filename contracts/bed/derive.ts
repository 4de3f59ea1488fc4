/**
 * What is said of a bed, derived from its six axes, its evidence and the time, by one pure function that the cloud,
 * the browser and the tests all use:
 *
 *   axes + evidence + now ─▶ display state, badges, HL7 0116 code, verification, bookable?, offerable?
 *
 * For what is shown, the most direct evidence wins; for whether a bed can be booked, the most restrictive does.
 */

import type { ROOM_CONDITIONS, ROOM_ISOLATIONS } from "../wire/bed-event.ts";
import type {
  Assignment,
  Axis,
  AxisValue,
  Infection,
  Occupancy,
  Readiness,
  Service,
  Staffing,
} from "./axes.ts";
import { type Freshness, freshnessOf, isGatewaySilent } from "./freshness.ts";
import type { OccupancySource, SensorDoubt } from "./occupancy-source.ts";

export const DISPLAY_STATES = [
  "available",
  "reserved",
  "occupied",
  "cleaning",
  "blocked",
  "unknown",
] as const;
export type DisplayState = (typeof DISPLAY_STATES)[number];

export const BADGES = [
  "settling",
  "held",
  "away",
  "awaiting-cleaning",
  "awaiting-inspection",
  "isolation",
  "unstaffed",
  "claims-unknown",
  "empty-undeclared",
  "room-out-of-limits",
  "sensor-suspect",
  "sensors-disagree",
] as const;
export type Badge = (typeof BADGES)[number];

/** HL7 v2 table 0116. */
export const HL7_BED_CODES = ["C", "H", "I", "K", "O", "U"] as const;
export type Hl7BedCode = (typeof HL7_BED_CODES)[number];

export const VERIFICATIONS = ["verified", "conflict", "stale", "no-sensor"] as const;
export type Verification = (typeof VERIFICATIONS)[number];

export const CONFLICTS = ["ghost", "squat"] as const;
export type ConflictKind = (typeof CONFLICTS)[number];
export type Conflict = { readonly kind: ConflictKind; readonly sinceMs: number };

export const REASONS = [
  "service-blocked",
  "service-closed",
  "service-out-of-service",
  "service-unknown",
  "unstaffed",
  "staffing-unknown",
  "readiness-dirty",
  "readiness-cleaning",
  "readiness-inspect",
  "readiness-unknown",
  "isolated",
  "contaminated",
  "infection-unknown",
  "isolation-room-out-of-limits",
  "assignment-held",
  "assignment-reserved",
  "assignment-assigned",
  "assignment-admitted",
  "assignment-on-leave",
  "assignment-unknown",
  "present",
  "occupancy-unknown",
  "settling",
  "no-sensor",
  "evidence-stale",
  "gateway-silent",
  "conflict-ghost",
  "conflict-squat",
  "sensor-suspect",
  "sensor-decides",
  "declaration-missing",
  "declaration-expired",
] as const;
export type Reason = (typeof REASONS)[number];
export type Verdict = { readonly ok: boolean; readonly reasons: readonly Reason[] };

/** Someone admitted, the bed empty for longer than a trip to the bathroom or the ward's longest therapy. */
export const GHOST_AFTER_MS = 30 * 60_000;
/** Someone in a bed that nobody gave them, for longer than a visitor sits down. */
export const SQUAT_AFTER_MS = 10 * 60_000;

export type AxisFacts = {
  readonly [A in Axis]: { readonly value: AxisValue<A>; readonly sinceMs: number | null };
};

export type BedFacts = {
  readonly axes: AxisFacts;
  /** Raw evidence that has not lasted yet. */
  readonly settling: { readonly candidate: Occupancy } | null;
  /** The source whose age the status has; null: the bed has no sensor. */
  readonly occupancySource: OccupancySource | null;
  /** What is open against the sources that decide. */
  readonly doubt: SensorDoubt;
  readonly gatewayLastHeardAtMs: number | null;
  readonly roomCondition: (typeof ROOM_CONDITIONS)[number];
  readonly roomIsolation: (typeof ROOM_ISOLATIONS)[number];
  /** A person's word that the bed is empty, for beds without a sensor. */
  readonly declaredVacant: { readonly atMs: number; readonly untilMs: number } | null;
  /** Its patient's discharge is ordered, or they are on the way to another bed: that it is empty is what was wanted. */
  readonly isLeaving: boolean;
};

/** What the patient needs, where that changes the verdict. */
export type Need = { readonly isolation: boolean };
const NO_NEED: Need = { isolation: false };

export type Derived = {
  readonly display: DisplayState;
  readonly badges: readonly Badge[];
  /** Null where the state is not known; table 0116 has no code for that. */
  readonly hl7Code: Hl7BedCode | null;
  readonly verification: Verification;
  /** Null where the bed has no sensor or was never heard. */
  readonly freshness: Freshness | null;
  readonly conflict: Conflict | null;
  readonly bookable: Verdict;
  readonly offerable: Verdict;
};

export function deriveBed(facts: BedFacts, nowMs: number, need: Need = NO_NEED): Derived {
  const evidence = evidenceAt(facts, nowMs);
  const occupancy = occupancyShown(facts, evidence);
  const conflict = conflictAt(facts, occupancy, nowMs);
  const display = displayOf(facts, occupancy);
  return {
    display,
    badges: badgesOf(facts, occupancy, display),
    hl7Code: hl7CodeOf(facts, occupancy, display),
    verification: verificationOf(facts, evidence, occupancy, conflict),
    freshness: evidence.freshness,
    conflict,
    bookable: bookableOf(facts, evidence, conflict, need),
    offerable: offerableOf(facts, need, nowMs),
  };
}

/** What decides whether a patient may have a bed, without what is shown of it: many beds are asked at once. */
export type Fitness = Pick<Derived, "freshness" | "verification"> & {
  /** `verified`: its sensors have to say empty. `declared`: it has none, a person has to. */
  readonly basis: "verified" | "declared";
  /** Of the verdict that counts on this basis; none: it may. */
  readonly reasons: readonly Reason[];
};

export function fitnessOf(facts: BedFacts, nowMs: number, need: Need): Fitness {
  const evidence = evidenceAt(facts, nowMs);
  const occupancy = occupancyShown(facts, evidence);
  const conflict = conflictAt(facts, occupancy, nowMs);
  const basis = facts.occupancySource === null ? "declared" : "verified";
  const verdict =
    basis === "verified" ? bookableOf(facts, evidence, conflict, need) : offerableOf(facts, need, nowMs);
  return {
    freshness: evidence.freshness,
    verification: verificationOf(facts, evidence, occupancy, conflict),
    basis,
    reasons: verdict.reasons,
  };
}

/** How old the evidence of its status is; null where it has no sensor or was never heard. */
export const freshnessAt = (facts: BedFacts, nowMs: number): Freshness | null =>
  evidenceAt(facts, nowMs).freshness;

type Evidence = { readonly freshness: Freshness | null; readonly gatewaySilent: boolean };

function evidenceAt(facts: BedFacts, nowMs: number): Evidence {
  const source = facts.occupancySource;
  if (source === null) return { freshness: null, gatewaySilent: false };
  const gatewaySilent = isGatewaySilent(facts.gatewayLastHeardAtMs, nowMs);
  if (source.lastObservedAtMs === null) return { freshness: null, gatewaySilent };
  const freshness = freshnessOf(nowMs - source.lastObservedAtMs, source.expectedIntervalMs);
  return { freshness: gatewaySilent ? "stale" : freshness, gatewaySilent };
}

/** Silence is not "free": without fresh evidence, what the sensor last said is history. */
function occupancyShown(facts: BedFacts, evidence: Evidence): Occupancy {
  if (facts.occupancySource === null) return "unknown";
  return evidence.freshness === null || evidence.freshness === "stale"
    ? "unknown"
    : facts.axes.occupancy.value;
}

function conflictAt(facts: BedFacts, occupancy: Occupancy, nowMs: number): Conflict | null {
  const { assignment, occupancy: observed } = facts.axes;
  const sinceMs = Math.max(observed.sinceMs ?? 0, assignment.sinceMs ?? 0);
  const lastedMs = nowMs - sinceMs;
  const isMissed = assignment.value === "admitted" && !facts.isLeaving;
  if (isMissed && occupancy === "absent" && lastedMs > GHOST_AFTER_MS) return { kind: "ghost", sinceMs };
  if (assignment.value === "none" && occupancy === "present" && lastedMs > SQUAT_AFTER_MS)
    return { kind: "squat", sinceMs };
  return null;
}

const HAS_PATIENT: readonly Assignment[] = ["admitted", "on-leave"];

function displayOf(facts: BedFacts, occupancy: Occupancy): DisplayState {
  const { service, staffing, assignment, readiness, infection } = facts.axes;
  if (service.value === "blocked" || service.value === "closed" || service.value === "out-of-service")
    return "blocked";
  if (occupancy === "present") return "occupied";
  if (occupancy === "unknown") return "unknown";
  if (HAS_PATIENT.includes(assignment.value)) return "occupied";
  if (readiness.value === "dirty" || readiness.value === "cleaning" || readiness.value === "inspect")
    return "cleaning";
  if (infection.value === "contaminated") return "cleaning";
  if (assignment.value === "held" || assignment.value === "reserved" || assignment.value === "assigned")
    return "reserved";
  if (staffing.value === "unstaffed") return "blocked";
  // Empty, but nobody has said that it is open, staffed, clean or free of infection: that is not "available".
  const undeclared = [service.value, staffing.value, readiness.value, infection.value].includes("unknown");
  return undeclared ? "unknown" : "available";
}

function badgesOf(facts: BedFacts, occupancy: Occupancy, display: DisplayState): Badge[] {
  const { assignment, readiness, infection, staffing } = facts.axes;
  const empty = occupancy === "absent";
  const shown: Record<Badge, boolean> = {
    settling: facts.settling !== null && occupancy !== "unknown",
    held: assignment.value === "held",
    away: empty && HAS_PATIENT.includes(assignment.value),
    "awaiting-cleaning": display === "cleaning" && readiness.value === "dirty",
    "awaiting-inspection": display === "cleaning" && readiness.value === "inspect",
    isolation: infection.value === "isolated",
    unstaffed: staffing.value === "unstaffed",
    "claims-unknown": display === "available" && assignment.value === "unknown",
    // The sensor knows the bed to be empty; whether it may be used, nobody has said.
    "empty-undeclared": display === "unknown" && empty,
    "room-out-of-limits": facts.roomCondition === "out-of-limits",
    "sensor-suspect": facts.doubt === "suspect",
    "sensors-disagree": facts.doubt === "contradiction",
  };
  return BADGES.filter((badge) => shown[badge]);
}

function hl7CodeOf(facts: BedFacts, occupancy: Occupancy, display: DisplayState): Hl7BedCode | null {
  const { infection } = facts.axes;
  if (display === "blocked") return "C";
  if (infection.value === "contaminated") return "K";
  if (infection.value === "isolated") return "I";
  if (display === "occupied") return "O";
  if (display === "cleaning") return "H";
  return occupancy === "unknown" || display === "unknown" ? null : "U";
}

function verificationOf(
  facts: BedFacts,
  evidence: Evidence,
  occupancy: Occupancy,
  conflict: Conflict | null,
): Verification {
  if (facts.occupancySource === null) return "no-sensor";
  if (evidence.freshness === null || evidence.freshness === "stale") return "stale";
  if (facts.doubt === "contradiction") return "conflict";
  if (occupancy === "unknown") return "stale";
  return conflict === null ? "verified" : "conflict";
}

type ReasonTable<State extends string> = Readonly<Record<State, Reason | null>>;
const serviceReasons: ReasonTable<Service> = {
  open: null,
  blocked: "service-blocked",
  closed: "service-closed",
  "out-of-service": "service-out-of-service",
  unknown: "service-unknown",
};
const staffingReasons: ReasonTable<Staffing> = {
  staffed: null,
  unstaffed: "unstaffed",
  unknown: "staffing-unknown",
};
const readinessReasons: ReasonTable<Readiness> = {
  clean: null,
  dirty: "readiness-dirty",
  cleaning: "readiness-cleaning",
  inspect: "readiness-inspect",
  unknown: "readiness-unknown",
};
const infectionReasons: ReasonTable<Infection> = {
  none: null,
  isolated: "isolated",
  contaminated: "contaminated",
  unknown: "infection-unknown",
};
const assignmentReasons: ReasonTable<Assignment> = {
  none: null,
  held: "assignment-held",
  reserved: "assignment-reserved",
  assigned: "assignment-assigned",
  admitted: "assignment-admitted",
  "on-leave": "assignment-on-leave",
  unknown: "assignment-unknown",
};
const occupancyReasons: ReasonTable<Occupancy> = {
  absent: null,
  present: "present",
  unknown: "occupancy-unknown",
};

/**
 * A room that should hold its air and does not, or is not known to, keeps all its beds back, whatever the patient needs:
 * who needs no isolation may lie where the air of the last who did goes the wrong way, and the room has to be found in
 * order when the next one comes. The board cannot know the need either, so the most restrictive answer stands.
 */
function isolationReason({ roomIsolation, roomCondition }: BedFacts): Reason | null {
  const holds = roomIsolation === "none" || roomCondition === "within-limits";
  return holds ? null : "isolation-room-out-of-limits";
}

/** What both verdicts ask of a bed, whoever says that it is empty. */
function sharedReasons(facts: BedFacts, need: Need): (Reason | null)[] {
  const { axes } = facts;
  const isolatesAsNeeded = need.isolation && axes.infection.value === "isolated";
  return [
    serviceReasons[axes.service.value],
    staffingReasons[axes.staffing.value],
    readinessReasons[axes.readiness.value],
    isolatesAsNeeded ? null : infectionReasons[axes.infection.value],
    isolationReason(facts),
    assignmentReasons[axes.assignment.value],
  ];
}

function verdict(reasons: readonly (Reason | null)[]): Verdict {
  const failing = reasons.filter((reason) => reason !== null);
  return { ok: failing.length === 0, reasons: failing };
}

function bookableOf(facts: BedFacts, evidence: Evidence, conflict: Conflict | null, need: Need): Verdict {
  const reasons = sharedReasons(facts, need);
  if (facts.occupancySource === null) return verdict([...reasons, "no-sensor"]);
  const stale = evidence.freshness === null || evidence.freshness === "stale";
  return verdict([
    ...reasons,
    occupancyReasons[facts.axes.occupancy.value],
    facts.settling === null ? null : "settling",
    evidence.gatewaySilent ? "gateway-silent" : stale ? "evidence-stale" : null,
    conflict === null ? null : `conflict-${conflict.kind}`,
    facts.doubt === "none" ? null : "sensor-suspect",
  ]);
}

function offerableOf(facts: BedFacts, need: Need, nowMs: number): Verdict {
  const { declaredVacant } = facts;
  const said: Reason | null =
    facts.occupancySource !== null
      ? "sensor-decides"
      : declaredVacant === null
        ? "declaration-missing"
        : declaredVacant.untilMs <= nowMs
          ? "declaration-expired"
          : null;
  return verdict([...sharedReasons(facts, need), said]);
}

/**
 * What may happen to each axis, and what it leads to. Every (state × event) pair is decided: a next state (the same
 * one where the event says nothing new), or a refusal with the reason a person reads.
 *
 *   occupancy    unknown ⇄ present ⇄ absent ⇄ unknown
 *   readiness    unknown → dirty → cleaning → clean (→ inspect → clean) → used: dirty
 *   assignment   none → held → reserved → assigned → admitted ⇄ on-leave → none
 */
import type { Assignment, Infection, Occupancy, Readiness, Service, Staffing } from "./axes.ts";

export type Refused = { readonly refused: string };
export type TransitionTable<State extends string, Event extends string> = Readonly<
  Record<State, Readonly<Record<Event, State | Refused>>>
>;

const refused = (reason: string): Refused => ({ refused: reason });

export type OccupancyEvent = "presence-confirmed" | "absence-confirmed" | "evidence-lost";
export const occupancyTransitions: TransitionTable<Occupancy, OccupancyEvent> = {
  present: { "presence-confirmed": "present", "absence-confirmed": "absent", "evidence-lost": "unknown" },
  absent: { "presence-confirmed": "present", "absence-confirmed": "absent", "evidence-lost": "unknown" },
  unknown: { "presence-confirmed": "present", "absence-confirmed": "absent", "evidence-lost": "unknown" },
};

export type ReadinessEvent =
  | "bed-used"
  | "cleaning-started"
  | "cleaning-finished"
  | "inspection-ordered"
  | "inspection-passed"
  | "inspection-failed"
  | "use-unobserved";
const noInspection = refused("No inspection was ordered for this bed.");
export const readinessTransitions: TransitionTable<Readiness, ReadinessEvent> = {
  unknown: {
    "bed-used": "dirty",
    "cleaning-started": "cleaning",
    // The start was missed (the bed was not heard then), the end was not: it is clean now.
    "cleaning-finished": "clean",
    "inspection-ordered": "inspect",
    "inspection-passed": noInspection,
    "inspection-failed": noInspection,
    "use-unobserved": "unknown",
  },
  clean: {
    "bed-used": "dirty",
    "cleaning-started": "cleaning",
    "cleaning-finished": "clean",
    "inspection-ordered": "inspect",
    "inspection-passed": noInspection,
    "inspection-failed": noInspection,
    // For a while nobody could see whether it was used, so nobody can say that it still is clean.
    "use-unobserved": "unknown",
  },
  dirty: {
    "bed-used": "dirty",
    "cleaning-started": "cleaning",
    "cleaning-finished": "clean",
    "inspection-ordered": refused("A dirty bed is cleaned before it is inspected."),
    "inspection-passed": noInspection,
    "inspection-failed": noInspection,
    "use-unobserved": "dirty",
  },
  cleaning: {
    // Cleaners lean on the bed: presence means nothing until cleaning is finished.
    "bed-used": "cleaning",
    "cleaning-started": "cleaning",
    "cleaning-finished": "clean",
    "inspection-ordered": refused("Cleaning is finished before an inspection is ordered."),
    "inspection-passed": noInspection,
    "inspection-failed": noInspection,
    "use-unobserved": "cleaning",
  },
  inspect: {
    "bed-used": "dirty",
    "cleaning-started": "cleaning",
    "cleaning-finished": "inspect",
    "inspection-ordered": "inspect",
    "inspection-passed": "clean",
    "inspection-failed": "dirty",
    "use-unobserved": "inspect",
  },
};

export type AssignmentEvent =
  | "held"
  | "released"
  | "reserved"
  | "assigned"
  | "admitted"
  | "left-on-leave"
  | "returned"
  | "discharged"
  | "source-connected"
  | "source-lost";
const taken = refused("The bed already has a claim.");
const noClaim = refused("The bed has no such claim.");
const notAdmitted = refused("Nobody is admitted to this bed.");
const notKnown = refused("Whether the bed has a claim is not known; connect bookings or ADT first.");
export const assignmentTransitions: TransitionTable<Assignment, AssignmentEvent> = {
  none: {
    held: "held",
    released: "none",
    reserved: "reserved",
    assigned: "assigned",
    // Emergencies are admitted without a booking.
    admitted: "admitted",
    "left-on-leave": notAdmitted,
    returned: notAdmitted,
    discharged: "none",
    "source-connected": "none",
    "source-lost": "unknown",
  },
  held: {
    held: taken,
    released: "none",
    reserved: "reserved",
    assigned: "assigned",
    admitted: "admitted",
    "left-on-leave": notAdmitted,
    returned: notAdmitted,
    discharged: notAdmitted,
    "source-connected": "held",
    "source-lost": "unknown",
  },
  reserved: {
    held: taken,
    released: "none",
    reserved: taken,
    assigned: "assigned",
    admitted: "admitted",
    "left-on-leave": notAdmitted,
    returned: notAdmitted,
    discharged: notAdmitted,
    "source-connected": "reserved",
    "source-lost": "unknown",
  },
  assigned: {
    held: taken,
    released: "none",
    reserved: taken,
    assigned: taken,
    admitted: "admitted",
    "left-on-leave": notAdmitted,
    returned: notAdmitted,
    discharged: notAdmitted,
    "source-connected": "assigned",
    "source-lost": "unknown",
  },
  admitted: {
    held: taken,
    released: noClaim,
    reserved: taken,
    assigned: taken,
    admitted: taken,
    "left-on-leave": "on-leave",
    returned: "admitted",
    discharged: "none",
    "source-connected": "admitted",
    "source-lost": "unknown",
  },
  "on-leave": {
    held: taken,
    released: noClaim,
    reserved: taken,
    assigned: taken,
    admitted: taken,
    "left-on-leave": "on-leave",
    returned: "admitted",
    discharged: "none",
    "source-connected": "on-leave",
    "source-lost": "unknown",
  },
  unknown: {
    held: notKnown,
    released: notKnown,
    reserved: notKnown,
    assigned: notKnown,
    admitted: notKnown,
    "left-on-leave": notKnown,
    returned: notKnown,
    discharged: notKnown,
    "source-connected": "none",
    "source-lost": "unknown",
  },
};

export type ServiceEvent = "opened" | "blocked" | "closed" | "taken-out-of-service" | "undeclared";
const outOfService = refused("The bed is out of service; it is opened again when its work order is done.");
const serviceChoices = {
  opened: "open",
  blocked: "blocked",
  closed: "closed",
  "taken-out-of-service": "out-of-service",
  undeclared: "unknown",
} as const;
export const serviceTransitions: TransitionTable<Service, ServiceEvent> = {
  open: serviceChoices,
  blocked: serviceChoices,
  closed: serviceChoices,
  // Blocking or closing what is broken would hide the fault behind a milder word.
  "out-of-service": { ...serviceChoices, blocked: outOfService, closed: outOfService },
  unknown: serviceChoices,
};

export type InfectionEvent = "isolation-started" | "contaminated" | "cleared" | "undeclared";
const infectionChoices = {
  "isolation-started": "isolated",
  contaminated: "contaminated",
  cleared: "none",
  undeclared: "unknown",
} as const;
export const infectionTransitions: TransitionTable<Infection, InfectionEvent> = {
  none: infectionChoices,
  isolated: infectionChoices,
  contaminated: {
    ...infectionChoices,
    "isolation-started": refused("A contaminated bed is cleared before it isolates the next patient."),
  },
  unknown: infectionChoices,
};

export type StaffingEvent = "staffed" | "unstaffed" | "undeclared";
const staffingChoices = { staffed: "staffed", unstaffed: "unstaffed", undeclared: "unknown" } as const;
export const staffingTransitions: TransitionTable<Staffing, StaffingEvent> = {
  staffed: staffingChoices,
  unstaffed: staffingChoices,
  unknown: staffingChoices,
};

export const TRANSITIONS = {
  occupancy: occupancyTransitions,
  assignment: assignmentTransitions,
  readiness: readinessTransitions,
  service: serviceTransitions,
  infection: infectionTransitions,
  staffing: staffingTransitions,
} as const;

export type Step<State> =
  | { readonly kind: "moved"; readonly to: State }
  | { readonly kind: "same" }
  | { readonly kind: "refused"; readonly reason: string };

/** One step of one axis by its table. */
export function stepAxis<State extends string, Event extends string>(
  table: TransitionTable<State, Event>,
  state: State,
  event: Event,
): Step<State> {
  const next: State | Refused = table[state][event];
  if (typeof next === "object") return { kind: "refused", reason: next.refused };
  return next === state ? { kind: "same" } : { kind: "moved", to: next };
}

/**
 * What one event makes of a bed. The bed's state is the fold of the events of its gateway's current journal:
 *
 *   (none) ──commissioned──▶ in service ──axis, settling, room──▶ in service ──decommissioned──▶ removed
 *
 * A bed that comes back, or that a new journal speaks of, begins anew: what an earlier journal knew may have changed
 * while nobody listened. Pure.
 */
import type { Axis } from "../../contracts/bed/axes.ts";
import type { BedEvent } from "../../contracts/wire/bed-event.ts";
import type { Epoch, GatewayId, HospitalId } from "../../contracts/wire/ids.ts";
import type { Bed, BedAxes } from "../registry/bed.ts";
import { dueAtMs, type GatewayClock, happenedAtMs } from "./gateway-clock.ts";

export type EventSource = {
  readonly hospitalId: HospitalId;
  readonly gatewayId: GatewayId;
  readonly epoch: Epoch;
  readonly clock: GatewayClock;
};

export type Applied =
  | { readonly kind: "applied"; readonly bed: Bed }
  | { readonly kind: "refused"; readonly reason: string };

type Commissioned = Extract<BedEvent, { kind: "bed-commissioned" }>;
type StateEvent = Exclude<BedEvent, Commissioned>;

export function applyBedEvent(bed: Bed | undefined, event: BedEvent, source: EventSource): Applied {
  const foreign = ownedElsewhere(bed, event.kind, source);
  if (foreign !== null) return { kind: "refused", reason: foreign };
  const current = bed?.removed === false && bed.epoch === source.epoch ? bed : undefined;
  if (event.kind === "bed-commissioned") return applied(commissioned(current, event, source));
  if (current === undefined) return { kind: "refused", reason: "bed was not commissioned" };
  return applied(changed(current, event, source.clock));
}

const applied = (bed: Bed): Applied => ({ kind: "applied", bed });

/** Within a hospital, a bed that was taken out of service may be put into service by another gateway. */
export function ownedElsewhere(
  bed: Pick<Bed, "hospitalId" | "gatewayId" | "removed"> | undefined,
  kind: BedEvent["kind"] | "reading",
  { hospitalId, gatewayId }: Pick<EventSource, "hospitalId" | "gatewayId">,
): string | null {
  if (bed === undefined) return null;
  if (bed.hospitalId !== hospitalId) return "bed of another hospital";
  if (bed.gatewayId === gatewayId) return null;
  return bed.removed && kind === "bed-commissioned" ? null : "bed of another gateway";
}

function commissioned(bed: Bed | undefined, event: Commissioned, source: EventSource): Bed {
  const sinceMs = happenedAtMs(event.observedAtMs, source.clock);
  const { hospitalId, gatewayId, epoch } = source;
  const { bedId, wardId, wardName, roomId, roomName, label, assignmentSource, sources } = event;
  // An older gateway knows of no isolation rooms, and keeps its limits to itself.
  const { roomIsolation = "none", roomLimits = [] } = event;
  const sameSource = bed?.assignmentSource === assignmentSource;
  return {
    bedId,
    hospitalId,
    gatewayId,
    epoch,
    wardId,
    wardName,
    assignmentSource,
    roomId,
    roomName,
    label,
    sources,
    axes: {
      occupancy: bed?.axes.occupancy ?? UNSAID,
      assignment: sameSource && bed ? bed.axes.assignment : assignmentBy(assignmentSource, sinceMs),
      readiness: bed?.axes.readiness ?? UNSAID,
      service: bed?.axes.service ?? UNSAID,
      infection: bed?.axes.infection ?? UNSAID,
      staffing: bed?.axes.staffing ?? UNSAID,
    },
    settling: bed?.settling ?? null,
    // The condition is its room's: in another room it is not known yet.
    roomCondition: bed?.roomId === roomId ? bed.roomCondition : "unknown",
    roomIsolation,
    roomLimits,
    findings: bed?.findings ?? [],
    removed: false,
  };
}

const UNSAID = { value: "unknown" as const, sinceMs: null, by: null, evidence: [] };

/** Where the booking service keeps the claims, a bed without one is free of claims; elsewhere nobody here knows. */
function assignmentBy(source: Bed["assignmentSource"], sinceMs: number): BedAxes["assignment"] {
  if (source !== "bookings") return UNSAID;
  return { value: "none", sinceMs, by: { kind: "declaration", who: "bookings" }, evidence: [] };
}

function changed(bed: Bed, event: StateEvent, clock: GatewayClock): Bed {
  switch (event.kind) {
    case "occupancy-changed":
      // The status has followed the evidence; nothing is left to settle.
      return { ...withAxis(bed, "occupancy", event, clock), settling: null };
    case "readiness-changed":
      return withAxis(bed, "readiness", event, clock);
    case "service-changed":
      return withAxis(bed, "service", event, clock);
    case "infection-changed":
      return withAxis(bed, "infection", event, clock);
    case "staffing-changed":
      return withAxis(bed, "staffing", event, clock);
    case "occupancy-settling":
      return { ...bed, settling: settlingOf(event, clock) };
    case "room-condition-changed":
      return { ...bed, roomCondition: event.to };
    case "sensor-findings-changed":
      return { ...bed, findings: findingsOf(event, clock) };
    case "bed-decommissioned":
      return { ...bed, removed: true, settling: null };
  }
}

type AxisChange<A extends Axis> = Pick<BedAxes[A], "by" | "evidence"> & {
  readonly to: BedAxes[A]["value"];
  readonly observedAtMs: number;
};

function withAxis<A extends Axis>(bed: Bed, axis: A, event: AxisChange<A>, clock: GatewayClock): Bed {
  const before = bed.axes[axis];
  const { to: value, by, evidence, observedAtMs } = event;
  // The same value said again is newer evidence for it, not a newer beginning.
  const since = before.value === value ? before.sinceMs : null;
  const sinceMs = since ?? happenedAtMs(observedAtMs, clock);
  return { ...bed, axes: { ...bed.axes, [axis]: { value, sinceMs, by, evidence } } };
}

function findingsOf(
  { findings }: Extract<BedEvent, { kind: "sensor-findings-changed" }>,
  clock: GatewayClock,
): Bed["findings"] {
  return findings.map((finding) => ({ ...finding, sinceMs: happenedAtMs(finding.sinceMs, clock) }));
}

function settlingOf(
  event: Extract<BedEvent, { kind: "occupancy-settling" }>,
  clock: GatewayClock,
): Bed["settling"] {
  if (event.candidate === null) return null;
  return {
    candidate: event.candidate,
    sinceMs: happenedAtMs(event.observedAtMs, clock),
    dueAtMs: event.dueAtMs === null ? null : dueAtMs(event.dueAtMs, clock),
  };
}

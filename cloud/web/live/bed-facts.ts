import type { AxisFacts, BedFacts } from "../../../contracts/bed/derive.ts";
import { occupancySource, sensorDoubt } from "../../../contracts/bed/occupancy-source.ts";
import type { BedView, GatewayView } from "../../../contracts/wire/board.ts";

/** A bed as it crossed the wire, as the facts that its state is derived from: moments instead of words, nothing else. */
export function bedFacts(bed: BedView, gateway: GatewayView | undefined): BedFacts {
  return {
    axes: axisFacts(bed.axes),
    settling: bed.settling === null ? null : { candidate: bed.settling.candidate },
    occupancySource: carryingSource(bed),
    doubt: sensorDoubt(bed.sources, bed.findings),
    gatewayLastHeardAtMs: momentMs(gateway?.lastHeardAt ?? null),
    roomCondition: bed.room.condition,
    roomIsolation: bed.room.isolation,
    // Declarations do not cross the live socket yet: without one, a bed is never offered on a person's word.
    declaredVacant: null,
  };
}

function axisFacts(axes: BedView["axes"]): AxisFacts {
  const { occupancy, assignment, readiness, service, infection, staffing } = axes;
  return {
    occupancy: { value: occupancy.value, sinceMs: momentMs(occupancy.since) },
    assignment: { value: assignment.value, sinceMs: momentMs(assignment.since) },
    readiness: { value: readiness.value, sinceMs: momentMs(readiness.since) },
    service: { value: service.value, sinceMs: momentMs(service.since) },
    infection: { value: infection.value, sinceMs: momentMs(infection.since) },
    staffing: { value: staffing.value, sinceMs: momentMs(staffing.since) },
  };
}

/** The source whose age the bed's status has; null: the bed has no sensor. */
export function carryingSource({ sources, axes }: BedView): BedFacts["occupancySource"] {
  const heard = sources.map((source) => ({ ...source, lastObservedAtMs: momentMs(source.lastObservedAt) }));
  return occupancySource(heard, axes.occupancy.value);
}

export function momentMs(at: string | null): number | null {
  return at === null ? null : Date.parse(at);
}

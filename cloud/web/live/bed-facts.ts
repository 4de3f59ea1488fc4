import type { AxisFacts, BedFacts } from "../../../contracts/bed/derive.ts";
import type { BedView, GatewayView } from "../../../contracts/wire/board.ts";

export type DecidingSource = {
  readonly expectedIntervalMs: number;
  readonly lastObservedAtMs: number | null;
};

/** A bed as it crossed the wire, as the facts that its state is derived from: moments instead of words, nothing else. */
export function bedFacts(bed: BedView, gateway: GatewayView | undefined): BedFacts {
  return {
    axes: axisFacts(bed.axes),
    settling: bed.settling === null ? null : { candidate: bed.settling.candidate },
    occupancySource: decidingSource(bed),
    gatewayLastHeardAtMs: momentMs(gateway?.lastHeardAt ?? null),
    roomCondition: bed.room.condition,
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

/** The source that decides occupancy; of several, the one heard last. Null: the bed has no sensor. */
export function decidingSource(bed: BedView): DecidingSource | null {
  let newest: DecidingSource | null = null;
  for (const source of bed.sources) {
    if (source.decides === null) continue;
    const lastObservedAtMs = momentMs(source.lastObservedAt);
    if (newest === null || (lastObservedAtMs ?? 0) > (newest.lastObservedAtMs ?? 0))
      newest = { expectedIntervalMs: source.expectedIntervalMs, lastObservedAtMs };
  }
  return newest;
}

export function momentMs(at: string | null): number | null {
  return at === null ? null : Date.parse(at);
}

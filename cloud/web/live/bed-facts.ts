import type { Axis, AxisValue } from "../../../contracts/bed/axes.ts";
import type { AxisFacts, BedFacts } from "../../../contracts/bed/derive.ts";
import { occupancySource, sensorDoubt } from "../../../contracts/bed/occupancy-source.ts";
import type { BedView, GatewayView } from "../../../contracts/wire/board.ts";

/**
 * A bed as it crossed the wire, as the facts that its state is derived from: moments instead of words, and what has
 * lapsed by now as what it became.
 */
export function bedFacts(bed: BedView, gateway: GatewayView | undefined, nowMs: number): BedFacts {
  return {
    axes: axisFacts(bed.axes, nowMs),
    settling: bed.settling === null ? null : { candidate: bed.settling.candidate },
    occupancySource: carryingSource(bed),
    doubt: sensorDoubt(bed.sources, bed.findings),
    gatewayLastHeardAtMs: momentMs(gateway?.lastHeardAt ?? null),
    roomCondition: bed.room.condition,
    roomIsolation: bed.room.isolation,
    declaredVacant:
      bed.declaredVacant === null
        ? null
        : { atMs: Date.parse(bed.declaredVacant.at), untilMs: Date.parse(bed.declaredVacant.until) },
    isLeaving: bed.isLeaving,
  };
}

function axisFacts(axes: BedView["axes"], nowMs: number): AxisFacts {
  return {
    occupancy: axisFact<"occupancy">(axes.occupancy, nowMs),
    assignment: axisFact<"assignment">(axes.assignment, nowMs),
    readiness: axisFact<"readiness">(axes.readiness, nowMs),
    service: axisFact<"service">(axes.service, nowMs),
    infection: axisFact<"infection">(axes.infection, nowMs),
    staffing: axisFact<"staffing">(axes.staffing, nowMs),
  };
}

type AxisView<A extends Axis> = {
  readonly value: AxisValue<A>;
  readonly since: string | null;
  readonly lapse?: { readonly at: string; readonly to: AxisValue<A> } | undefined;
};

/** What an axis is at a moment, and since when; its word that lapsed gives way to what stands without it. */
export function axisFact<A extends Axis>({ value, since, lapse }: AxisView<A>, nowMs: number): AxisFacts[A] {
  const lapsedAtMs = momentMs(lapse?.at ?? null);
  const fact =
    lapse !== undefined && lapsedAtMs !== null && lapsedAtMs <= nowMs
      ? { value: lapse.to, sinceMs: lapsedAtMs }
      : { value, sinceMs: momentMs(since) };
  return fact as AxisFacts[A];
}

/** The source whose age the bed's status has; null: the bed has no sensor. */
export function carryingSource({ sources, axes }: BedView): BedFacts["occupancySource"] {
  const heard = sources.map((source) => ({ ...source, lastObservedAtMs: momentMs(source.lastObservedAt) }));
  return occupancySource(heard, axes.occupancy.value);
}

export function momentMs(at: string | null): number | null {
  return at === null ? null : Date.parse(at);
}

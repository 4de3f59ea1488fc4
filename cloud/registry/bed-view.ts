/** A bed as people's clients read it, derived at one instant. Pure. */

import type * as z from "zod";
import type { Axis, AxisValue } from "../../contracts/bed/axes.ts";
import { type AxisFacts, type BedFacts, type Derived, deriveBed } from "../../contracts/bed/derive.ts";
import { occupancySource, sensorDoubt } from "../../contracts/bed/occupancy-source.ts";
import type { EvidenceRef } from "../../contracts/wire/bed-event.ts";
import type { BedView, EvidenceView } from "../../contracts/wire/board.ts";
import type { KnownBed } from "./bed.ts";
import {
  type ComposedAxes,
  type ComposedFact,
  composeAxes,
  declaredVacantOf,
  isLeaving,
} from "./compose-axes.ts";
import { isVitalSign } from "./readable-metrics.ts";

export const rfc3339 = (atMs: number): string => new Date(atMs).toISOString();
export const rfc3339OrNull = (atMs: number | null): string | null => (atMs === null ? null : rfc3339(atMs));

/** With the claims and words that stand at `nowMs`. */
export function factsOf(known: KnownBed, nowMs: number): BedFacts {
  return factsWith(known, composeAxes(known, nowMs));
}

function factsWith(known: KnownBed, axes: ComposedAxes): BedFacts {
  const { bed, gatewayLastHeardAtMs, lastObservedAtMs } = known;
  const heard = bed.sources.map(({ deviceId, decides, expectedIntervalMs }) => ({
    decides,
    expectedIntervalMs,
    lastObservedAtMs: lastObservedAtMs[deviceId] ?? null,
  }));
  return {
    axes: axes satisfies AxisFacts,
    settling: bed.settling,
    occupancySource: occupancySource(heard, bed.axes.occupancy.value),
    doubt: sensorDoubt(bed.sources, bed.findings),
    gatewayLastHeardAtMs,
    roomCondition: bed.roomCondition,
    roomIsolation: bed.roomIsolation,
    declaredVacant: declaredVacantOf(known),
    isLeaving: isLeaving(known),
  };
}

export function derivedAt(known: KnownBed, nowMs: number): Derived {
  return deriveBed(factsOf(known, nowMs), nowMs);
}

export function bedView(known: KnownBed, nowMs: number): BedView {
  const { bed } = known;
  const axes = composeAxes(known, nowMs);
  const facts = factsWith(known, axes);
  return {
    bedId: bed.bedId,
    hospitalId: bed.hospitalId,
    ward: { wardId: bed.wardId, name: bed.wardName, assignmentSource: bed.assignmentSource },
    gatewayId: bed.gatewayId,
    room: {
      roomId: bed.roomId,
      name: bed.roomName,
      condition: bed.roomCondition,
      isolation: bed.roomIsolation,
      limits: bed.roomLimits,
    },
    label: bed.label,
    profile: known.profile,
    declaredVacant:
      facts.declaredVacant === null
        ? null
        : { at: rfc3339(facts.declaredVacant.atMs), until: rfc3339(facts.declaredVacant.untilMs) },
    isLeaving: facts.isLeaving,
    axes: axesView(axes),
    settling:
      bed.settling === null
        ? null
        : {
            candidate: bed.settling.candidate,
            since: rfc3339(bed.settling.sinceMs),
            due: rfc3339OrNull(bed.settling.dueAtMs),
          },
    sources: bed.sources.map((source) => ({
      ...source,
      weight: source.decides === null ? null : (source.weight ?? 1),
      lastObservedAt: rfc3339OrNull(known.lastObservedAtMs[source.deviceId] ?? null),
    })),
    findings: bed.findings.map(({ sinceMs, evidence, ...finding }) => ({
      ...finding,
      since: rfc3339(sinceMs),
      evidence: evidence.map(evidenceView),
    })),
    derived: derivedView(deriveBed(facts, nowMs)),
    liveSeq: known.liveSeq,
  };
}

/**
 * The evidence names the reading that a status rests on. Where that reading is a vital sign (a pulse proves an
 * occupant), its value stays out: the board is for people who book beds, and a doctor finds it in the bed's detail.
 */
export function evidenceView({ observedAtMs, ...reference }: EvidenceRef): z.infer<typeof EvidenceView> {
  const observedAt = rfc3339(observedAtMs);
  return isVitalSign(reference.metric)
    ? { ...reference, value: null, unit: null, observedAt }
    : { ...reference, observedAt };
}

function axisView<A extends Axis>(fact: ComposedFact<A>) {
  const { value, sinceMs, by, evidence, lapse } = fact;
  const view = {
    value: value as AxisValue<A>,
    since: rfc3339OrNull(sinceMs),
    by,
    evidence: evidence.map(evidenceView),
  };
  return lapse === undefined ? view : { ...view, lapse: { at: rfc3339(lapse.atMs), to: lapse.to } };
}

function axesView(axes: ComposedAxes): BedView["axes"] {
  return {
    occupancy: axisView<"occupancy">(axes.occupancy),
    assignment: axisView<"assignment">(axes.assignment),
    readiness: axisView<"readiness">(axes.readiness),
    service: axisView<"service">(axes.service),
    infection: axisView<"infection">(axes.infection),
    staffing: axisView<"staffing">(axes.staffing),
  };
}

function derivedView({ conflict, badges, bookable, offerable, ...derived }: Derived): BedView["derived"] {
  return {
    ...derived,
    badges: [...badges],
    conflict: conflict === null ? null : { kind: conflict.kind, since: rfc3339(conflict.sinceMs) },
    bookable: { ok: bookable.ok, reasons: [...bookable.reasons] },
    offerable: { ok: offerable.ok, reasons: [...offerable.reasons] },
  };
}

/** A bed as people's clients read it, derived at one instant. Pure. */

import type * as z from "zod";
import { type AxisFacts, type BedFacts, type Derived, deriveBed } from "../../contracts/bed/derive.ts";
import { occupancySource, sensorDoubt } from "../../contracts/bed/occupancy-source.ts";
import type { EvidenceRef } from "../../contracts/wire/bed-event.ts";
import type { BedView, EvidenceView } from "../../contracts/wire/board.ts";
import type { KnownBed } from "./bed.ts";
import { isVitalSign } from "./readable-metrics.ts";

export const rfc3339 = (atMs: number): string => new Date(atMs).toISOString();
export const rfc3339OrNull = (atMs: number | null): string | null => (atMs === null ? null : rfc3339(atMs));

export function factsOf({ bed, gatewayLastHeardAtMs, lastObservedAtMs }: KnownBed): BedFacts {
  const heard = bed.sources.map((source) => ({
    ...source,
    lastObservedAtMs: lastObservedAtMs[source.deviceId] ?? null,
  }));
  return {
    axes: bed.axes satisfies AxisFacts,
    settling: bed.settling,
    occupancySource: occupancySource(heard, bed.axes.occupancy.value),
    doubt: sensorDoubt(bed.sources, bed.findings),
    gatewayLastHeardAtMs,
    roomCondition: bed.roomCondition,
    roomIsolation: bed.roomIsolation,
    declaredVacant: null,
  };
}

export function derivedAt(known: KnownBed, nowMs: number): Derived {
  return deriveBed(factsOf(known), nowMs);
}

export function bedView(known: KnownBed, nowMs: number): BedView {
  const { bed } = known;
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
    axes: axesView(bed.axes),
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
    derived: derivedView(derivedAt(known, nowMs)),
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

function axisView<Value extends string>(fact: {
  value: Value;
  sinceMs: number | null;
  by: BedView["axes"]["occupancy"]["by"];
  evidence: readonly EvidenceRef[];
}) {
  const { value, sinceMs, by, evidence } = fact;
  return { value, since: rfc3339OrNull(sinceMs), by, evidence: evidence.map(evidenceView) };
}

function axesView(axes: KnownBed["bed"]["axes"]): BedView["axes"] {
  return {
    occupancy: axisView(axes.occupancy),
    assignment: axisView(axes.assignment),
    readiness: axisView(axes.readiness),
    service: axisView(axes.service),
    infection: axisView(axes.infection),
    staffing: axisView(axes.staffing),
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

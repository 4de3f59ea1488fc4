/** A stretch of time in which nothing about a bed changed, and what was shown of it. Pure. */
import {
  type Derived,
  type DisplayState,
  GHOST_AFTER_MS,
  SQUAT_AFTER_MS,
} from "../../contracts/bed/derive.ts";
import { sensorDoubt } from "../../contracts/bed/occupancy-source.ts";
import type { WardId } from "../../contracts/wire/ids.ts";
import { type Bed, type BedAxes, EVENTS_ALONE } from "../registry/bed.ts";
import { derivedAt } from "../registry/bed-view.ts";

export type Segment = {
  readonly fromMs: number;
  /** Exclusive. */
  readonly toMs: number;
  readonly ward: { readonly wardId: WardId; readonly name: string };
  readonly axes: BedAxes;
  /** What could be seen: the axis, but unknown where its evidence was silent. */
  readonly occupancy: BedAxes["occupancy"]["value"];
  /** The occupancy is not known since a sensor, or the gateway, says nothing. */
  readonly isStale: boolean;
  readonly display: DisplayState;
  readonly conflict: NonNullable<Derived["conflict"]>["kind"] | null;
  /** Sensors that decide say opposite things. */
  readonly isContradicted: boolean;
};

/**
 * Of a bed to which nothing was said in [fromMs, toMs): one, or a few, since a conflict begins a while after what it
 * rests on. `silentFromMs`: from then on its gateway has not been heard. A bed out of service has none.
 */
export function segmentsOf(
  bed: Bed | null,
  { fromMs, toMs }: { readonly fromMs: number; readonly toMs: number },
  silentFromMs: number | null,
): Segment[] {
  if (bed === null || bed.removed || fromMs >= toMs) return [];
  const { occupancy, assignment } = bed.axes;
  const sinceMs = Math.max(occupancy.sinceMs ?? 0, assignment.sinceMs ?? 0);
  const cuts = [sinceMs + GHOST_AFTER_MS, sinceMs + SQUAT_AFTER_MS, silentFromMs ?? toMs]
    .filter((cutMs) => cutMs > fromMs && cutMs < toMs)
    .toSorted((left, right) => left - right);
  const edges = [fromMs, ...cuts, toMs];
  return edges.slice(1).map((endMs, place) => segment(bed, edges[place] ?? fromMs, endMs, silentFromMs));
}

function segment(bed: Bed, fromMs: number, toMs: number, silentFromMs: number | null): Segment {
  const isSilent = silentFromMs !== null && fromMs >= silentFromMs;
  const { axes } = bed;
  const isStale = isSilent || (axes.occupancy.value === "unknown" && axes.occupancy.by?.kind === "silence");
  // While a source was heard its silence would have been an event, so its evidence was fresh. At the end, not at the
  // beginning: a conflict begins when more than its time has passed.
  const lastObservedAtMs = isStale
    ? {}
    : Object.fromEntries(bed.sources.map(({ deviceId }) => [deviceId, toMs]));
  const gatewayLastHeardAtMs = isSilent ? null : toMs;
  const derived = derivedAt(
    { ...EVENTS_ALONE, bed, liveSeq: 0, gatewayLastHeardAtMs, lastObservedAtMs },
    toMs,
  );
  const hasSensor = bed.sources.some(({ decides }) => decides !== null);
  return {
    fromMs,
    toMs,
    ward: { wardId: bed.wardId, name: bed.wardName },
    axes,
    occupancy: isStale || !hasSensor ? "unknown" : axes.occupancy.value,
    isStale,
    display: derived.display,
    conflict: derived.conflict?.kind ?? null,
    isContradicted: !isStale && sensorDoubt(bed.sources, bed.findings) === "contradiction",
  };
}

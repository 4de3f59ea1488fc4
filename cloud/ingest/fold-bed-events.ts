/** Takes the events of one batch, in order, into the beds that they speak of. Pure. */
import type { BedEvent } from "../../contracts/wire/bed-event.ts";
import type { BedId } from "../../contracts/wire/ids.ts";
import type { Bed } from "../registry/bed.ts";
import { applyBedEvent, type EventSource } from "./apply-bed-event.ts";
import { type Fitting, type Parked, park } from "./fit-records.ts";

export type Folded = {
  readonly events: readonly Fitting<BedEvent>[];
  /** Beds as they are after the batch; only those that an event was stored for. */
  readonly beds: readonly Bed[];
  readonly parked: readonly Parked[];
};

export function foldBedEvents(
  known: readonly Bed[],
  events: readonly Fitting<BedEvent>[],
  source: EventSource,
): Folded {
  const beds = new Map<BedId, Bed>(known.map((bed) => [bed.bedId, bed]));
  const touched = new Set<BedId>();
  const stored: Fitting<BedEvent>[] = [];
  const parked: Parked[] = [];
  for (const event of events) {
    const { bedId } = event.record;
    const result = applyBedEvent(beds.get(bedId), event.record, source);
    if (result.kind === "refused") {
      parked.push(park(event.seq, event.record, result.reason));
      continue;
    }
    beds.set(bedId, result.bed);
    touched.add(bedId);
    stored.push(event);
  }
  return { events: stored, beds: [...beds.values()].filter(({ bedId }) => touched.has(bedId)), parked };
}

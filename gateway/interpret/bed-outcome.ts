import type { BedEvent, EvidenceRef } from "../../contracts/wire/bed-event.ts";
import type { BedPlace } from "../commissioning/topology.ts";
import type { Moment } from "../moment.ts";
import type { BedState } from "./bed-state.ts";

export type BedOutcome = { readonly state: BedState; readonly events: readonly BedEvent[] };

export const NO_EVENTS: readonly BedEvent[] = [];

/** An event is observed when its newest evidence was; one of silence, when the silence was noticed. */
export function stamp(place: BedPlace, evidence: readonly EvidenceRef[], now: Moment) {
  return {
    bedId: place.bedId,
    observedAtMs: evidence.at(-1)?.observedAtMs ?? now.atMs,
    receivedAtMs: now.atMs,
  };
}

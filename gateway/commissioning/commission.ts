/**
 * Tells the log which beds are in service and what their wards declare, once and again only where it changed. The
 * cloud learns its beds from these events alone, in order with everything else that happened to them.
 */
import type { BedEvent } from "../../contracts/wire/bed-event.ts";
import { BedId } from "../../contracts/wire/ids.ts";
import { type BedState, initialBedState } from "../interpret/bed-state.ts";
import { findingsEvent, toldOf } from "../interpret/findings.ts";
import type { WardState } from "../interpret/ward-state.ts";
import type { Moment } from "../moment.ts";
import type { BedPlace, RoomPlace, Topology } from "./topology.ts";

/** Where the events go, and what is remembered of them. */
export type CommissionLog = {
  addEvents(events: readonly BedEvent[]): void;
  readonly states: Map<string, string>;
  readonly beds: Map<BedId, BedState>;
};

const GONE = JSON.stringify(null);
const subjectOf = (bedId: string) => `commissioned:${bedId}`;

export function commission(topology: Topology, log: CommissionLog, ward: WardState, now: Moment): void {
  const { commissioned } = ward;
  for (const place of topology.beds.values()) {
    const wanted = JSON.stringify(factsOf(place));
    const known = commissioned.get(subjectOf(place.bedId));
    if (known === wanted) continue;
    // A bed that comes back begins anew, here as in the cloud: what was known of it may have changed unseen.
    if (known === GONE) log.beds.set(place.bedId, initialBedState);
    log.addEvents([
      commissionEvent(place, now),
      ...declarations(place, known, now),
      ...roomCondition(topology.rooms.get(place.roomId), ward, place, now),
      ...findings(place, known, log.beds.get(place.bedId) ?? ward.bed(place.bedId), ward, now),
    ]);
    log.states.set(subjectOf(place.bedId), wanted);
  }
  for (const [subject, known] of commissioned) {
    const bedId = BedId.parse(subject.slice(subjectOf("").length));
    if (known === GONE || topology.beds.has(bedId)) continue;
    log.addEvents([{ kind: "bed-decommissioned", bedId, observedAtMs: now.atMs, receivedAtMs: now.atMs }]);
    log.states.set(subject, GONE);
  }
}

function factsOf({
  wardId,
  wardName,
  roomId,
  roomName,
  roomIsolation,
  roomLimits,
  label,
  assignmentSource,
  sources,
  declared,
}: BedPlace) {
  const room = { roomId, roomName, roomIsolation, roomLimits };
  return { wardId, wardName, ...room, label, assignmentSource, sources, declared };
}

function commissionEvent(place: BedPlace, now: Moment): BedEvent {
  const { declared: _declared, ...facts } = factsOf(place);
  return {
    kind: "bed-commissioned",
    bedId: place.bedId,
    observedAtMs: now.atMs,
    receivedAtMs: now.atMs,
    ...facts,
    sources: [...facts.sources],
    roomLimits: [...facts.roomLimits],
  };
}

/** A room says only what changes; a bed that is new in it has not heard yet. */
function roomCondition(
  room: RoomPlace | undefined,
  ward: WardState,
  { bedId }: BedPlace,
  now: Moment,
): BedEvent[] {
  const sensor = room?.pressure ?? room?.climate ?? null;
  if (room === undefined || sensor === null) return [];
  const { condition: to } = ward.room(room.roomId);
  if (to === "unknown") return [];
  const by = { kind: "sensor" as const, deviceId: sensor.deviceId };
  const at = { observedAtMs: now.atMs, receivedAtMs: now.atMs };
  return [{ kind: "room-condition-changed", bedId, ...at, to, by, evidence: [] }];
}

/** A bed that is new in its room hears what is wrong with the room's sensors; one whose sources changed, what is left. */
function findings(
  place: BedPlace,
  known: string | undefined,
  state: BedState,
  ward: WardState,
  now: Moment,
): BedEvent[] {
  const told = toldOf(state.findings, ward.room(place.roomId).findings, place.deciders);
  const before = factsBefore(known);
  const isTold = before !== null && JSON.stringify(before.sources) === JSON.stringify(place.sources);
  return told.length === 0 && (before === null || isTold) ? [] : [findingsEvent(place.bedId, told, now)];
}

/** Null: the bed is new, or comes back. */
function factsBefore(known: string | undefined): ReturnType<typeof factsOf> | null {
  return known === undefined || known === GONE ? null : JSON.parse(known);
}

/** Only what the ward says anew: a person may have blocked the bed meanwhile, and the file must not undo that. */
function declarations({ bedId, declared }: BedPlace, known: string | undefined, now: Moment): BedEvent[] {
  const before = factsBefore(known);
  const common = { bedId, observedAtMs: now.atMs, receivedAtMs: now.atMs };
  const by = { kind: "declaration" as const, who: "ward file" };
  const events: BedEvent[] = [];
  if (declared.service !== (before?.declared.service ?? "unknown")) {
    events.push({ kind: "service-changed", ...common, to: declared.service, by, evidence: [] });
  }
  if (declared.staffing !== (before?.declared.staffing ?? "unknown")) {
    events.push({ kind: "staffing-changed", ...common, to: declared.staffing, by, evidence: [] });
  }
  if (declared.infection !== (before?.declared.infection ?? "unknown")) {
    events.push({ kind: "infection-changed", ...common, to: declared.infection, by, evidence: [] });
  }
  return events;
}

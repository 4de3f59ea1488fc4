/**
 * The heart of the gateway. A group of messages is decoded, interpreted and appended, readings and the bed events they
 * cause together, in one transaction; only then do the states in memory move on.
 *
 *   messages, time ─▶ decode ─▶ number ─▶ interpret ─▶ journal.append ─▶ states, device book, listeners
 */
import { metricOf } from "../../contracts/metrics/catalogue.ts";
import type { EvidenceRef } from "../../contracts/wire/bed-event.ts";
import type { BedId, RoomId } from "../../contracts/wire/ids.ts";
import type { Reading } from "../../contracts/wire/reading.ts";
import type { DecodedValue } from "../../devices/decoded.ts";
import { commission } from "../commissioning/commission.ts";
import type { BedPlace, DevicePlace, RoomPlace, Topology } from "../commissioning/topology.ts";
import { hearBed, passTime, watchBed } from "../interpret/bed.ts";
import { type BedState, isSameForStorage, toStored } from "../interpret/bed-state.ts";
import { findingsEvent, toldOf } from "../interpret/findings.ts";
import {
  hearRoom,
  isSameRoomForStorage,
  passRoomTime,
  type RoomState,
  toStoredRoom,
  watchRoom,
} from "../interpret/room.ts";
import type { WardState } from "../interpret/ward-state.ts";
import type { Watched } from "../interpret/watch.ts";
import type { Journal } from "../journal/journal.ts";
import type { Moment } from "../moment.ts";
import { decode, rawBytes } from "./decode.ts";
import type { DeviceBook } from "./device-book.ts";
import { DEVICE_TIME_AGREES_MS, observe } from "./device-clock.ts";
import { Group } from "./group.ts";
import { messageIdentity, valueIdentity } from "./identity.ts";
import type { RawMessage } from "./raw-message.ts";

export type PipelineItem =
  | { readonly kind: "message"; readonly message: RawMessage }
  | { readonly kind: "time"; readonly now: Moment }
  | { readonly kind: "commission"; readonly now: Moment };

/** A bed's newest evidence is written with its next event, and at the latest when this much has passed. */
const EVIDENCE_WRITTEN_EVERY_MS = 60_000;

export type PipelineParts = {
  readonly topology: Topology;
  readonly journal: Journal;
  readonly ward: WardState;
  readonly book: DeviceBook;
  /** Told after each commit, to send what is new. */
  readonly onCommitted: () => void;
};

export class Pipeline {
  readonly #parts: PipelineParts;

  constructor(parts: PipelineParts) {
    this.#parts = parts;
  }

  commit(items: readonly PipelineItem[]): void {
    const { journal, ward, book } = this.#parts;
    const group = new Group(journal);
    const entries = book.begin();
    for (const item of items) {
      if (item.kind === "message") this.#hear(group, item.message, entries);
      else if (item.kind === "time") this.#passTime(group, item.now);
      else commission(this.#parts.topology, group, ward, item.now);
    }
    this.#keepStates(group);
    journal.append(group);
    ward.adopt(group);
    book.adopt(entries);
    this.#parts.onCommitted();
  }

  #hear(group: Group, message: RawMessage, entries: ReturnType<DeviceBook["begin"]>): void {
    const { topology, book } = this.#parts;
    const place = topology.devices.get(message.deviceId);
    if (place === undefined)
      throw new Error(`a transport heard ${message.deviceId}, which is not commissioned`);
    const { received } = message;
    // What a broker may have kept says nothing about now, unless the device's own time does.
    const mayBeOld = message.body.kind === "mqtt" && message.body.mayBeOld === true;
    // Nor is noise on its line a word of the device.
    if (!mayBeOld && message.body.kind !== "noise") entries.heard(place.deviceId, received);
    const identity = messageIdentity(message);
    if (identity !== null) {
      const isNew = group.isNew(identity, received.atMs);
      if (!isNew && message.body.kind === "mqtt" && message.body.isRepeat) return;
    }
    const findingsBefore = this.#findingsOf(group, place);
    const decoded = decode(place, message);
    const [first, ...more] = decoded.unreadable;
    if (first !== undefined) {
      // Once a message, or a pack of many wrong records would push everything else out of the ring.
      group.quarantined.push({
        deviceId: place.deviceId,
        receivedAtMs: received.atMs,
        reason: first.reason,
        detail: more.length === 0 ? first.detail : `${first.detail}; and ${more.length} more in this message`,
        raw: rawBytes(message),
      });
    }
    for (const { reason, detail } of decoded.unreadable)
      entries.problem(place.deviceId, reason, detail, received);
    for (const value of decoded.values) {
      const own = valueIdentity(place.deviceId, value);
      if (own !== null && !group.isNew(own, received.atMs)) continue;
      const clock = book.clockOf(place.deviceId, entries);
      const observed = observe(clock, value.deviceTimeMs, received.atMs);
      // Only a clock that was known before, or that agrees with this one, tells old from new: one that is ahead by as
      // long as its message lay in the queue would make it news, and itself right.
      const tellsAge =
        value.deviceTimeMs !== null &&
        (clock?.isConfirmed === true ||
          Math.abs(received.atMs - value.deviceTimeMs) <= DEVICE_TIME_AGREES_MS);
      const isHistorical = observed.isHistorical || (mayBeOld && !tellsAge);
      if (!mayBeOld || tellsAge) entries.clock(place.deviceId, observed.clock);
      if (mayBeOld && !isHistorical) entries.heard(place.deviceId, received);
      const reading = toReading(place, value, observed, received);
      const evidence = group.addReading(metricOf(value.metric).lane, reading);
      entries.reading(place.deviceId, reading, isHistorical);
      // What is late is kept as evidence of then; it changes nothing of now, neither a status nor what is learnt.
      if (isHistorical) continue;
      this.#watch(group, place, { reading: evidence, badReason: reading.badReason, now: received });
      const isUsable = reading.quality === "good" && reading.value !== null;
      const saysNothing = reading.quality === "good" && reading.value === null;
      if (isUsable || (saysNothing && value.metric === "pulse-rate"))
        this.#interpret(group, place, evidence, received, entries);
    }
    if (this.#findingsOf(group, place) !== findingsBefore) this.#tellFindings(group, place, received);
  }

  #watch(group: Group, place: DevicePlace, watched: Watched): void {
    const bed = this.#bedOf(place);
    if (bed !== undefined)
      group.beds.set(bed.bedId, watchBed(bed, this.#bedState(group, bed.bedId), watched));
    const room = this.#roomOf(place);
    if (room === undefined) return;
    const before = this.#roomState(group, room.roomId);
    group.rooms.set(room.roomId, watchRoom(before, place.expectedIntervalMs, watched));
  }

  #interpret(
    group: Group,
    place: DevicePlace,
    evidence: EvidenceRef,
    now: Moment,
    entries: ReturnType<DeviceBook["begin"]>,
  ): void {
    const bed = this.#bedOf(place);
    if (bed !== undefined) {
      const { state, events } = hearBed(bed, this.#bedState(group, bed.bedId), { reading: evidence, now });
      group.beds.set(bed.bedId, state);
      group.addEvents(events);
      const decider = bed.deciders.find(({ deviceId }) => deviceId === place.deviceId);
      if (decider === undefined || decider.metric === evidence.metric) entries.usable(place.deviceId, now);
      return;
    }
    const room = this.#roomOf(place);
    if (room === undefined) return;
    const { state, events } = hearRoom(room, this.#roomState(group, room.roomId), evidence, now);
    group.rooms.set(room.roomId, state);
    group.addEvents(events);
    entries.usable(place.deviceId, now);
  }

  #passTime(group: Group, now: Moment): void {
    for (const place of this.#parts.topology.beds.values()) {
      const before = this.#bedState(group, place.bedId);
      const { state, events } = passTime(place, before, now);
      if (state === before) continue;
      group.beds.set(place.bedId, state);
      group.addEvents(events);
      if (state.findings !== before.findings) this.#tellBedFindings(group, place, now);
    }
    for (const place of this.#parts.topology.rooms.values()) {
      const before = this.#roomState(group, place.roomId);
      const { state, events } = passRoomTime(place, before, now);
      if (state === before) continue;
      group.rooms.set(place.roomId, state);
      group.addEvents(events);
    }
  }

  #findingsOf(group: Group, place: DevicePlace): BedState["findings"] | undefined {
    const bed = this.#bedOf(place);
    if (bed !== undefined) return this.#bedState(group, bed.bedId).findings;
    const room = this.#roomOf(place);
    return room && this.#roomState(group, room.roomId).findings;
  }

  /** A room's sensors concern each of its beds. */
  #tellFindings(group: Group, place: DevicePlace, now: Moment): void {
    const { topology } = this.#parts;
    const bedIds = place.bedId === null ? (this.#roomOf(place)?.bedIds ?? []) : [place.bedId];
    for (const bedId of bedIds) {
      const bed = topology.beds.get(bedId);
      if (bed !== undefined) this.#tellBedFindings(group, bed, now);
    }
  }

  #tellBedFindings(group: Group, { bedId, roomId, deciders }: BedPlace, now: Moment): void {
    const ofBed = this.#bedState(group, bedId).findings;
    const ofRoom = this.#roomState(group, roomId).findings;
    group.addEvents([findingsEvent(bedId, toldOf(ofBed, ofRoom, deciders), now)]);
  }

  #bedOf({ bedId }: DevicePlace): BedPlace | undefined {
    return bedId === null ? undefined : this.#parts.topology.beds.get(bedId);
  }

  #roomOf({ roomId }: DevicePlace): RoomPlace | undefined {
    return roomId === null ? undefined : this.#parts.topology.rooms.get(roomId);
  }

  #bedState(group: Group, bedId: BedId): BedState {
    return group.beds.get(bedId) ?? this.#parts.ward.bed(bedId);
  }

  #roomState(group: Group, roomId: RoomId): RoomState {
    return group.rooms.get(roomId) ?? this.#parts.ward.room(roomId);
  }

  /** The state of each bed that changed goes into the same transaction as its events. */
  #keepStates(group: Group): void {
    const { ward } = this.#parts;
    for (const [bedId, state] of group.beds) {
      const evidenceIsOld =
        (state.lastEvidence?.atMs ?? 0) - ward.evidenceWrittenAtMs(bedId) > EVIDENCE_WRITTEN_EVERY_MS;
      if (evidenceIsOld || !isSameForStorage(ward.bed(bedId), state))
        group.states.set(`bed:${bedId}`, JSON.stringify(toStored(state)));
    }
    for (const [roomId, state] of group.rooms) {
      if (!isSameRoomForStorage(ward.room(roomId), state))
        group.states.set(`room:${roomId}`, JSON.stringify(toStoredRoom(state)));
    }
  }
}

function toReading(
  place: DevicePlace,
  value: DecodedValue,
  observed: { observedAtMs: number; observedBy: "device" | "gateway" },
  received: Moment,
): Reading {
  return {
    kind: "reading",
    deviceId: place.deviceId,
    bedId: place.bedId,
    roomId: place.roomId,
    metric: value.metric,
    value: value.value,
    unit: value.unit,
    quality: value.badReason === null ? "good" : "bad",
    badReason: value.badReason,
    observedAtMs: observed.observedAtMs,
    observedBy: observed.observedBy,
    receivedAtMs: received.atMs,
  };
}

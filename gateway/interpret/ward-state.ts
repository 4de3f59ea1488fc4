/**
 * What the gateway knows of all its beds and rooms. It moves on with each reading, ahead of the disk: nothing is
 * acknowledged before its group is on disk, and a commit that fails ends the process and this with it.
 */
import type { SensorFinding } from "../../contracts/wire/bed-event.ts";
import type { BedId, RoomId } from "../../contracts/wire/ids.ts";
import type { BedPlace, RoomPlace, Topology } from "../commissioning/topology.ts";
import type { Moment } from "../moment.ts";
import { nextDueMonoMs } from "./bed.ts";
import { type BedState, fromStored, initialBedState, isSameForStorage, toStored } from "./bed-state.ts";
import { toldOf } from "./findings.ts";
import type { Vote } from "./fusion.ts";
import { ownCopy, writeOver } from "./kept-bed.ts";
import {
  initialRoomState,
  isSameRoomForStorage,
  nextRoomDueMonoMs,
  type RoomState,
  restoredRoom,
  toStoredRoom,
} from "./room.ts";
import { votesOf } from "./source.ts";
import { StoredBed, StoredRoom } from "./stored-states.ts";

/** A bed's newest evidence is written with its next event, and at the latest when this much has passed. */
const EVIDENCE_WRITTEN_EVERY_MS = 60_000;

/** A place with its state now and as it was last written. A bed's state is written over as it moves. */
type Slot<Place, State> = { readonly place: Place; state: State; written: State; isToBeWritten: boolean };
export type BedSlot = Slot<BedPlace, BedState>;
export type RoomSlot = Slot<RoomPlace, RoomState>;

export class WardState {
  readonly #beds = new Map<BedId, BedSlot>();
  readonly #rooms = new Map<RoomId, RoomSlot>();
  #bedsToWrite: BedSlot[] = [];
  #roomsToWrite: RoomSlot[] = [];
  /** Nothing is due sooner. A reading moves most dues away, and to know by how far is not worth a look at every bed. */
  #dueMonoMsMin: number | null = null;
  /** The newest commissioning of each bed, as it was journalled. */
  readonly commissioned = new Map<string, string>();

  constructor(topology: Topology, stored: ReadonlyMap<string, string>, started: Moment) {
    for (const place of topology.beds.values()) {
      const body = stored.get(`bed:${place.bedId}`);
      const state =
        body === undefined ? initialBedState : fromStored(StoredBed.parse(JSON.parse(body)), place, started);
      const written = ownCopy(state);
      this.#beds.set(place.bedId, { place, state: ownCopy(state), written, isToBeWritten: false });
    }
    for (const place of topology.rooms.values()) {
      const body = stored.get(`room:${place.roomId}`);
      const state =
        body === undefined
          ? initialRoomState
          : restoredRoom(place, StoredRoom.parse(JSON.parse(body)), started);
      this.#rooms.set(place.roomId, { place, state, written: state, isToBeWritten: false });
    }
    for (const [subject, body] of stored)
      if (subject.startsWith("commissioned:")) this.commissioned.set(subject, body);
    this.findNextDue();
  }

  get beds(): Iterable<BedSlot> {
    return this.#beds.values();
  }

  get rooms(): Iterable<RoomSlot> {
    return this.#rooms.values();
  }

  bedSlot(bedId: BedId): BedSlot | null {
    return this.#beds.get(bedId) ?? null;
  }

  roomSlot(roomId: RoomId): RoomSlot | null {
    return this.#rooms.get(roomId) ?? null;
  }

  /** As it is now, until it moves. */
  bed(bedId: BedId): BedState {
    return this.#beds.get(bedId)?.state ?? initialBedState;
  }

  room(roomId: RoomId): RoomState {
    return this.#rooms.get(roomId)?.state ?? initialRoomState;
  }

  moveBed(slot: BedSlot, state: BedState): void {
    if (state === slot.state) return;
    writeOver(slot.state, state);
    // At once, while it is at hand: a group of many beds would fetch each of them twice.
    this.#mayBeDue(nextDueMonoMs(slot.place, slot.state));
    if (slot.isToBeWritten || !isWorthWriting(slot)) return;
    slot.isToBeWritten = true;
    this.#bedsToWrite.push(slot);
  }

  moveRoom(slot: RoomSlot, state: RoomState): void {
    if (state === slot.state) return;
    slot.state = state;
    this.#mayBeDue(nextRoomDueMonoMs(slot.place, state));
    if (slot.isToBeWritten || isSameRoomForStorage(slot.written, state)) return;
    slot.isToBeWritten = true;
    this.#roomsToWrite.push(slot);
  }

  /** How each deciding source of a bed votes now, in the ward file's order. */
  votesAt(bedId: BedId, now: Moment): readonly Vote[] {
    const slot = this.#beds.get(bedId);
    return slot === undefined ? [] : votesOf(slot.place, slot.state, now);
  }

  /** What is wrong with the sensors of a bed and of its room, those that decide its occupancy first. */
  findings(bedId: BedId): readonly SensorFinding[] {
    const slot = this.#beds.get(bedId);
    if (slot === undefined) return [];
    return toldOf(slot.state.findings, this.room(slot.place.roomId).findings, slot.place.deciders);
  }

  /** What has to go to disk of all that moved since this was last asked: subject, and state as JSON. */
  takeChanged(): [subject: string, body: string][] {
    const changed: [string, string][] = [];
    for (const slot of this.#bedsToWrite) {
      slot.isToBeWritten = false;
      slot.written = ownCopy(slot.state);
      changed.push([`bed:${slot.place.bedId}`, JSON.stringify(toStored(slot.state))]);
    }
    for (const slot of this.#roomsToWrite) {
      slot.isToBeWritten = false;
      slot.written = slot.state;
      changed.push([`room:${slot.place.roomId}`, JSON.stringify(toStoredRoom(slot.state))]);
    }
    if (this.#bedsToWrite.length > 0) this.#bedsToWrite = [];
    if (this.#roomsToWrite.length > 0) this.#roomsToWrite = [];
    return changed;
  }

  /** Time alone changes nothing sooner than this; null: nothing waits. */
  nextDueMonoMs(): number | null {
    return this.#dueMonoMsMin;
  }

  /** Looks at every bed and room; called when time was looked at, and not with every reading. */
  findNextDue(): void {
    this.#dueMonoMsMin = null;
    for (const { place, state } of this.#beds.values()) this.#mayBeDue(nextDueMonoMs(place, state));
    for (const { place, state } of this.#rooms.values()) this.#mayBeDue(nextRoomDueMonoMs(place, state));
  }

  #mayBeDue(due: number | null): void {
    if (due !== null && (this.#dueMonoMsMin === null || due < this.#dueMonoMsMin)) this.#dueMonoMsMin = due;
  }
}

function isWorthWriting({ written, state }: BedSlot): boolean {
  const isEvidenceOld =
    (state.lastEvidence?.atMs ?? 0) - (written.lastEvidence?.atMs ?? 0) > EVIDENCE_WRITTEN_EVERY_MS;
  return isEvidenceOld || !isSameForStorage(written, state);
}

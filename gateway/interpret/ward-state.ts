/** What the gateway knows of all its beds and rooms, as of the newest commit. */
import * as z from "zod";
import { AXIS_VALUES } from "../../contracts/bed/axes.ts";
import { EvidenceRef, ROOM_CONDITIONS, SensorFinding } from "../../contracts/wire/bed-event.ts";
import type { BedId, RoomId } from "../../contracts/wire/ids.ts";
import { AtMs } from "../../contracts/wire/ids.ts";
import type { Topology } from "../commissioning/topology.ts";
import type { Moment } from "../moment.ts";
import { nextDueMonoMs } from "./bed.ts";
import { type BedState, fromStored, initialBedState } from "./bed-state.ts";
import { toldOf } from "./findings.ts";
import type { Vote } from "./fusion.ts";
import { initialRoomState, nextRoomDueMonoMs, type RoomState, restoredRoom } from "./room.ts";
import { votesOf } from "./source.ts";

const StoredBed = z.object({
  occupancy: z.enum(AXIS_VALUES.occupancy),
  occupancySinceMs: AtMs.nullable(),
  raw: z.enum(AXIS_VALUES.occupancy),
  readiness: z.enum(AXIS_VALUES.readiness),
  readinessSinceMs: AtMs.nullable(),
  cleaningPressed: z.boolean().nullable(),
  lastEvidenceAtMs: AtMs.nullable(),
  settling: z
    .object({ candidate: z.enum(AXIS_VALUES.occupancy), evidence: z.array(EvidenceRef) })
    .nullable()
    .default(null),
  sources: z
    .record(z.string(), z.object({ vote: z.enum(AXIS_VALUES.occupancy), emptyKg: z.number().nullable() }))
    .default({}),
  findings: z.array(SensorFinding).default([]),
});

const condition = z.enum(ROOM_CONDITIONS);
/** An older row knows only the climate. */
const StoredRoom = z.union([
  condition.transform((climate) => ({ climate, pressure: "unknown" as const, findings: [] })),
  z.object({ climate: condition, pressure: condition, findings: z.array(SensorFinding) }),
]);

/** What a group brings to the ward once it is on disk. */
export type Adoptable = {
  readonly beds: ReadonlyMap<BedId, BedState>;
  readonly rooms: ReadonlyMap<RoomId, RoomState>;
  readonly states: ReadonlyMap<string, string>;
};

export class WardState {
  readonly #topology: Topology;
  readonly #beds = new Map<BedId, BedState>();
  readonly #rooms = new Map<RoomId, RoomState>();
  readonly #evidenceWrittenAtMs = new Map<BedId, number>();
  /** The newest commissioning of each bed, as it was journalled. */
  readonly commissioned = new Map<string, string>();

  constructor(topology: Topology, stored: ReadonlyMap<string, string>, started: Moment) {
    this.#topology = topology;
    for (const [subject, body] of stored) {
      const [kind, id = ""] = subject.split(":", 2);
      if (kind === "commissioned") this.commissioned.set(subject, body);
      if (kind === "bed") {
        const bed = StoredBed.parse(JSON.parse(body));
        const place = topology.beds.get(id as BedId);
        // A bed that is no longer in the ward file waits for nothing.
        if (place !== undefined) this.#beds.set(place.bedId, fromStored(bed, place, started));
        this.#evidenceWrittenAtMs.set(id as BedId, bed.lastEvidenceAtMs ?? 0);
      }
      const room = kind === "room" ? topology.rooms.get(id as RoomId) : undefined;
      if (room !== undefined)
        this.#rooms.set(room.roomId, restoredRoom(room, StoredRoom.parse(JSON.parse(body)), started));
    }
  }

  bed(bedId: BedId): BedState {
    return this.#beds.get(bedId) ?? initialBedState;
  }

  room(roomId: RoomId): RoomState {
    return this.#rooms.get(roomId) ?? initialRoomState;
  }

  /** How each deciding source of a bed votes now, in the ward file's order. */
  votesAt(bedId: BedId, now: Moment): readonly Vote[] {
    const place = this.#topology.beds.get(bedId);
    return place === undefined ? [] : votesOf(place, this.bed(bedId), now);
  }

  /** What is wrong with the sensors of a bed and of its room, those that decide its occupancy first. */
  findings(bedId: BedId): readonly SensorFinding[] {
    const place = this.#topology.beds.get(bedId);
    if (place === undefined) return [];
    return toldOf(this.bed(bedId).findings, this.room(place.roomId).findings, place.deciders);
  }

  evidenceWrittenAtMs(bedId: BedId): number {
    return this.#evidenceWrittenAtMs.get(bedId) ?? 0;
  }

  adopt(group: Adoptable): void {
    for (const [bedId, state] of group.beds) {
      this.#beds.set(bedId, state);
      if (group.states.has(`bed:${bedId}`))
        this.#evidenceWrittenAtMs.set(bedId, state.lastEvidence?.atMs ?? 0);
    }
    for (const [roomId, state] of group.rooms) this.#rooms.set(roomId, state);
    for (const [subject, body] of group.states) {
      if (subject.startsWith("commissioned:")) this.commissioned.set(subject, body);
    }
  }

  /** When time alone may next change something; null: nothing waits. */
  nextDueMonoMs(): number | null {
    let next: number | null = null;
    const consider = (due: number | null) => {
      if (due !== null && (next === null || due < next)) next = due;
    };
    for (const place of this.#topology.beds.values()) consider(nextDueMonoMs(place, this.bed(place.bedId)));
    for (const place of this.#topology.rooms.values())
      consider(nextRoomDueMonoMs(place, this.room(place.roomId)));
    return next;
  }
}

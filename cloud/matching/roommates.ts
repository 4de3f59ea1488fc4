/** Who else is in a room, by what its beds say. Pure. */
import type { Sex } from "../../contracts/booking/vocabulary.ts";
import type { BedId } from "../../contracts/wire/ids.ts";
import type { KnownBed } from "../registry/bed.ts";

const CLAIMED = ["held", "reserved", "assigned", "admitted", "on-leave"];

/** Somebody lies in the bed, even if that was said a while ago, or is to have it. */
export function isTaken({ bed: { axes } }: KnownBed): boolean {
  return axes.occupancy.value === "present" || CLAIMED.includes(axes.assignment.value);
}

export type Rooms = ReadonlyMap<string, readonly KnownBed[]>;

const roomKey = ({ bed }: KnownBed): string => `${bed.hospitalId}/${bed.roomId}`;

export function roomsOf(beds: readonly KnownBed[]): Rooms {
  return Map.groupBy(beds, roomKey);
}

/** `sexOf`: of who has a live claim. Somebody who lies there without one is somebody of unknown sex. */
export function roommatesOf(known: KnownBed, rooms: Rooms, sexOf: ReadonlyMap<BedId, Sex>): Sex[] {
  const others = rooms.get(roomKey(known)) ?? [];
  return others
    .filter((other) => other.bed.bedId !== known.bed.bedId && isTaken(other))
    .map(({ bed }) => sexOf.get(bed.bedId) ?? "unknown");
}

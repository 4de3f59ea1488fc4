/** A ward's rooms and their beds, both as people count them: "2" before "10". Pure. */
import type { BedView } from "../../../contracts/wire/board.ts";
import type { BedId, RoomId } from "../../../contracts/wire/ids.ts";

type Placed = Pick<BedView, "bedId" | "label"> & {
  readonly room: Pick<BedView["room"], "roomId" | "name">;
};

export type RoomOfWard = {
  readonly roomId: RoomId;
  readonly name: string;
  readonly bedIds: readonly BedId[];
};

const natural = new Intl.Collator("en", { numeric: true });

export function roomsOf(beds: readonly Placed[]): RoomOfWard[] {
  const rooms = Map.groupBy(beds, ({ room }) => room.roomId);
  return [...rooms.values()]
    .flatMap((inRoom) => {
      const [first] = inRoom;
      if (first === undefined) return [];
      const inOrder = inRoom.toSorted((one, other) => natural.compare(one.label, other.label));
      return { ...first.room, bedIds: inOrder.map(({ bedId }) => bedId) };
    })
    .sort((one, other) => natural.compare(one.name, other.name));
}

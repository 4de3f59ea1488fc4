import type { ROOM_CONDITIONS } from "../../contracts/wire/bed-event.ts";

export type RoomCondition = (typeof ROOM_CONDITIONS)[number];

/** A room is as good as the worst of its sides. Without any side, nothing is known of it. */
export function worstOf(sides: readonly RoomCondition[]): RoomCondition {
  if (sides.includes("out-of-limits")) return "out-of-limits";
  return sides.length === 0 || sides.includes("unknown") ? "unknown" : "within-limits";
}

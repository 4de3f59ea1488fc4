import { AXES } from "../../../contracts/bed/axes.ts";
import type { TimelineEntry } from "../../../contracts/wire/board.ts";
import { AXIS_VALUE_WORDS, AXIS_WORDS } from "../../../contracts/words/axis-words.ts";

const ROOM_WORDS: Readonly<Record<string, string>> = {
  "within-limits": "Room within its limits",
  "out-of-limits": "Room out of its limits",
  unknown: "Room condition not known",
};

/** One event in a sentence. A kind that this page does not know yet is shown by its name, not left out. */
export function timelineWords({ kind, to }: Pick<TimelineEntry, "kind" | "to">): string {
  if (kind === "bed-commissioned") return "Put into service";
  if (kind === "bed-decommissioned") return "Taken out of service";
  if (kind === "occupancy-settling") return to === null ? "Settled back" : `Settling: ${occupancyWords(to)}`;
  if (kind === "room-condition-changed") return ROOM_WORDS[to ?? "unknown"] ?? `Room condition: ${to}`;
  if (kind === "sensor-findings-changed")
    return to === null ? "Nothing wrong with its sensors any more" : `Sensors: ${to}`;
  const axis = AXES.find((known) => kind === `${known}-changed`);
  if (axis === undefined) return to === null ? kind : `${kind}: ${to}`;
  const words: Readonly<Record<string, string>> = AXIS_VALUE_WORDS[axis];
  return `${AXIS_WORDS[axis]}: ${words[to ?? "unknown"] ?? to}`;
}

function occupancyWords(to: string): string {
  const words: Readonly<Record<string, string>> = AXIS_VALUE_WORDS.occupancy;
  return words[to] ?? to;
}

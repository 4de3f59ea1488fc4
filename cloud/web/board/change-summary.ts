import { DISPLAY_STATES, type DisplayState } from "../../../contracts/bed/derive.ts";
import { STATE_TOKENS } from "../../../contracts/ui/states.ts";
import type { ShownBeds } from "../live/shown-board.ts";

/** One sentence for a screen reader on how the board differs from `before`; empty where it does not. */
export function changeSummary(before: ShownBeds, after: ShownBeds): string {
  const counts = new Map<DisplayState, number>();
  for (const [bedId, bed] of after) {
    const known = before.get(bedId);
    // A bed that came or went is not news of a state.
    if (known === undefined || known.display === bed.display) continue;
    counts.set(bed.display, (counts.get(bed.display) ?? 0) + 1);
  }
  const parts = DISPLAY_STATES.flatMap((state) => {
    const count = counts.get(state);
    if (count === undefined) return [];
    return `${count} ${count === 1 ? "bed" : "beds"} became ${STATE_TOKENS[state].word.toLowerCase()}`;
  });
  return parts.length === 0 ? "" : `${parts.join(", ")}.`;
}

import type { Axis } from "../../../contracts/bed/axes.ts";
import { momentWords } from "../../../contracts/ui/clock-words.ts";
import type { BedView } from "../../../contracts/wire/board.ts";
import { AXIS_VALUE_WORDS } from "../../../contracts/words/axis-words.ts";
import { axisFact } from "../live/bed-facts.ts";
import { byWords } from "./by-words.ts";

/**
 * An axis at a moment, as its tile counts it: what has lapsed by then has given way to what stands without it, of which
 * the wire does not say by whom it was said.
 */
export function axisWords(
  bed: BedView,
  axis: Axis,
  nowMs: number,
): { readonly value: string; readonly since: string; readonly by: string } {
  const said = bed.axes[axis];
  const { value, sinceMs } = axisFact(said, nowMs);
  const words: Readonly<Record<string, string>> = AXIS_VALUE_WORDS[axis];
  const since = sinceMs === null ? "–" : momentWords(sinceMs, nowMs);
  const lapseAtMs = said.lapse === undefined ? null : Date.parse(said.lapse.at);
  const hasLapsed = lapseAtMs !== null && lapseAtMs <= nowMs;
  return {
    value: words[value] ?? value,
    since: lapseAtMs === null || hasLapsed ? since : `${since} until ${momentWords(lapseAtMs, nowMs)}`,
    by: hasLapsed ? "what was said before has lapsed" : byWords(said.by),
  };
}

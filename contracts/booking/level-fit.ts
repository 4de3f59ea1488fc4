/** Which level of care a bed may be offered as. */
import type { LevelOfCare } from "./vocabulary.ts";

/**
 * `higher`: more than is needed, offered below those that fit exactly. Nobody who needs more ever gets less, and
 * critical care is not spent on who needs none of it: for a general need only general beds are offered, and a person who
 * wants it otherwise changes the need. The other levels are kinds of their own and stand for nothing else.
 */
export type LevelFit = "exact" | "higher" | "none";

/** Needed → what may be offered beside it. */
const HIGHER: Readonly<Partial<Record<LevelOfCare, readonly LevelOfCare[]>>> = {
  "high-dependency": ["intensive"],
};

export function levelFit(needed: LevelOfCare, offered: LevelOfCare): LevelFit {
  if (needed === offered) return "exact";
  return HIGHER[needed]?.includes(offered) ? "higher" : "none";
}

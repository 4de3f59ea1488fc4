/**
 * How a bed is used, between two times at which it was clean:
 *
 *   clean ──somebody──▶ stay ──left (for the last time)──▶ ··· ──cleaning──▶ ··· ──clean──▶ turnover
 *
 * A stay is told from a trip to the bathroom only by the cleaning after it, so it lasts until then, and the exit is the
 * last one before the cleaning began. Whoever leans on the bed while it is cleaned begins no stay. Pure.
 */
import * as z from "zod";
import type { Occupancy, Readiness } from "../../contracts/bed/axes.ts";
import { AtMs } from "../../contracts/wire/ids.ts";

export const BedUse = z.object({
  /** Null: not used since it was clean, as far as anybody saw. */
  stay: z
    .object({
      /** Since when it is empty; null: somebody is in it, or nobody saw when they left. */
      leftAtMs: AtMs.nullable(),
      /** For a while since somebody was last seen in it nobody could see it. */
      wasUnseen: z.boolean(),
    })
    .nullable(),
  cleaningSinceMs: AtMs.nullable(),
});
export type BedUse = z.infer<typeof BedUse>;

export const UNUSED: BedUse = { stay: null, cleaningSinceMs: null };

/** Durations are null where nobody saw when they began, or that they ended as they should. */
export type UseMark =
  | { readonly kind: "stay-begun" }
  | { readonly kind: "turned-over"; readonly sinceExitMs: number | null }
  | { readonly kind: "cleaning-ended"; readonly lastedMs: number | null };

export type UseStep = { readonly use: BedUse; readonly marks: readonly UseMark[] };

const NOTHING: readonly UseMark[] = [];
const BEGUN: UseMark = { kind: "stay-begun" };
const PRESENT = { leftAtMs: null, wasUnseen: false } as const;

/** `readiness` is the bed's at that time. */
export function seeOccupancy(use: BedUse, to: Occupancy, readiness: Readiness, atMs: number): UseStep {
  const { stay } = use;
  if (readiness === "cleaning") return { use, marks: NOTHING };
  if (to === "present") return { use: { ...use, stay: PRESENT }, marks: stay === null ? [BEGUN] : NOTHING };
  if (stay === null) return { use, marks: NOTHING };
  if (to === "unknown") return { use: { ...use, stay: { leftAtMs: null, wasUnseen: true } }, marks: NOTHING };
  if (stay.wasUnseen || stay.leftAtMs !== null) return { use, marks: NOTHING };
  return { use: { ...use, stay: { ...stay, leftAtMs: atMs } }, marks: NOTHING };
}

/** `occupancy` is the bed's at that time. */
export function seeReadiness(use: BedUse, to: Readiness, occupancy: Occupancy, atMs: number): UseStep {
  if (to === "cleaning")
    return { use: { ...use, cleaningSinceMs: use.cleaningSinceMs ?? atMs }, marks: NOTHING };
  const marks: UseMark[] = [];
  let { stay } = use;
  if (use.cleaningSinceMs !== null) {
    const isFinished = to === "clean" || to === "inspect";
    marks.push({ kind: "cleaning-ended", lastedMs: isFinished ? atMs - use.cleaningSinceMs : null });
  }
  if (to === "clean" && stay !== null) {
    marks.push({ kind: "turned-over", sinceExitMs: stay.leftAtMs === null ? null : atMs - stay.leftAtMs });
    stay = null;
  }
  // Somebody who came while it was being cleaned has stayed.
  if (to === "dirty" && occupancy === "present" && stay === null) {
    marks.push(BEGUN);
    stay = PRESENT;
  }
  return { use: { stay, cleaningSinceMs: null }, marks };
}

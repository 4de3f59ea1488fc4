/**
 * From the kilograms under a bed to what they say of it. A pad is not a switch: it saturates for a frame while somebody
 * lies down, creeps by an eighth in the minute after, and its zero wanders over months.
 *
 *   kg − what the empty bed weighs ─▶ saturated? ─▶ above, between or below the limits ─▶ said twice? ─▶ vote
 */
import type { Occupancy } from "../../contracts/bed/axes.ts";
import type { BedPlace } from "../commissioning/topology.ts";
import type { Moment } from "../moment.ts";

/** More than a patient with a mattress weighs; a pad says it for one frame while somebody drops onto it. */
export const SATURATED_KG = 350;
/** Saturated for this many frames in a row is no impact any more: whatever lies there, the pad does not know. */
export const SATURATED_FRAMES_MAX = 3;
/** A load leaves the bed only this far below the limit at which it came: creep and turning over stay inside. */
export const LEAVES_AT_SHARE_MAX = 0.75;

/** How fast the weight of the empty bed is followed where a second source says, too, that nobody is in it. */
const LEARN_KG_A_MINUTE = 1;
/** And where the bed's only word for it is this load itself, and has been for long. */
const LEARN_ALONE_KG_A_MINUTE = 0.1;
export const LEARN_ALONE_AFTER_MS = 30 * 60_000;
/** A new mattress, linen and a few things on the bed; beyond that somebody has to tare it. */
export const TARE_KG_MAX = 15;
export const TARE_ALONE_KG_MAX = 2;
/** Between two frames no more time than this is learnt from. */
const LEARN_GAP_MS_MAX = 60_000;

/** An empty bed that weighs this much more or less than at commissioning has drifted, and has not once it is back this far. */
export const DRIFT_KG = 5;
export const DRIFT_OVER_KG = 4;

export type LoadState = {
  /** The last clear word, said twice in a row. */
  readonly vote: Occupancy;
  /** What the newest frame says, where it is not yet said twice. */
  readonly pending: Occupancy | null;
  /** The newest frame says what the vote says, and not merely nothing against it. */
  readonly isClear: boolean;
  readonly saturatedFrames: number;
  /** What the bed weighs when nobody is in it, against its commissioned zero. */
  readonly emptyKg: number;
  readonly learntAt: Moment | null;
};

export const initialLoadState: LoadState = {
  vote: "unknown",
  pending: null,
  isClear: false,
  saturatedFrames: 0,
  emptyKg: 0,
  learntAt: null,
};

/** Who says that the bed is empty while this load says so too. */
export type EmptyBy = "second-source" | "load-alone" | "nobody";

export type LoadFrame = {
  readonly kg: number;
  readonly limits: BedPlace["load"];
  /** Whether another source of the bed can see that it is empty. */
  readonly hasSecondSource: boolean;
  readonly emptyBy: EmptyBy;
  readonly now: Moment;
};

export function hearLoad(before: LoadState, frame: LoadFrame): LoadState {
  const netKg = frame.kg - tareKg(before.emptyKg, frame.hasSecondSource);
  if (netKg >= SATURATED_KG) return saturated(before);
  const unsaturated = before.saturatedFrames === 0 ? before : { ...before, saturatedFrames: 0 };
  return learn(takeFrame(unsaturated, wordOf(netKg, frame.limits)), frame);
}

/** Silence takes the word away, not what was learnt of the empty bed. */
export function forgetLoad(before: LoadState): LoadState {
  return { ...initialLoadState, emptyKg: before.emptyKg };
}

export function isDrifting(emptyKg: number, was: boolean): boolean {
  return Math.abs(emptyKg) > (was ? DRIFT_OVER_KG : DRIFT_KG);
}

function tareKg(emptyKg: number, hasSecondSource: boolean): number {
  const boundKg = hasSecondSource ? TARE_KG_MAX : TARE_ALONE_KG_MAX;
  return Math.max(-boundKg, Math.min(boundKg, emptyKg));
}

function saturated(before: LoadState): LoadState {
  const saturatedFrames = before.saturatedFrames + 1;
  const vote = saturatedFrames < SATURATED_FRAMES_MAX ? before.vote : "unknown";
  return { ...before, vote, isClear: false, saturatedFrames, learntAt: null };
}

/** Null between the limits, where nothing new is said. */
function wordOf(netKg: number, { presentAtKg, absentAtKg }: BedPlace["load"]): Occupancy | null {
  if (netKg >= presentAtKg) return "present";
  return netKg <= Math.min(absentAtKg, LEAVES_AT_SHARE_MAX * presentAtKg) ? "absent" : null;
}

/** The same state back where the frame says what the last one did. */
function takeFrame(before: LoadState, word: Occupancy | null): LoadState {
  if (word !== null && (word === before.vote || word === before.pending))
    return said(before, word, null, true);
  return said(before, before.vote, word, false);
}

function said(before: LoadState, vote: Occupancy, pending: Occupancy | null, isClear: boolean): LoadState {
  const isSame = vote === before.vote && pending === before.pending && isClear === before.isClear;
  return isSame ? before : { ...before, vote, pending, isClear };
}

function learn(heard: LoadState, { kg, emptyBy, now }: LoadFrame): LoadState {
  if (emptyBy === "nobody" || heard.vote !== "absent" || !heard.isClear)
    return heard.learntAt === null ? heard : { ...heard, learntAt: null };
  const passedMs =
    heard.learntAt === null ? 0 : Math.min(LEARN_GAP_MS_MAX, now.monoMs - heard.learntAt.monoMs);
  const rate = emptyBy === "second-source" ? LEARN_KG_A_MINUTE : LEARN_ALONE_KG_A_MINUTE;
  const stepKg = (rate * passedMs) / 60_000;
  const towards = Math.max(-stepKg, Math.min(stepKg, kg - heard.emptyKg));
  return { ...heard, emptyKg: heard.emptyKg + towards, learntAt: now };
}

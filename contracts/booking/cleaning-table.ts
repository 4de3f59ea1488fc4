/**
 * What each event makes of a cleaning task; every pair is decided here.
 *
 *   queued ──start──▶ cleaning ⇄ suspended ──order-inspection──▶ inspect ──pass──▶ done
 *     ▲                  └───────finish──────────────────────────────┼───────────▶ done
 *     └────────────────────────────────────────────────────fail──────┘
 *
 * The bed follows: `dirty` while nobody is at it, `cleaning`, `inspect`, and `clean` by `done` alone. A cancelled task
 * leaves a bed that is not clean.
 */
import type { Readiness } from "../bed/axes.ts";
import { CLEANING_EVENTS, type CleaningEventName, type CleaningState } from "./states.ts";

/** `undo` goes back by what the last step kept, whatever the state. */
export type CleaningStep =
  | { readonly kind: "to"; readonly state: CleaningState }
  | { readonly kind: "back" }
  | { readonly kind: "refused"; readonly why: string };

const to = (state: CleaningState): CleaningStep => ({ kind: "to", state });
const no = (why: string): CleaningStep => ({ kind: "refused", why });
const BACK: CleaningStep = { kind: "back" };

const NOT_BEGUN = "Nobody has begun to clean. Start it first.";
const NOT_SUSPENDED = "It is not suspended.";
const NO_INSPECTION = "No inspection is ordered.";
const INSPECTED_NEXT = "It waits for its inspection. Pass or fail that.";
const over = (why: string): Record<CleaningEventName, CleaningStep> => ({
  start: no(why),
  suspend: no(why),
  resume: no(why),
  finish: no(why),
  "order-inspection": no(why),
  "pass-inspection": no(why),
  "fail-inspection": no(why),
  prioritise: no(why),
  cancel: no(why),
  undo: BACK,
});

export const CLEANING_TABLE: Readonly<
  Record<CleaningState, Readonly<Record<CleaningEventName, CleaningStep>>>
> = {
  queued: {
    start: to("cleaning"),
    suspend: no(NOT_BEGUN),
    resume: no(NOT_SUSPENDED),
    // Whoever cleaned without saying so says it once; that it took no time is then not claimed: it has no beginning.
    finish: to("done"),
    "order-inspection": no(NOT_BEGUN),
    "pass-inspection": no(NO_INSPECTION),
    "fail-inspection": no(NO_INSPECTION),
    prioritise: to("queued"),
    cancel: to("cancelled"),
    undo: BACK,
  },
  cleaning: {
    start: no("It is being cleaned already."),
    suspend: to("suspended"),
    resume: no(NOT_SUSPENDED),
    finish: to("done"),
    "order-inspection": to("inspect"),
    "pass-inspection": no(NO_INSPECTION),
    "fail-inspection": no(NO_INSPECTION),
    prioritise: to("cleaning"),
    cancel: to("cancelled"),
    undo: BACK,
  },
  suspended: {
    start: no("It was begun before. Resume it."),
    suspend: no("It is suspended already."),
    resume: to("cleaning"),
    finish: to("done"),
    "order-inspection": to("inspect"),
    "pass-inspection": no(NO_INSPECTION),
    "fail-inspection": no(NO_INSPECTION),
    prioritise: to("suspended"),
    cancel: to("cancelled"),
    undo: BACK,
  },
  inspect: {
    start: no(INSPECTED_NEXT),
    suspend: no(INSPECTED_NEXT),
    resume: no(NOT_SUSPENDED),
    finish: no(INSPECTED_NEXT),
    "order-inspection": no("Its inspection is ordered already."),
    "pass-inspection": to("done"),
    "fail-inspection": to("queued"),
    prioritise: to("inspect"),
    cancel: to("cancelled"),
    undo: BACK,
  },
  done: over("It is done. Ask for a new cleaning."),
  cancelled: over("It was cancelled. Ask for a new cleaning."),
};

/** What a person could do next, `undo` left out: that depends on when and by whom the last step was made. */
export function cleaningEventsAllowed(state: CleaningState): CleaningEventName[] {
  return CLEANING_EVENTS.filter((event) => CLEANING_TABLE[state][event].kind === "to");
}

/** What the step says of the bed; null: nothing new. */
export function readinessAfter(
  before: CleaningState,
  after: CleaningState,
): Exclude<Readiness, "unknown"> | null {
  if (before === after) return null;
  switch (after) {
    case "queued":
    case "suspended":
      return "dirty";
    case "cleaning":
      return "cleaning";
    case "inspect":
      return "inspect";
    case "done":
      return "clean";
    case "cancelled":
      return before === "cleaning" ? "dirty" : null;
  }
}

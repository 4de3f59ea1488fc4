/** Whether a bed has been cleaned since somebody lay in it: by its housekeeping button, by its use, by what nobody saw. */
import { type ReadinessEvent, readinessTransitions, stepAxis } from "../../contracts/bed/transitions.ts";
import type { BedEvent, By, EvidenceRef } from "../../contracts/wire/bed-event.ts";
import type { BedPlace } from "../commissioning/topology.ts";
import type { Moment } from "../moment.ts";
import { type BedOutcome, stamp } from "./bed-outcome.ts";
import { type BedState, REUSE_AFTER_CLEANING_MS } from "./bed-state.ts";

/** A bed unseen for longer than this may have been used by somebody; nobody lies down and is gone in less. */
export const USE_UNOBSERVED_AFTER_MS = 10 * 60_000;

/**
 * After a long gap (the sensor's silence, or this gateway's own absence) a clean bed may have been used unseen. Null:
 * there was no such gap.
 */
export function afterGap(
  place: BedPlace,
  before: BedState,
  reading: EvidenceRef,
  now: Moment,
): BedOutcome | null {
  const last = before.lastEvidence;
  // Over a restart only the wall clock knows the gap; while running, the monotonic one does.
  const gapMs = last === null ? 0 : Math.max(now.atMs - last.atMs, now.monoMs - last.monoMs);
  if (gapMs <= USE_UNOBSERVED_AFTER_MS) return null;
  const by: By = { kind: "silence", deviceId: reading.deviceId };
  return stepReadiness(place, before, "use-unobserved", by, [reading], now);
}

/** Only the button's edges count: its level is repeated in every report and would clean a bed again and again. */
export function hearCleaning(
  place: BedPlace,
  before: BedState,
  reading: EvidenceRef,
  now: Moment,
): BedOutcome {
  if (typeof reading.value !== "boolean" || reading.value === before.cleaningPressed)
    return { state: before, events: [] };
  const state: BedState = { ...before, cleaningPressed: reading.value };
  const by: By = { kind: "sensor", deviceId: reading.deviceId };
  if (reading.value)
    return stepReadiness(place, { ...state, reuseDueMonoMs: null }, "cleaning-started", by, [reading], now);
  if (before.cleaningPressed === null) return { state, events: [] };
  const finished = stepReadiness(place, state, "cleaning-finished", by, [reading], now);
  if (finished.state.occupancy !== "present") return finished;
  return { ...finished, state: { ...finished.state, reuseDueMonoMs: now.monoMs + REUSE_AFTER_CLEANING_MS } };
}

/** Somebody who is still there a while after the bed was cleaned has used it again. */
export function seeReuse(place: BedPlace, before: BedState, by: () => By, now: Moment): BedOutcome {
  if (before.reuseDueMonoMs === null || now.monoMs < before.reuseDueMonoMs)
    return { state: before, events: [] };
  // Whoever is just getting up is given time to be gone: a cleaner leans on the bed a little longer.
  if (before.occupancy === "present" && before.raw !== "present") {
    return { state: { ...before, reuseDueMonoMs: now.monoMs + REUSE_AFTER_CLEANING_MS }, events: [] };
  }
  const state = { ...before, reuseDueMonoMs: null };
  if (before.occupancy !== "present") return { state, events: [] };
  return stepReadiness(place, state, "bed-used", by(), [], now);
}

export function stepReadiness(
  place: BedPlace,
  state: BedState,
  event: ReadinessEvent,
  by: By,
  evidence: readonly EvidenceRef[],
  now: Moment,
): BedOutcome {
  const step = stepAxis(readinessTransitions, state.readiness, event);
  if (step.kind !== "moved") return { state, events: [] };
  const changed: BedEvent = {
    kind: "readiness-changed",
    ...stamp(place, evidence, now),
    to: step.to,
    by,
    evidence: [...evidence],
  };
  return { state: { ...state, readiness: step.to, readinessSinceMs: now.atMs }, events: [changed] };
}

/**
 * From readings and time to what happens at one bed. Pure: the same state object back means that nothing changed.
 *
 *   reading ─▶ hysteresis ─▶ settle (present 5 s, absent 30 s) ─▶ occupancy ─▶ readiness
 *   time    ─▶ settled? silent for too long? used again after cleaning?
 */
import type { Occupancy } from "../../contracts/bed/axes.ts";
import { staleAfterMs } from "../../contracts/bed/freshness.ts";
import {
  type OccupancyEvent,
  occupancyTransitions,
  type ReadinessEvent,
  readinessTransitions,
  stepAxis,
} from "../../contracts/bed/transitions.ts";
import type { BedEvent, By, EvidenceRef } from "../../contracts/wire/bed-event.ts";
import type { BedPlace } from "../commissioning/topology.ts";
import type { Moment } from "../moment.ts";
import { type BedState, REUSE_AFTER_CLEANING_MS } from "./bed-state.ts";
import { isDue, type SettleStep, settle } from "./settle.ts";

/** A bed unseen for longer than this may have been used by somebody; nobody lies down and is gone in less. */
export const USE_UNOBSERVED_AFTER_MS = 10 * 60_000;

/** A usable reading about the bed. */
export type BedInput = { readonly reading: EvidenceRef; readonly now: Moment };
export type BedOutcome = { readonly state: BedState; readonly events: readonly BedEvent[] };

export function hearBed(place: BedPlace, before: BedState, { reading, now }: BedInput): BedOutcome {
  if (reading.metric === "cleaning") return hearCleaning(place, before, reading, now);
  const { decider } = place;
  if (decider === null || reading.metric !== decider.metric || reading.deviceId !== decider.deviceId) {
    return { state: before, events: [] };
  }
  const raw = rawOccupancy(place, before.raw, reading);
  if (raw === null) return { state: before, events: [] };
  const seenAgain = afterGap(place, before, reading, now);
  const heard: BedState = { ...seenAgain.state, raw, lastEvidence: now };
  const settled = applyStep(place, heard, stepOf(place, heard, raw, now, [reading]), reading.deviceId, now);
  return { state: settled.state, events: [...seenAgain.events, ...settled.events] };
}

export function passTime(place: BedPlace, before: BedState, now: Moment): BedOutcome {
  const { decider } = place;
  if (decider === null) return { state: before, events: [] };
  if (isSilent(before, decider.expectedIntervalMs, now))
    return loseEvidence(place, before, decider.deviceId, now);
  if (isDue(before.settling, before.lastEvidence, decider.expectedIntervalMs, now)) {
    const step = stepOf(place, before, before.settling.candidate, now, []);
    return applyStep(place, before, step, decider.deviceId, now);
  }
  if (before.reuseDueMonoMs !== null && now.monoMs >= before.reuseDueMonoMs) {
    // Whoever is just getting up is given time to be gone: a cleaner leans on the bed a little longer.
    if (before.occupancy === "present" && before.raw !== "present") {
      return { state: { ...before, reuseDueMonoMs: now.monoMs + REUSE_AFTER_CLEANING_MS }, events: [] };
    }
    const state = { ...before, reuseDueMonoMs: null };
    if (before.occupancy !== "present") return { state, events: [] };
    return stepReadiness(place, state, "bed-used", { kind: "sensor", deviceId: decider.deviceId }, [], now);
  }
  return { state: before, events: [] };
}

/** The next instant, on the monotonic clock, at which time alone may change something; null: none. */
export function nextDueMonoMs(place: BedPlace, state: BedState): number | null {
  const dues: number[] = [];
  if (place.decider !== null && state.lastEvidence !== null && state.occupancy !== "unknown") {
    dues.push(state.lastEvidence.monoMs + staleAfterMs(place.decider.expectedIntervalMs) + 1);
  }
  if (state.settling !== null) dues.push(state.settling.dueMonoMs);
  if (state.reuseDueMonoMs !== null) dues.push(state.reuseDueMonoMs);
  return dues.length === 0 ? null : Math.min(...dues);
}

/** Null: the reading says nothing about occupancy. Between the two load thresholds the last word stands. */
function rawOccupancy(
  { decider, load }: BedPlace,
  last: Occupancy,
  { value }: EvidenceRef,
): Occupancy | null {
  switch (decider?.metric) {
    case "occupancy":
      return typeof value === "boolean" ? (value ? "present" : "absent") : null;
    case "load":
      if (typeof value !== "number") return null;
      if (value >= load.presentAtKg) return "present";
      return value <= load.absentAtKg ? "absent" : last;
    case "pulse-rate":
      // A pulse proves an occupant; no pulse proves nothing, for the probe may have come off.
      return typeof value === "number" && value > 0 ? "present" : "unknown";
    default:
      return null;
  }
}

function stepOf(
  place: BedPlace,
  state: BedState,
  raw: Occupancy,
  now: Moment,
  evidence: readonly EvidenceRef[],
): SettleStep<Occupancy> {
  const debounceMs = raw === "present" ? place.debounce.presentMs : place.debounce.absentMs;
  return settle({ status: state.occupancy, settling: state.settling, raw, debounceMs, now, evidence });
}

function applyStep(
  place: BedPlace,
  state: BedState,
  step: SettleStep<Occupancy>,
  deviceId: BedPlace["sources"][number]["deviceId"],
  now: Moment,
): BedOutcome {
  switch (step.kind) {
    case "unchanged":
    case "waiting":
      return { state, events: [] };
    case "returned":
      return { state: { ...state, settling: null }, events: [settlingEvent(place, null, null, [], now)] };
    case "started": {
      const dueAtMs = now.atMs + step.settling.dueMonoMs - now.monoMs;
      const event = settlingEvent(place, step.settling.candidate, dueAtMs, step.settling.evidence, now);
      return { state: { ...state, settling: step.settling }, events: [event] };
    }
    case "confirmed":
      return confirm(
        place,
        { ...state, settling: null },
        step.value,
        { kind: "sensor", deviceId },
        step.evidence,
        now,
      );
  }
}

const occupancyEventFor: Readonly<Record<Occupancy, OccupancyEvent>> = {
  present: "presence-confirmed",
  absent: "absence-confirmed",
  unknown: "evidence-lost",
};

function confirm(
  place: BedPlace,
  state: BedState,
  to: Occupancy,
  by: By,
  evidence: readonly EvidenceRef[],
  now: Moment,
): BedOutcome {
  const step = stepAxis(occupancyTransitions, state.occupancy, occupancyEventFor[to]);
  if (step.kind !== "moved") return { state, events: [] };
  const moved: BedState = { ...state, occupancy: step.to, occupancySinceMs: now.atMs };
  const event: BedEvent = {
    kind: "occupancy-changed",
    ...stamp(place, evidence, now),
    to: step.to,
    by,
    evidence: [...evidence],
  };
  if (step.to !== "present") return { state: moved, events: [event] };
  // Used from now on: whatever its sensor says later, the bed is not clean before it was cleaned.
  const used = stepReadiness(place, moved, "bed-used", by, evidence, now);
  return { state: used.state, events: [event, ...used.events] };
}

function loseEvidence(
  place: BedPlace,
  before: BedState,
  deviceId: BedPlace["sources"][number]["deviceId"],
  now: Moment,
): BedOutcome {
  const events = before.settling === null ? [] : [settlingEvent(place, null, null, [], now)];
  const quiet: BedState = { ...before, settling: null, raw: "unknown" };
  const lost = confirm(place, quiet, "unknown", { kind: "silence", deviceId }, [], now);
  return { state: lost.state, events: [...events, ...lost.events] };
}

function isSilent(state: BedState, expectedIntervalMs: number, now: Moment): boolean {
  if (state.lastEvidence === null) return false;
  const known = state.occupancy !== "unknown" || state.settling !== null;
  return known && now.monoMs - state.lastEvidence.monoMs > staleAfterMs(expectedIntervalMs);
}

/** After a long gap (the sensor's silence, or this gateway's own absence) a clean bed may have been used unseen. */
function afterGap(place: BedPlace, before: BedState, reading: EvidenceRef, now: Moment): BedOutcome {
  const last = before.lastEvidence;
  // Over a restart only the wall clock knows the gap; while running, the monotonic one does.
  const gapMs = last === null ? 0 : Math.max(now.atMs - last.atMs, now.monoMs - last.monoMs);
  if (gapMs <= USE_UNOBSERVED_AFTER_MS) return { state: before, events: [] };
  const by: By = { kind: "silence", deviceId: reading.deviceId };
  return stepReadiness(place, before, "use-unobserved", by, [reading], now);
}

/** Only the button's edges count: its level is repeated in every report and would clean a bed again and again. */
function hearCleaning(place: BedPlace, before: BedState, reading: EvidenceRef, now: Moment): BedOutcome {
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

function stepReadiness(
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

function settlingEvent(
  place: BedPlace,
  candidate: Occupancy | null,
  dueAtMs: number | null,
  evidence: readonly EvidenceRef[],
  now: Moment,
): BedEvent {
  return {
    kind: "occupancy-settling",
    ...stamp(place, evidence, now),
    candidate,
    dueAtMs,
    evidence: [...evidence],
  };
}

/** An event is observed when its newest evidence was; one of silence, when the silence was noticed. */
function stamp(place: BedPlace, evidence: readonly EvidenceRef[], now: Moment) {
  return {
    bedId: place.bedId,
    observedAtMs: evidence.at(-1)?.observedAtMs ?? now.atMs,
    receivedAtMs: now.atMs,
  };
}

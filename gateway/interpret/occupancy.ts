/** From what the sources come to, through the wait, to the bed's occupancy and its events. */
import type { Occupancy } from "../../contracts/bed/axes.ts";
import { type OccupancyEvent, occupancyTransitions, stepAxis } from "../../contracts/bed/transitions.ts";
import type { BedEvent, By, EvidenceRef } from "../../contracts/wire/bed-event.ts";
import type { DeviceId } from "../../contracts/wire/ids.ts";
import type { BedPlace } from "../commissioning/topology.ts";
import type { Moment } from "../moment.ts";
import { type BedOutcome, NO_EVENTS, stamp } from "./bed-outcome.ts";
import type { BedState } from "./bed-state.ts";
import { stepReadiness } from "./readiness.ts";
import { type SettleStep, settle } from "./settle.ts";
import { sourceOf } from "./source.ts";

/** A bed that somebody left for longer than a trip to the bathroom, and that nobody has cleaned since, waits for cleaners. */
export const LEFT_UNCLEANED_AFTER_MS = 15 * 60_000;
/** Who kneels on the mattress to clean it, and the linen that lies there meanwhile, stay less long than this. */
export const PRESENT_AMONG_CLEANERS_MS = 60_000;

/**
 * How long somebody must be there to be taken for an occupant. Where cleaners are to be expected it takes longer: such a
 * bed is offered to nobody, so a slower word costs no one a bed, and meanwhile the tile says that it is settling.
 */
export function presentWaitMs(place: BedPlace, state: BedState, now: Moment): number {
  const { presentMs } = place.debounce;
  const emptyForMs = state.occupancy === "absent" ? now.atMs - (state.occupancySinceMs ?? now.atMs) : 0;
  const isUncleaned = state.readiness === "dirty" || state.readiness === "unknown";
  const isAmongCleaners =
    state.readiness === "cleaning" || (isUncleaned && emptyForMs > LEFT_UNCLEANED_AFTER_MS);
  return isAmongCleaners ? Math.max(presentMs, PRESENT_AMONG_CLEANERS_MS) : presentMs;
}

/** Whether `raw` begins, ends and breaks off no wait, as most of what is heard: `stepOf` would change nothing. */
export function goesOn({ occupancy, settling }: BedState, raw: Occupancy, now: Moment): boolean {
  if (raw === occupancy) return settling === null;
  return settling?.candidate === raw && now.monoMs < settling.dueMonoMs;
}

export function stepOf(
  place: BedPlace,
  state: BedState,
  raw: Occupancy,
  now: Moment,
  evidence: readonly EvidenceRef[],
): SettleStep<Occupancy> {
  const { settling } = state;
  const debounceMs = raw === "present" ? presentWaitMs(place, state, now) : place.debounce.absentMs;
  return settle({ status: state.occupancy, settling, raw, debounceMs, now, evidence });
}

export function applyStep(
  place: BedPlace,
  state: BedState,
  step: SettleStep<Occupancy>,
  by: By,
  now: Moment,
): BedOutcome {
  switch (step.kind) {
    case "unchanged":
    case "waiting":
      return { state, events: NO_EVENTS };
    case "returned":
      return { state: { ...state, settling: null }, events: [settlingEvent(place, null, null, [], now)] };
    case "started": {
      const dueAtMs = now.atMs + step.settling.dueMonoMs - now.monoMs;
      const event = settlingEvent(place, step.settling.candidate, dueAtMs, step.settling.evidence, now);
      return { state: { ...state, settling: step.settling }, events: [event] };
    }
    case "confirmed":
      return confirm(place, { ...state, settling: null }, step.value, by, once(step.evidence), now);
  }
}

/** A source that said nothing new between the beginning and the end of a wait is named once. */
function once(evidence: readonly EvidenceRef[]): EvidenceRef[] {
  return evidence.filter(
    (ref, index) => evidence.findIndex(({ lane, seq }) => lane === ref.lane && seq === ref.seq) === index,
  );
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

/** Nobody is left who says anything: what the bed was is history, at once. */
export function loseEvidence(place: BedPlace, before: BedState, now: Moment): BedOutcome {
  const events = before.settling === null ? [] : [settlingEvent(place, null, null, [], now)];
  const quiet: BedState = { ...before, settling: null, raw: "unknown" };
  const lost = confirm(
    place,
    quiet,
    "unknown",
    { kind: "silence", deviceId: lastHeard(place, before) },
    [],
    now,
  );
  return { state: lost.state, events: [...events, ...lost.events] };
}

/** Of the sources that are silent, the one that was so last. */
function lastHeard({ deciders }: BedPlace, { sources }: BedState): DeviceId {
  const silent = deciders
    .flatMap(({ deviceId }) => {
      const source = sourceOf(sources, deviceId);
      return source?.isSilent ? [{ deviceId, monoMs: source.heard.monoMs }] : [];
    })
    .sort((left, right) => right.monoMs - left.monoMs);
  const [last] = silent;
  if (last === undefined) throw new Error("evidence was lost although no source is silent");
  return last.deviceId;
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

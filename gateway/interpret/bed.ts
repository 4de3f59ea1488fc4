/**
 * From readings and time to what happens at one bed. Pure: the same state object back means that nothing changed.
 *
 *   reading ─▶ source's vote ─┐
 *   reading ─▶ source's vote ─┴▶ fused ─▶ settle (present 5 s, absent 30 s) ─▶ occupancy ─▶ readiness
 *   time    ─▶ settled? a source silent for too long? sources at odds for too long? used again after cleaning?
 */
import type { Occupancy } from "../../contracts/bed/axes.ts";
import { staleAfterMs } from "../../contracts/bed/freshness.ts";
import type { By, EvidenceRef } from "../../contracts/wire/bed-event.ts";
import type { BedPlace, Decider } from "../commissioning/topology.ts";
import type { Moment } from "../moment.ts";
import { type BedOutcome, NO_EVENTS } from "./bed-outcome.ts";
import type { BedState } from "./bed-state.ts";
import { contradictionDueMonoMs, noteContradiction } from "./contradiction.ts";
import { noteDrift } from "./drift.ts";
import type { Findings } from "./findings.ts";
import { fuse, type Vote, wordFor } from "./fusion.ts";
import { type EmptyBy, LEARN_ALONE_AFTER_MS } from "./load.ts";
import { applyStep, goesOn, loseEvidence, stepOf } from "./occupancy.ts";
import { afterGap, hearCleaning, seeReuse } from "./readiness.ts";
import { dropSilent, hearSource, seesEmpty, sourceOf, votesOf, withSource } from "./source.ts";
import { type Watched, type WatchState, watch } from "./watch.ts";

export type BedInput = { readonly reading: EvidenceRef; readonly now: Moment };

/** What a live reading shows of its sensor, and, where it is usable, of the bed. */
export function hearLive(place: BedPlace, before: BedState, watched: Watched, isUsable: boolean): BedOutcome {
  const seen = watchSource(place, before, watched);
  return isUsable
    ? hearUsable(place, before, seen, watched.reading, watched.now)
    : { state: withSeen(before, seen), events: NO_EVENTS };
}

/** A usable reading, by itself. */
export function hearBed(place: BedPlace, before: BedState, { reading, now }: BedInput): BedOutcome {
  return hearUsable(place, before, before, reading, now);
}

/** The state itself where the device is none of the bed's. */
function watchSource(place: BedPlace, before: BedState, watched: Watched): WatchState {
  const { deviceId } = watched.reading;
  for (const source of place.sources) {
    if (source.deviceId === deviceId) return watch(source, before, watched);
  }
  return before;
}

function withSeen(before: BedState, { watches, findings }: WatchState): BedState {
  const isSame = watches === before.watches && findings === before.findings;
  return isSame ? before : { ...before, watches, findings };
}

/** `seen` goes into the state that comes out and is asked for open findings; one state is made, not two. */
function hearUsable(
  place: BedPlace,
  before: BedState,
  seen: WatchState,
  reading: EvidenceRef,
  now: Moment,
): BedOutcome {
  if (reading.metric === "cleaning") return hearCleaning(place, withSeen(before, seen), reading, now);
  const decider = deciderOf(place, reading);
  if (decider === undefined) return { state: withSeen(before, seen), events: NO_EVENTS };
  const { watches, findings } = seen;
  const emptyBy = emptyByFor(place, before, findings, decider, now);
  const known = dropSilent(place, before.sources, now);
  const source = hearSource(place, decider, sourceOf(known, decider.deviceId), { reading, emptyBy, now });
  if (source === null) return { state: withSeen(before, seen), events: NO_EVENTS };
  const sources = withSource(known, source);
  // A bed with a sensor that can see it empty is not observed by a pulse that is not there.
  const isObserved = decider.metric !== "pulse-rate" || seesEmpty(place) === 0;
  const seenAgain = isObserved ? afterGap(place, before, reading, now) : null;
  const votes = votesOf(place, { sources, findings }, now);
  const fused = fuse(votes);
  const raw = wordFor(before.occupancy, fused);
  // Sources that come to nothing have not seen the bed, however much they say.
  const isSeen = isObserved && (raw !== "unknown" || seesEmpty(place) === 0);
  const heard: BedState = {
    ...(seenAgain?.state ?? before),
    sources,
    raw,
    lastEvidence: isSeen ? now : (before.lastEvidence ?? now),
    watches,
    findings,
  };
  const drifted = noteDrift(heard, decider, source, now);
  const noted = noteContradiction(place, drifted, votes, fused, now);
  const events = seenAgain?.events ?? NO_EVENTS;
  if (goesOn(noted, raw, now)) return { state: noted, events };
  const step = stepOf(place, noted, raw, now, evidenceOf(place, noted, votes, reading));
  const settled = applyStep(place, noted, step, { kind: "sensor", deviceId: reading.deviceId }, now);
  return { state: settled.state, events: [...events, ...settled.events] };
}

function deciderOf({ deciders }: BedPlace, reading: EvidenceRef): Decider | undefined {
  for (const decider of deciders)
    if (decider.deviceId === reading.deviceId && decider.metric === reading.metric) return decider;
  return undefined;
}

export function passTime(place: BedPlace, before: BedState, now: Moment): BedOutcome {
  if (place.deciders.length === 0) return { state: before, events: [] };
  const sources = dropSilent(place, before.sources, now);
  const votes = votesOf(place, { sources, findings: before.findings }, now);
  const fused = fuse(votes);
  const raw = wordFor(before.occupancy, fused);
  if (sources !== before.sources) {
    const heard: BedState = { ...before, sources, raw };
    const dropped = noteContradiction(place, heard, votes, fused, now);
    if (raw === "unknown" && !fused.isContradiction) return loseEvidence(place, dropped, now);
    // That a bed is empty is for a source to say, not for the silence of the others: its next word begins the wait.
    if (raw === "absent") return { state: dropped, events: [] };
    if (goesOn(dropped, raw, now)) return { state: dropped, events: NO_EVENTS };
    const step = stepOf(place, dropped, raw, now, evidenceOf(place, dropped, votes, null));
    return applyStep(place, dropped, step, byVotes(votes, raw), now);
  }
  const noted = noteContradiction(place, before, votes, fused, now);
  if (noted !== before) return { state: noted, events: [] };
  if (isDue(place, before, votes, now)) {
    const { candidate, evidence } = before.settling;
    const alreadyNamed = new Set(evidence.map(({ deviceId }) => deviceId));
    const others = evidenceOf(place, before, votes, null).filter(
      ({ deviceId }) => !alreadyNamed.has(deviceId),
    );
    const step = stepOf(place, before, candidate, now, others);
    return applyStep(place, before, step, byVotes(votes, candidate), now);
  }
  return seeReuse(place, before, () => byVotes(votes, "present"), now);
}

/** The next instant, on the monotonic clock, at which time alone may change something; null: none. */
export function nextDueMonoMs(place: BedPlace, state: BedState): number | null {
  let next = Number.POSITIVE_INFINITY;
  for (const { deviceId, expectedIntervalMs } of place.deciders) {
    const source = sourceOf(state.sources, deviceId);
    if (source !== undefined && !source.isSilent)
      next = Math.min(next, source.heard.monoMs + staleAfterMs(expectedIntervalMs) + 1);
  }
  const contradictionDue = contradictionDueMonoMs(place, state);
  if (contradictionDue !== null) next = Math.min(next, contradictionDue);
  if (state.settling !== null) next = Math.min(next, state.settling.dueMonoMs);
  if (state.reuseDueMonoMs !== null) next = Math.min(next, state.reuseDueMonoMs);
  return next === Number.POSITIVE_INFINITY ? null : next;
}

/** Who says, beside the load that is being read, that nobody is in the bed: only then may its zero be learnt. */
function emptyByFor(
  place: BedPlace,
  state: BedState,
  findings: Findings,
  { deviceId }: Decider,
  now: Moment,
): EmptyBy {
  if (state.occupancy !== "absent" || state.settling !== null) return "nobody";
  const others =
    place.deciders.length === 1
      ? []
      : votesOf(place, { sources: state.sources, findings }, now).filter(
          (vote) => vote.deviceId !== deviceId && vote.setAside === null,
        );
  if (others.some(({ vote }) => vote === "present")) return "nobody";
  if (others.some(({ vote, isWeak }) => vote === "absent" && !isWeak)) return "second-source";
  const emptyForMs = state.occupancySinceMs === null ? 0 : now.atMs - state.occupancySinceMs;
  return emptyForMs >= LEARN_ALONE_AFTER_MS ? "load-alone" : "nobody";
}

/** The newest reading of each source that is not silent, with its vote; the one that was just heard comes last. */
function evidenceOf(
  { deciders }: BedPlace,
  { sources }: BedState,
  votes: readonly Vote[],
  heard: EvidenceRef | null,
): EvidenceRef[] {
  const refs = deciders.flatMap(({ deviceId, weight }): EvidenceRef[] => {
    const source = sourceOf(sources, deviceId);
    if (source === undefined || source.reading === null || source.isSilent) return [];
    const vote = votes.find((one) => one.deviceId === deviceId);
    return [{ ...source.reading, weight, vote: vote?.setAside === null ? vote.vote : "unknown" }];
  });
  const isHeard = (ref: EvidenceRef) => heard !== null && ref.lane === heard.lane && ref.seq === heard.seq;
  return refs.sort((left, right) => Number(isHeard(left)) - Number(isHeard(right)));
}

/**
 * Whether time alone may confirm: the wait is over, the sources still come to it, and one of those has gone on saying so
 * until now. Sources that fell silent in the middle of the wait, or have not spoken since the start, saw nothing last.
 */
function isDue(
  { deciders }: BedPlace,
  state: BedState,
  votes: readonly Vote[],
  now: Moment,
): state is BedState & { settling: NonNullable<BedState["settling"]> } {
  const { settling, sources } = state;
  if (settling === null || now.monoMs < settling.dueMonoMs) return false;
  if (wordFor(state.occupancy, fuse(votes)) !== settling.candidate) return false;
  return deciders.some(({ deviceId, expectedIntervalMs }, index) => {
    const source = sourceOf(sources, deviceId);
    if (source === undefined || source.reading === null || source.isSilent) return false;
    if (now.monoMs - source.heard.monoMs > 2 * expectedIntervalMs) return false;
    const vote = votes[index];
    if (settling.candidate === "unknown") return true;
    const isClear = vote?.setAside === null && !(vote.vote === "absent" && vote.isWeak);
    return isClear && vote.vote === settling.candidate;
  });
}

/** Who is named for a word that time confirmed: the heaviest source that says it; for not knowing, the one that speaks. */
function byVotes(votes: readonly Vote[], word: Occupancy): By {
  const speaking = votes.filter(({ ageMs }) => ageMs !== null);
  const saying = speaking.filter(({ vote, setAside }) => setAside === null && vote === word);
  const [first] = (saying.length > 0 ? saying : speaking.length > 0 ? speaking : votes)
    .slice()
    .sort((left, right) => right.weight - left.weight);
  if (first === undefined) throw new Error("a bed without deciding sources has no word to confirm");
  return { kind: "sensor", deviceId: first.deviceId };
}

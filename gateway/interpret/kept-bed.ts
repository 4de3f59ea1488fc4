/**
 * A bed's state in objects that live as long as the bed. The interpreter makes new ones with each reading; kept as they
 * come, those of a thousand beds are what V8 finds alive in its young generation and copies, for 2 to 4 ms at a time in
 * which no device is acknowledged. Where they are written over in place, only the newest evidence is left to copy.
 *
 * Only states, their sources and their watches are written over. What these hold (evidence, moments, findings, waits) is
 * told to others too, and never changes.
 */
import type { BedState } from "./bed-state.ts";
import type { SourceState } from "./source.ts";
import type { MetricWatch } from "./watch.ts";

type Written<T> = { -readonly [Key in keyof T]: T[Key] };

/** The same state in objects of its own, to be written over from now on, or to stay as it is while another is. */
export function ownCopy(state: BedState): BedState {
  const copied = <T extends object>(one: T): T => ({ ...one });
  return { ...state, sources: state.sources.map(copied), watches: state.watches.map(copied) };
}

/** Makes `own` say what `state` says. By name: to go through the keys takes ten times as long. */
export function writeOver(own: BedState, state: BedState): void {
  const open: Written<BedState> = own;
  open.occupancy = state.occupancy;
  open.occupancySinceMs = state.occupancySinceMs;
  open.settling = state.settling;
  open.raw = state.raw;
  open.lastEvidence = state.lastEvidence;
  open.readiness = state.readiness;
  open.readinessSinceMs = state.readinessSinceMs;
  open.cleaningPressed = state.cleaningPressed;
  open.reuseDueMonoMs = state.reuseDueMonoMs;
  open.sources = listWritten(own.sources, state.sources, writeSource);
  open.contradictingSince = state.contradictingSince;
  open.watches = listWritten(own.watches, state.watches, writeWatch);
  open.findings = state.findings;
}

/** What is in a list keeps its place there; one more makes a list of its own. */
function listWritten<T extends object>(
  own: readonly T[],
  list: readonly T[],
  write: (own: Written<T>, one: T) => void,
): readonly T[] {
  if (list === own) return own;
  if (list.length !== own.length) return list.map((one) => ({ ...one }));
  for (let n = 0; n < list.length; n++) {
    const one = list[n] as T;
    if (one !== own[n]) write(own[n] as T, one);
  }
  return own;
}

function writeSource(own: Written<SourceState>, source: SourceState): void {
  own.deviceId = source.deviceId;
  own.vote = source.vote;
  own.isWeak = source.isWeak;
  own.heard = source.heard;
  own.reading = source.reading;
  own.isSilent = source.isSilent;
  own.load = source.load;
}

function writeWatch(own: Written<MetricWatch>, watch: MetricWatch): void {
  own.first = watch.first;
  own.newest = watch.newest;
  own.unchangedSince = watch.unchangedSince;
  own.heard = watch.heard;
  own.frames = watch.frames;
  own.wrongBits = watch.wrongBits;
  own.judged = watch.judged;
}

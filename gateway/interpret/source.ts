/** What one deciding source of a bed said last, when, and whether its word counts. */
import type { Occupancy } from "../../contracts/bed/axes.ts";
import { staleAfterMs } from "../../contracts/bed/freshness.ts";
import type { EvidenceRef, SensorFinding } from "../../contracts/wire/bed-event.ts";
import type { DeviceId } from "../../contracts/wire/ids.ts";
import type { BedPlace, Decider } from "../commissioning/topology.ts";
import type { Moment } from "../moment.ts";
import { setsAside } from "./findings.ts";
import type { Vote } from "./fusion.ts";
import { type EmptyBy, forgetLoad, hearLoad, initialLoadState, type LoadState } from "./load.ts";
import { withOne } from "./with-one.ts";

export type SourceState = {
  readonly deviceId: DeviceId;
  readonly vote: Occupancy;
  /** An absent that the newest value does not bear out. */
  readonly isWeak: boolean;
  /** When it last said something usable; after a start, when the wait for it began. */
  readonly heard: Moment;
  /** Null: not heard since the gateway started. */
  readonly reading: EvidenceRef | null;
  /** It has said nothing for longer than its limit, and time has been looked at since. */
  readonly isSilent: boolean;
  /** Null where the source does not weigh. */
  readonly load: LoadState | null;
};

/** A few, looked through: an object keyed by device ids is of another shape at every bed, which is slow. */
export type Sources = readonly SourceState[];

export function sourceOf(sources: Sources, deviceId: DeviceId): SourceState | undefined {
  for (const source of sources) if (source.deviceId === deviceId) return source;
  return undefined;
}

export function withSource(sources: Sources, source: SourceState): Sources {
  let index = 0;
  while (index < sources.length && sources[index]?.deviceId !== source.deviceId) index += 1;
  return withOne(sources, index, source);
}

export type Heard = { readonly reading: EvidenceRef; readonly emptyBy: EmptyBy; readonly now: Moment };

/** Null: the reading says nothing about occupancy. */
export function hearSource(
  place: BedPlace,
  { metric }: Decider,
  before: SourceState | undefined,
  { reading, emptyBy, now }: Heard,
): SourceState | null {
  const { value } = reading;
  switch (metric) {
    case "occupancy":
      return typeof value === "boolean" ? said(value ? "present" : "absent", reading, now) : null;
    case "load": {
      if (typeof value !== "number") return null;
      const frame = { kg: value, limits: place.load, hasSecondSource: seesEmpty(place) > 1, emptyBy, now };
      const load = hearLoad(before?.load ?? initialLoadState, frame);
      const isWeak = load.vote === "absent" && !load.isClear;
      const { deviceId } = reading;
      return { deviceId, vote: load.vote, isWeak, heard: now, reading, isSilent: false, load };
    }
    case "pulse-rate":
      // A pulse proves an occupant; no pulse proves nothing, for the probe may have come off.
      return said(typeof value === "number" && value > 0 ? "present" : "unknown", reading, now);
  }
}

const said = (vote: Occupancy, reading: EvidenceRef, now: Moment): SourceState => ({
  deviceId: reading.deviceId,
  vote,
  isWeak: false,
  heard: now,
  reading,
  isSilent: false,
  load: null,
});

/** How many of a bed's sources can see that it is empty. */
export function seesEmpty({ deciders }: BedPlace): number {
  let count = 0;
  for (const { metric } of deciders) if (metric !== "pulse-rate") count += 1;
  return count;
}

export function isOverdue(source: SourceState, { expectedIntervalMs }: Decider, now: Moment): boolean {
  return now.monoMs - source.heard.monoMs > staleAfterMs(expectedIntervalMs);
}

/** The sources as they are now: whoever is overdue has no word any more. The same object where nobody newly is. */
export function dropSilent({ deciders }: BedPlace, sources: Sources, now: Moment): Sources {
  let left = sources;
  for (const decider of deciders) {
    const source = sourceOf(sources, decider.deviceId);
    if (source === undefined || source.isSilent || !isOverdue(source, decider, now)) continue;
    const load = source.load === null ? null : forgetLoad(source.load);
    const silent: SourceState = { ...source, vote: "unknown", isWeak: false, isSilent: true, load };
    left = withSource(left, silent);
  }
  return left;
}

export function votesOf(
  place: BedPlace,
  { sources, findings }: { readonly sources: Sources; readonly findings: readonly SensorFinding[] },
  now: Moment,
): Vote[] {
  const { deciders } = place;
  // Just as large as it has to be: what grows makes room for seventeen.
  const votes = new Array<Vote>(deciders.length);
  for (let index = 0; index < deciders.length; index++) {
    const decider = deciders[index] as Decider;
    const { deviceId, metric, weight } = decider;
    const source = sourceOf(sources, deviceId);
    const silent = source === undefined || source.isSilent || isOverdue(source, decider, now);
    votes[index] = {
      deviceId,
      metric,
      weight,
      vote: silent ? "unknown" : source.vote,
      isWeak: source?.isWeak ?? false,
      ageMs: source === undefined || source.reading === null ? null : now.monoMs - source.heard.monoMs,
      setAside: silent ? silenceWords(source) : findingWords(findings, decider),
    };
  }
  return votes;
}

const silenceWords = (source: SourceState | undefined) =>
  source === undefined ? "not heard yet" : "silent for longer than its limit";

function findingWords(findings: readonly SensorFinding[], decider: Decider): string | null {
  if (findings.length === 0) return null;
  const finding = findings.find((open) => setsAside(open, decider));
  return finding === undefined ? null : `${finding.kind}: not used until it is right again`;
}

import type { Occupancy, Readiness } from "../../contracts/bed/axes.ts";
import type { BedPlace } from "../commissioning/topology.ts";
import type { Moment } from "../moment.ts";
import type { Findings } from "./findings.ts";
import { initialLoadState } from "./load.ts";
import type { Settling } from "./settle.ts";
import { type SourceState, type Sources, sourceOf } from "./source.ts";
import type { Watches } from "./watch.ts";

/** What the gateway knows of one bed between two readings. */
export type BedState = {
  readonly occupancy: Occupancy;
  readonly occupancySinceMs: number | null;
  readonly settling: Settling<Occupancy> | null;
  /** What the deciding sources come to at present, before it has lasted. */
  readonly raw: Occupancy;
  /** When a source that can see the bed last said something usable; after a start, when the wait for it began. */
  readonly lastEvidence: Moment | null;
  readonly readiness: Readiness;
  readonly readinessSinceMs: number | null;
  /** The housekeeping button as it was last reported; null: never. */
  readonly cleaningPressed: boolean | null;
  /** Somebody was in the bed when cleaning ended: if still then, the bed was used again. */
  readonly reuseDueMonoMs: number | null;
  /** What each deciding source said last. */
  readonly sources: Sources;
  /** Since when fresh sources have said opposite things; null: they do not. */
  readonly contradictingSince: Moment | null;
  readonly watches: Watches;
  /** What is wrong with the bed's own sensors. */
  readonly findings: Findings;
};

export const initialBedState: BedState = {
  occupancy: "unknown",
  occupancySinceMs: null,
  settling: null,
  raw: "unknown",
  lastEvidence: null,
  readiness: "unknown",
  readinessSinceMs: null,
  cleaningPressed: null,
  reuseDueMonoMs: null,
  sources: [],
  contradictingSince: null,
  watches: [],
  findings: [],
};

/** A cleaner may still lean on the bed when the button is pressed; a patient stays longer than this. */
export const REUSE_AFTER_CLEANING_MS = 60_000;

type StoredSource = { readonly vote: Occupancy; readonly emptyKg: number | null };

/** What of a bed's state outlives the process: monotonic time does not, so waits begin anew after a start. */
export type StoredBedState = Pick<
  BedState,
  "occupancy" | "occupancySinceMs" | "raw" | "readiness" | "readinessSinceMs" | "cleaningPressed" | "findings"
> & {
  readonly lastEvidenceAtMs: number | null;
  readonly settling: Pick<Settling<Occupancy>, "candidate" | "evidence"> | null;
  readonly sources: Readonly<Record<string, StoredSource>>;
};

export function toStored(state: BedState): StoredBedState {
  const { occupancy, occupancySinceMs, raw, readiness, readinessSinceMs, cleaningPressed, findings } = state;
  const { settling, lastEvidence, sources } = state;
  return {
    occupancy,
    occupancySinceMs,
    raw,
    readiness,
    readinessSinceMs,
    cleaningPressed,
    findings,
    settling: settling && { candidate: settling.candidate, evidence: settling.evidence },
    lastEvidenceAtMs: lastEvidence?.atMs ?? null,
    sources: Object.fromEntries(
      sources.map(({ deviceId, vote, load }): [string, StoredSource] => [
        deviceId,
        { vote, emptyKg: load?.emptyKg ?? null },
      ]),
    ),
  };
}

/**
 * Whether two states differ in what is worth a write of its own. The time of the newest evidence and what was learnt of
 * the empty bed move with every reading; they are written now and then, and with everything else.
 */
export function isSameForStorage(was: BedState, is: BedState): boolean {
  return (
    was.occupancy === is.occupancy &&
    was.occupancySinceMs === is.occupancySinceMs &&
    was.settling === is.settling &&
    was.raw === is.raw &&
    was.readiness === is.readiness &&
    was.readinessSinceMs === is.readinessSinceMs &&
    was.cleaningPressed === is.cleaningPressed &&
    was.reuseDueMonoMs === is.reuseDueMonoMs &&
    was.findings === is.findings &&
    saySame(was.sources, is.sources)
  );
}

function saySame(was: Sources, is: Sources): boolean {
  for (const { deviceId, vote } of is) if (sourceOf(was, deviceId)?.vote !== vote) return false;
  return true;
}

export function fromStored(stored: StoredBedState, place: BedPlace, started: Moment): BedState {
  const { lastEvidenceAtMs, settling, sources, findings, ...kept } = stored;
  const { debounce } = place;
  const waitMs = settling?.candidate === "present" ? debounce.presentMs : debounce.absentMs;
  // The button ended the cleaning of a bed with somebody in it: whether they stayed is still to be seen.
  const isReuseOpen = kept.occupancy === "present" && kept.readiness === "clean";
  const lastEvidence = lastEvidenceAtMs === null ? null : { atMs: lastEvidenceAtMs, monoMs: started.monoMs };
  return {
    ...kept,
    settling: settling && { ...settling, since: started, dueMonoMs: started.monoMs + waitMs },
    reuseDueMonoMs: isReuseOpen ? started.monoMs + REUSE_AFTER_CLEANING_MS : null,
    lastEvidence,
    sources: lastEvidence === null ? [] : restoredSources(place, sources, kept.raw, lastEvidence),
    contradictingSince: null,
    watches: [],
    findings: findings.filter(({ deviceId }) => place.sources.some((source) => source.deviceId === deviceId)),
  };
}

/** Each source has its usual time to speak up again; until then its last word stands. */
function restoredSources(
  { deciders }: BedPlace,
  stored: StoredBedState["sources"],
  raw: Occupancy,
  heard: Moment,
): Sources {
  return deciders.map(({ deviceId, metric }): SourceState => {
    const known = stored[deviceId];
    // An older row knows only what the one source of the bed had said.
    const isOlderRow = Object.keys(stored).length === 0 && deciders.length === 1;
    const vote = known?.vote ?? (isOlderRow ? raw : "unknown");
    const load = metric === "load" ? { ...initialLoadState, vote, emptyKg: known?.emptyKg ?? 0 } : null;
    // How clear a load's last word was is not kept: until it speaks, it may hold a bed empty and empties none.
    const isWeak = load !== null && vote === "absent";
    return { deviceId, vote, isWeak, heard, reading: null, isSilent: false, load };
  });
}

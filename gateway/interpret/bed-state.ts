import type { Occupancy, Readiness } from "../../contracts/bed/axes.ts";
import type { BedPlace } from "../commissioning/topology.ts";
import type { Moment } from "../moment.ts";
import type { Settling } from "./settle.ts";

/** What the gateway knows of one bed between two readings. */
export type BedState = {
  readonly occupancy: Occupancy;
  readonly occupancySinceMs: number | null;
  readonly settling: Settling<Occupancy> | null;
  /** The sensor's last word after hysteresis. */
  readonly raw: Occupancy;
  /** When the deciding sensor last said something usable; after a start, when the wait for it began. */
  readonly lastEvidence: Moment | null;
  readonly readiness: Readiness;
  readonly readinessSinceMs: number | null;
  /** The housekeeping button as it was last reported; null: never. */
  readonly cleaningPressed: boolean | null;
  /** Somebody was in the bed when cleaning ended: if still then, the bed was used again. */
  readonly reuseDueMonoMs: number | null;
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
};

/** A cleaner may still lean on the bed when the button is pressed; a patient stays longer than this. */
export const REUSE_AFTER_CLEANING_MS = 60_000;

/** What of a bed's state outlives the process: monotonic time does not, so waits begin anew after a start. */
export type StoredBedState = Omit<BedState, "settling" | "lastEvidence" | "reuseDueMonoMs"> & {
  readonly lastEvidenceAtMs: number | null;
  readonly settling: Pick<Settling<Occupancy>, "candidate" | "evidence"> | null;
};

export function toStored({ settling, lastEvidence, reuseDueMonoMs, ...kept }: BedState): StoredBedState {
  const waiting = settling && { candidate: settling.candidate, evidence: settling.evidence };
  return { ...kept, settling: waiting, lastEvidenceAtMs: lastEvidence?.atMs ?? null };
}

export function fromStored(
  { lastEvidenceAtMs, settling, ...kept }: StoredBedState,
  debounce: BedPlace["debounce"],
  started: Moment,
): BedState {
  const waitMs = settling?.candidate === "present" ? debounce.presentMs : debounce.absentMs;
  // The button ended the cleaning of a bed with somebody in it: whether they stayed is still to be seen.
  const isReuseOpen = kept.occupancy === "present" && kept.readiness === "clean";
  return {
    ...kept,
    settling: settling && { ...settling, since: started, dueMonoMs: started.monoMs + waitMs },
    reuseDueMonoMs: isReuseOpen ? started.monoMs + REUSE_AFTER_CLEANING_MS : null,
    lastEvidence: lastEvidenceAtMs === null ? null : { atMs: lastEvidenceAtMs, monoMs: started.monoMs },
  };
}

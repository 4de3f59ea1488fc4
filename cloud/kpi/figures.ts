/**
 * From what was added up to the figures that are shown. With T the time in service of all beds of a ward in a period,
 * and U the part of it in which the occupancy was not known:
 *
 *   occupiedMs         time in which somebody was in the bed, as its sensors said
 *   occupiedShare      occupiedMs / (T − U)
 *   unknownMs          U; staleMs is the part of it in which a sensor or the gateway said nothing any more
 *   availableMs        time in which the bed was shown as available; blockedMs, stateMs likewise (contracts/bed/derive.ts)
 *   conflictMs         time in which a ghost, a squat or a contradiction lasted (GHOST_AFTER_MS, SQUAT_AFTER_MS)
 *   stays, turnovers   cloud/kpi/bed-use.ts
 *   exitToClean        turnedOverAt − leftAt, of each turnover in the period where somebody saw the exit
 *   median, p90        at rank q · (n − 1) of the n sorted durations, interpolated: a spreadsheet's PERCENTILE.INC
 *
 * Figures of periods add up to those of their sum, and those of beds to their ward's, but for shares and percentiles,
 * which are worked out anew. Pure.
 */
import type { KpiDurations, KpiFigureName, KpiFigures, KpiMissing } from "../../contracts/wire/kpi.ts";
import { rfc3339OrNull } from "../registry/bed-view.ts";
import type { DurationTally, Tally } from "./tally.ts";

/** `outside`: why nothing of the period can be known; null: some of it can. */
export function figuresOf(tally: Tally, outside: "not-yet" | "not-kept" | null): KpiFigures {
  const { inServiceMs, unknownMs, occupiedMs, stateMs } = tally;
  const knownMs = inServiceMs - unknownMs;
  const missing: Partial<Record<KpiFigureName, KpiMissing>> = {};
  const noTime: KpiMissing | null = outside ?? (inServiceMs === 0 ? "not-in-service" : null);
  /** The value, where time was known in which it could have been another. */
  const where = (name: KpiFigureName, isKnown: boolean, unknown: KpiMissing, value: number) => {
    const why = noTime ?? (isKnown ? null : unknown);
    if (why === null) return value;
    missing[name] = why;
    return null;
  };
  const always = (name: KpiFigureName, value: number) => where(name, true, "not-in-service", value);
  const byOccupancy = (name: KpiFigureName, value: number) =>
    where(name, knownMs > 0, "occupancy-unknown", value);
  const byState = (name: KpiFigureName, value: number) =>
    where(name, stateMs.unknown < inServiceMs, "state-unknown", value);
  const byAssignment = (name: KpiFigureName, value: number) =>
    where(name, tally.assignmentUnknownMs < inServiceMs, "assignment-unknown", value);
  const byReadiness = (name: KpiFigureName, value: number) =>
    where(name, value > 0 || tally.readinessUnknownMs < inServiceMs, "readiness-unknown", value);
  const durations = (name: "exitToClean" | "cleaning") => {
    const { finishedMs, unseen } = tally[name];
    const isKnown = tally.readinessUnknownMs < inServiceMs || unseen > 0;
    if (finishedMs.length === 0) missing[name] = noTime ?? (isKnown ? "none-finished" : "readiness-unknown");
    return durationsOf(tally[name]);
  };
  return {
    beds: tally.beds,
    inServiceMs,
    occupiedMs: byOccupancy("occupiedMs", occupiedMs),
    occupiedShare: byOccupancy("occupiedShare", occupiedMs / knownMs),
    unknownMs: always("unknownMs", unknownMs),
    staleMs: always("staleMs", tally.staleMs),
    availableMs: byState("availableMs", stateMs.available),
    blockedMs: byState("blockedMs", stateMs.blocked),
    stateMs: noTime === null ? { ...stateMs } : null,
    conflictMs: byOccupancy("conflictMs", tally.conflictMs),
    ghostMs: byAssignment("ghostMs", tally.ghostMs),
    squatMs: byAssignment("squatMs", tally.squatMs),
    contradictionMs: byOccupancy("contradictionMs", tally.contradictionMs),
    stays: byOccupancy("stays", tally.stays),
    turnovers: byReadiness("turnovers", tally.turnovers),
    exitToClean: durations("exitToClean"),
    cleaning: durations("cleaning"),
    missing,
  };
}

function durationsOf({ finishedMs, openSinceMs, unseen }: DurationTally): KpiDurations {
  const sorted = finishedMs.toSorted((left, right) => left - right);
  const openSince = openSinceMs.reduce<number | null>(
    (oldest, sinceMs) => (oldest === null ? sinceMs : Math.min(oldest, sinceMs)),
    null,
  );
  return {
    finished: sorted.length,
    medianMs: percentile(sorted, 0.5),
    p90Ms: percentile(sorted, 0.9),
    longestMs: sorted.at(-1) ?? null,
    open: openSinceMs.length,
    openSince: rfc3339OrNull(openSince),
    unseen,
  };
}

/** Of ascending values, to the millisecond; null: of none. */
export function percentile(sorted: readonly number[], share: number): number | null {
  const rank = share * (sorted.length - 1);
  const below = sorted[Math.floor(rank)];
  const above = sorted[Math.ceil(rank)];
  if (below === undefined || above === undefined) return null;
  return Math.round(below + (above - below) * (rank - Math.floor(rank)));
}

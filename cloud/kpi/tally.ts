/** What stretches of time and what happened in them add up to; two tallies of the same period add up to a third. Pure. */
import { DISPLAY_STATES, type DisplayState } from "../../contracts/bed/derive.ts";
import type { UseMark } from "./bed-use.ts";
import type { Segment } from "./segments.ts";

export type DurationTally = {
  readonly finishedMs: number[];
  readonly openSinceMs: number[];
  unseen: number;
};

export type Tally = {
  beds: number;
  inServiceMs: number;
  occupiedMs: number;
  unknownMs: number;
  staleMs: number;
  conflictMs: number;
  ghostMs: number;
  squatMs: number;
  contradictionMs: number;
  /** In which nobody knew whether the bed was clean, and to whom it was assigned. */
  readinessUnknownMs: number;
  assignmentUnknownMs: number;
  readonly stateMs: Record<DisplayState, number>;
  stays: number;
  turnovers: number;
  readonly exitToClean: DurationTally;
  readonly cleaning: DurationTally;
};

const SUMS = [
  "beds",
  "inServiceMs",
  "occupiedMs",
  "unknownMs",
  "staleMs",
  "conflictMs",
  "ghostMs",
  "squatMs",
  "contradictionMs",
  "readinessUnknownMs",
  "assignmentUnknownMs",
  "stays",
  "turnovers",
] as const satisfies readonly (keyof Tally)[];

const noDurations = (): DurationTally => ({ finishedMs: [], openSinceMs: [], unseen: 0 });

export function emptyTally(): Tally {
  return {
    beds: 0,
    inServiceMs: 0,
    occupiedMs: 0,
    unknownMs: 0,
    staleMs: 0,
    conflictMs: 0,
    ghostMs: 0,
    squatMs: 0,
    contradictionMs: 0,
    readinessUnknownMs: 0,
    assignmentUnknownMs: 0,
    stateMs: { available: 0, reserved: 0, occupied: 0, cleaning: 0, blocked: 0, unknown: 0 },
    stays: 0,
    turnovers: 0,
    exitToClean: noDurations(),
    cleaning: noDurations(),
  };
}

export function addSegment(tally: Tally, segment: Segment): void {
  const { fromMs, toMs, axes, occupancy, isStale, display, conflict, isContradicted } = segment;
  const lastedMs = toMs - fromMs;
  const of = (holds: boolean) => (holds ? lastedMs : 0);
  tally.inServiceMs += lastedMs;
  tally.occupiedMs += of(occupancy === "present");
  tally.unknownMs += of(occupancy === "unknown");
  tally.staleMs += of(isStale);
  tally.conflictMs += of(conflict !== null || isContradicted);
  tally.ghostMs += of(conflict === "ghost");
  tally.squatMs += of(conflict === "squat");
  tally.contradictionMs += of(isContradicted);
  tally.readinessUnknownMs += of(axes.readiness.value === "unknown");
  tally.assignmentUnknownMs += of(axes.assignment.value === "unknown");
  tally.stateMs[display] += lastedMs;
}

export function addMark(tally: Tally, mark: UseMark): void {
  switch (mark.kind) {
    case "stay-begun":
      tally.stays += 1;
      return;
    case "turned-over":
      tally.turnovers += 1;
      addDuration(tally.exitToClean, mark.sinceExitMs);
      return;
    case "cleaning-ended":
      addDuration(tally.cleaning, mark.lastedMs);
  }
}

function addDuration(durations: DurationTally, lastedMs: number | null): void {
  if (lastedMs === null) durations.unseen += 1;
  else durations.finishedMs.push(lastedMs);
}

/** `open`: also what is still going on in `from`. Of parts of a longer period only the last one's is. */
export function addTally(to: Tally, from: Tally, { open = true }: { readonly open?: boolean } = {}): void {
  for (const name of SUMS) to[name] += from[name];
  for (const state of DISPLAY_STATES) to.stateMs[state] += from.stateMs[state];
  for (const name of ["exitToClean", "cleaning"] as const) {
    for (const lastedMs of from[name].finishedMs) to[name].finishedMs.push(lastedMs);
    if (open) for (const sinceMs of from[name].openSinceMs) to[name].openSinceMs.push(sinceMs);
    to[name].unseen += from[name].unseen;
  }
}

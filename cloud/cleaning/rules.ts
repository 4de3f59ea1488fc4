/** What may be done to a cleaning task now, by whom, and how it is shown. Pure. */
import { CLEANING_TABLE, cleaningEventsAllowed } from "../../contracts/booking/cleaning-table.ts";
import { workedMsAt } from "../../contracts/booking/cleaning-task.ts";
import type { CleaningEventName } from "../../contracts/booking/states.ts";
import { UNDO_SHOWN_MS, UNDO_TAKEN_MS } from "../../contracts/booking/undo.ts";
import type { PersonRole } from "../../contracts/wire/roles.ts";
import type { CleaningTaskView } from "../../contracts/wire/ward-desk.ts";
import type { PersonCaller } from "../access/scope.ts";
import type { KnownBed } from "../registry/bed.ts";
import { derivedAt, rfc3339, rfc3339OrNull } from "../registry/bed-view.ts";
import { composeAxes } from "../registry/compose-axes.ts";
import type { LastCleaningStep, StoredTask } from "./repository.ts";

/** Who asks for cleanings and moves them; the others only look. */
export const CLEANING_ROLES = [
  "nurse",
  "doctor",
  "hospital-admin",
  "facility-engineer",
] as const satisfies readonly PersonRole[];

/**
 * How old the evidence is that somebody lies in the bed; null: none says so that could be relied on. Evidence that is
 * stale says nothing, and keeps the bed from being booked by itself.
 */
export function presenceAgeMs(known: KnownBed, nowMs: number): number | null {
  const { freshness } = derivedAt(known, nowMs);
  if (known.bed.axes.occupancy.value !== "present" || freshness === null || freshness === "stale")
    return null;
  const newestAtMs = Math.max(0, ...Object.values(known.lastObservedAtMs));
  return Math.max(0, nowMs - newestAtMs);
}

/**
 * Since when the bed has to be cleaned by what its gateway or a person says, as the board shows it; null: it has not.
 * That somebody was in it since a person called it clean, as which the board then does not show it, asks for none.
 */
export function dirtySinceMs(known: KnownBed, nowMs: number): number | null {
  const { value, sinceMs } = composeAxes(known, nowMs).readiness;
  if (value !== "dirty" || sinceMs === null || known.bed.removed) return null;
  const word = known.words.find(({ axis }) => axis === "readiness");
  return word?.value === "clean" && word.sinceMs > sinceMs ? null : sinceMs;
}

/** A bed in which somebody was kept apart is cleaned terminally, whoever says so. */
export function isContaminated(known: KnownBed, nowMs: number): boolean {
  const { value } = composeAxes(known, nowMs).infection;
  return value === "isolated" || value === "contaminated";
}

/** Null: the caller may take the newest step back; otherwise why not. */
export function whyNotUndone(
  last: LastCleaningStep,
  caller: Pick<PersonCaller, "sessionSha256">,
  nowMs: number,
): string | null {
  if (last.event === "undo") return "The last step was taken back already.";
  if (last.sessionSha256 !== caller.sessionSha256) return "Somebody else took the last step.";
  return nowMs <= last.atMs + UNDO_TAKEN_MS ? null : "The time to take it back is over.";
}

/** Terminal cleaning takes a contamination away; that somebody is kept apart in the bed, only a person lifts. */
export function clearsContamination({ kind }: StoredTask["task"], declaredInfection: string | null): boolean {
  return kind === "terminal" && declaredInfection === "contaminated";
}

export function taskView(
  { taskId, bedId, hospitalId, task, last, version }: StoredTask,
  known: KnownBed,
  isPresent: boolean,
  { caller, nowMs }: { readonly caller: PersonCaller; readonly nowMs: number },
): CleaningTaskView {
  const mayStep = (CLEANING_ROLES as readonly PersonRole[]).includes(caller.role);
  const isUndoable = whyNotUndone(last, caller, nowMs) === null && nowMs < last.atMs + UNDO_SHOWN_MS;
  const allowed: CleaningEventName[] = mayStep ? cleaningEventsAllowed(task.state) : [];
  return {
    taskId,
    bedId,
    bedLabel: known.bed.label,
    hospitalId,
    wardName: known.bed.wardName,
    kind: task.kind,
    priority: task.priority,
    state: task.state,
    cause: task.cause,
    openedAt: rfc3339(task.openedAtMs),
    startedAt: rfc3339OrNull(task.startedAtMs),
    finishedAt: rfc3339OrNull(task.finishedAtMs),
    dueAt: rfc3339(task.dueAtMs),
    workedMs: workedMsAt(task, nowMs),
    isPresent,
    allowed: isUndoable && CLEANING_TABLE[task.state].undo.kind === "back" ? [...allowed, "undo"] : allowed,
    undoUntil: isUndoable ? rfc3339(last.atMs + UNDO_SHOWN_MS) : null,
    reason: task.reason,
    version,
  };
}

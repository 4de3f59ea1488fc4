/** One step of a cleaning task: what the table says, and what it does to the task's times. Pure. */

import { CLEANING_TABLE } from "./cleaning-table.ts";
import type { CLEANING_KINDS, CLEANING_PRIORITIES, CleaningEventName, CleaningState } from "./states.ts";

type CleaningKind = (typeof CLEANING_KINDS)[number];
type CleaningPriority = (typeof CLEANING_PRIORITIES)[number];

/** How long a cleaning may take from when it was asked for, in minutes. */
export type CleaningMinutes = Readonly<Record<CleaningKind, number>>;

/** `next` is due in half of the hospital's time, `stat` in a quarter. */
const SHARE: Readonly<Record<CleaningPriority, number>> = { stat: 0.25, next: 0.5, routine: 1 };
const RANK: Readonly<Record<CleaningPriority, number>> = { stat: 0, next: 1, routine: 2 };

export type CleaningTask = {
  readonly kind: CleaningKind;
  readonly priority: CleaningPriority;
  readonly state: CleaningState;
  readonly cause: "vacated" | "asked" | "inspection-failed" | "bed-used";
  readonly openedAtMs: number;
  readonly startedAtMs: number | null;
  /** Done or cancelled since. */
  readonly finishedAtMs: number | null;
  readonly dueAtMs: number;
  /** Up to when it was last suspended or finished. */
  readonly workedMs: number;
  /** Null: nobody is at it. */
  readonly workingSinceMs: number | null;
  readonly reason: string | null;
};

export type CleaningAsk = {
  readonly event: Exclude<CleaningEventName, "undo">;
  /** Of `prioritise`. */
  readonly priority: CleaningPriority | null;
  readonly reason: string | null;
};

export type CleaningDecision =
  | { readonly kind: "stepped"; readonly task: CleaningTask }
  | { readonly kind: "refused"; readonly why: string };

export function openedTask(
  task: Pick<CleaningTask, "kind" | "priority" | "cause" | "reason">,
  minutes: CleaningMinutes,
  nowMs: number,
): CleaningTask {
  return {
    ...task,
    state: "queued",
    openedAtMs: nowMs,
    startedAtMs: null,
    finishedAtMs: null,
    dueAtMs: nowMs + allowedMs(minutes, task),
    workedMs: 0,
    workingSinceMs: null,
  };
}

export function decideCleaning(
  task: CleaningTask,
  { event, priority, reason }: CleaningAsk,
  minutes: CleaningMinutes,
  nowMs: number,
): CleaningDecision {
  const step = CLEANING_TABLE[task.state][event];
  if (step.kind !== "to")
    return { kind: "refused", why: step.kind === "refused" ? step.why : "It cannot be taken back." };
  const worked = workedUntil({ ...task, state: step.state }, task, nowMs);
  const stepped = { ...worked, reason: reason ?? task.reason };
  if (event === "prioritise") {
    if (priority === null) return { kind: "refused", why: "It is not said which priority it is to have." };
    return { kind: "stepped", task: prioritised(stepped, priority, minutes, nowMs) };
  }
  if (event === "fail-inspection") {
    const dueAtMs = nowMs + allowedMs(minutes, task);
    return { kind: "stepped", task: { ...stepped, cause: "inspection-failed", dueAtMs } };
  }
  return { kind: "stepped", task: stepped };
}

/** Without the time in which it was suspended or waited. */
export function workedMsAt({ workedMs, workingSinceMs }: CleaningTask, nowMs: number): number {
  return workedMs + (workingSinceMs === null ? 0 : Math.max(0, nowMs - workingSinceMs));
}

/** More thorough than it was asked for: somebody was isolated in the bed. */
export function madeTerminal(task: CleaningTask, minutes: CleaningMinutes): CleaningTask {
  const terminal = { ...task, kind: "terminal" } as const;
  return { ...terminal, dueAtMs: task.openedAtMs + allowedMs(minutes, terminal) };
}

function allowedMs(
  minutes: CleaningMinutes,
  { kind, priority }: Pick<CleaningTask, "kind" | "priority">,
): number {
  return Math.round(minutes[kind] * SHARE[priority] * 60_000);
}

function workedUntil(next: CleaningTask, before: CleaningTask, nowMs: number): CleaningTask {
  if (next.state === before.state) return next;
  const isEnd = next.state === "done" || next.state === "cancelled";
  const isWork = next.state === "cleaning";
  return {
    ...next,
    startedAtMs: before.startedAtMs ?? (isWork ? nowMs : null),
    finishedAtMs: isEnd ? nowMs : null,
    workedMs: workedMsAt(before, nowMs),
    workingSinceMs: isWork ? nowMs : null,
  };
}

/** Who is put forward is due sooner from now on, never later than before; who is put back has the full time again. */
function prioritised(
  task: CleaningTask,
  priority: CleaningPriority,
  minutes: CleaningMinutes,
  nowMs: number,
): CleaningTask {
  const next = { ...task, priority };
  const targetMs = allowedMs(minutes, next);
  const isForward = RANK[priority] < RANK[task.priority];
  const dueAtMs = isForward
    ? Math.min(task.dueAtMs, nowMs + targetMs)
    : Math.max(task.dueAtMs, task.openedAtMs + targetMs);
  return { ...next, dueAtMs };
}

/** What every change of a cleaning task writes: the task, the word on its bed, and the event, in one transaction. */
import { readinessAfter } from "../../contracts/booking/cleaning-table.ts";
import { type CleaningTask, madeTerminal, openedTask } from "../../contracts/booking/cleaning-task.ts";
import type { CleaningEventName } from "../../contracts/booking/states.ts";
import type { BedId, HospitalId } from "../../contracts/wire/ids.ts";
import { declare } from "../declarations/declare.ts";
import type { Actor } from "../desk/desk-event.ts";
import type { DeskStep } from "../desk/desk-transaction.ts";
import { policyOf } from "../ward-admin/policy.ts";
import {
  declaredOf,
  insertTask,
  type LastCleaningStep,
  lockLiveTaskOf,
  type StoredTask,
  updateTask,
} from "./repository.ts";
import { clearsContamination } from "./rules.ts";

type Place = { readonly bedId: BedId; readonly hospitalId: HospitalId };

export type NewCleaning = Place &
  Pick<CleaningTask, "kind" | "priority" | "cause" | "reason"> & { readonly by: Actor };

/** The bed is dirty from now on. Its row is locked, and it has no task that is open. */
export async function openTask(
  step: DeskStep,
  { by, bedId, hospitalId, ...asked }: NewCleaning,
): Promise<StoredTask> {
  const said = await declare(step, {
    bedId,
    hospitalId,
    axis: "readiness",
    value: "dirty",
    by,
    reason: asked.reason,
    untilMs: null,
  });
  const last = lastStep(step, by, { event: "open", before: null, declarationIds: [said] });
  return await insertOpened(step, { bedId, hospitalId, ...asked }, last);
}

/** Of a bed that is dirty by what its gateway or a person has said already. */
export async function openForDirty(
  step: DeskStep,
  { bedId, hospitalId, isContaminated }: Place & { readonly isContaminated: boolean },
  last: LastCleaningStep,
): Promise<StoredTask> {
  const kind = isContaminated ? "terminal" : "routine";
  const asked = { bedId, hospitalId, kind, priority: "routine", cause: "bed-used", reason: null } as const;
  return await insertOpened(step, asked, last);
}

async function insertOpened(
  step: DeskStep,
  { bedId, hospitalId, ...asked }: Omit<NewCleaning, "by">,
  last: LastCleaningStep,
): Promise<StoredTask> {
  const { cleaningMinutes } = await policyOf(step.trx, hospitalId);
  const task = openedTask(asked, cleaningMinutes, step.nowMs);
  const opened = await insertTask(step.trx, { bedId, hospitalId, task, last });
  tell(step, opened, "cleaning-task-opened");
  return opened;
}

/** `task`: as decided from `before`, which is locked with its bed. */
export async function storeStep(
  step: DeskStep,
  by: Actor,
  event: Exclude<CleaningEventName, "undo">,
  { before, task }: { readonly before: StoredTask; readonly task: CleaningTask },
): Promise<StoredTask> {
  const declarationIds: string[] = [];
  const { bedId, hospitalId } = before;
  const said = { bedId, hospitalId, by, reason: task.reason, untilMs: null };
  const readiness = readinessAfter(before.task.state, task.state);
  if (readiness !== null)
    declarationIds.push(await declare(step, { ...said, axis: "readiness", value: readiness }));
  const infection = task.state === "done" ? await declaredOf(step.trx, bedId, "infection") : null;
  if (clearsContamination(task, infection))
    declarationIds.push(await declare(step, { ...said, axis: "infection", value: "none" }));
  const last = lastStep(step, by, { event, before: before.task, declarationIds });
  const stepped = await updateTask(step.trx, before, task, last);
  tell(step, stepped, `cleaning-task-${PAST[event]}`);
  return stepped;
}

/**
 * The patient has left the bed, whose row the caller has locked: it is dirty, and a cleaning waits, the terminal one
 * after isolation. A cleaning that waits already is made as thorough; one under way begins anew with the next step of
 * whoever cleans.
 */
export async function bedVacated(
  step: DeskStep,
  { bedId, hospitalId, isolation }: Place & { readonly isolation: boolean },
): Promise<void> {
  const by = "service";
  const place = { bedId, hospitalId };
  const said = { ...place, by, reason: null, untilMs: null } as const;
  // The patient's isolation has left with them; what they leave behind is for the terminal cleaning.
  if (isolation || (await declaredOf(step.trx, bedId, "infection")) === "isolated")
    await declare(step, { ...said, axis: "infection", value: "contaminated" });
  const kind = (await declaredOf(step.trx, bedId, "infection")) === "contaminated" ? "terminal" : "routine";
  const open = await lockLiveTaskOf(step.trx, bedId);
  if (open === undefined) {
    await openTask(step, { ...place, kind, priority: "routine", cause: "vacated", reason: null, by });
    return;
  }
  const dirty = await declare(step, { ...said, axis: "readiness", value: "dirty" });
  const { cleaningMinutes } = await policyOf(step.trx, hospitalId);
  const queued = {
    ...openedTask({ ...open.task, cause: "vacated" }, cleaningMinutes, step.nowMs),
    workedMs: open.task.workedMs,
  };
  const task = kind === "terminal" ? madeTerminal(queued, cleaningMinutes) : queued;
  const last = lastStep(step, by, { event: "open", before: open.task, declarationIds: [dirty] });
  tell(step, await updateTask(step.trx, open, task, last), "cleaning-task-opened");
}

export function lastStep(
  { nowMs }: DeskStep,
  by: Actor,
  made: Pick<LastCleaningStep, "event" | "before" | "declarationIds">,
): LastCleaningStep {
  return { ...made, atMs: nowMs, sessionSha256: by === "service" ? null : by.sessionSha256 };
}

export function tell({ events }: DeskStep, { taskId, bedId, hospitalId, task }: StoredTask, kind: string) {
  const { state, priority, dueAtMs } = task;
  events.push({
    topic: "cleaning-tasks",
    subjectId: taskId,
    kind,
    bedId,
    hospitalIds: [hospitalId],
    body: { state, kind: task.kind, priority, dueAtMs },
  });
}

const PAST: Readonly<Record<Exclude<CleaningEventName, "undo">, string>> = {
  start: "started",
  suspend: "suspended",
  resume: "resumed",
  finish: "finished",
  "order-inspection": "inspection-ordered",
  "pass-inspection": "passed",
  "fail-inspection": "failed",
  prioritise: "prioritised",
  cancel: "cancelled",
};

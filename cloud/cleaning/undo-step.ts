/** Takes the newest step of a cleaning task back, and what it said of the bed with it. */
import type { PersonCaller } from "../access/scope.ts";
import { takeBack } from "../declarations/declare.ts";
import type { DeskStep } from "../desk/desk-transaction.ts";
import { CloudError } from "../http/problem.ts";
import { lastStep, tell } from "./change-task.ts";
import { claimedSince, type StoredTask, updateTask } from "./repository.ts";
import { whyNotUndone } from "./rules.ts";

/** The task is locked with its bed. */
export async function undoStep(step: DeskStep, by: PersonCaller, open: StoredTask): Promise<StoredTask> {
  const { bedId, hospitalId, last } = open;
  const why = whyNotUndone(last, by, step.nowMs);
  if (why !== null) throw new CloudError("CLEANING_UNDO_REFUSED", why);
  if (last.declarationIds.length > 0 && (await claimedSince(step.trx, bedId, last.atMs)))
    throw new CloudError("CLEANING_UNDO_REFUSED", "The bed was claimed meanwhile, as it was said to be.");
  for (const declarationId of last.declarationIds.toReversed())
    if (!(await takeBack(step, { declarationId, bedId, hospitalId })))
      throw new CloudError("CLEANING_UNDO_REFUSED", "Somebody has said something else of the bed meanwhile.");
  // A task that was only just opened is not there any more, as far as anybody needs to clean.
  const task = last.before ?? { ...open.task, state: "cancelled", finishedAtMs: step.nowMs };
  const undone = lastStep(step, by, { event: "undo", before: null, declarationIds: [] });
  const stored = await updateTask(step.trx, open, task, undone);
  tell(step, stored, "cleaning-task-step-undone");
  return stored;
}

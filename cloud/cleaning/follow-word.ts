/**
 * A person's word on a bed's readiness, and the bed's cleaning task, which follows it within the same transaction so
 * that the list of cleanings and the board never disagree:
 *
 *   dirty       ─▶ a cleaning is asked for, where none is open
 *   clean       ─▶ a routine cleaning is done by that word; a terminal one is refused, for the word does not say how
 *                  thoroughly somebody cleaned: that is said of the task itself
 *   taken back  ─▶ the task is again what it was before the word
 *
 * The bed is locked throughout.
 */
import { decideCleaning } from "../../contracts/booking/cleaning-task.ts";
import type { BedId } from "../../contracts/wire/ids.ts";
import type { PersonCaller } from "../access/scope.ts";
import type { DeskStep } from "../desk/desk-transaction.ts";
import { CloudError } from "../http/problem.ts";
import type { KnownBed } from "../registry/bed.ts";
import { policyOf } from "../ward-admin/policy.ts";
import { lastStep, openForDirty, tell } from "./change-task.ts";
import { lockLiveTaskOf, lockTaskThatSaid, updateTask } from "./repository.ts";
import { isContaminated } from "./rules.ts";

export type ReadinessWord = {
  readonly caller: PersonCaller;
  readonly declarationId: string;
  readonly to: "clean" | "dirty" | "inspect";
  readonly reason: string | null;
};

export async function cleaningFollows(step: DeskStep, known: KnownBed, word: ReadinessWord): Promise<void> {
  if (word.to === "dirty") await dirtySaid(step, known, word);
  if (word.to === "clean") await cleanSaid(step, known.bed.bedId, word);
}

async function dirtySaid(step: DeskStep, known: KnownBed, { caller, declarationId }: ReadinessWord) {
  const { bedId, hospitalId } = known.bed;
  if ((await lockLiveTaskOf(step.trx, bedId)) !== undefined) return;
  const last = lastStep(step, caller, { event: "open", before: null, declarationIds: [declarationId] });
  await openForDirty(step, { bedId, hospitalId, isContaminated: isContaminated(known, step.nowMs) }, last);
}

async function cleanSaid(step: DeskStep, bedId: BedId, { caller, declarationId, reason }: ReadinessWord) {
  const open = await lockLiveTaskOf(step.trx, bedId);
  if (open === undefined) return;
  if (open.task.kind === "terminal")
    throw new CloudError(
      "DECLARATION_REFUSED",
      `A terminal cleaning of this bed is ${open.task.state}. Finish or cancel it in the list of cleanings.`,
    );
  const event = open.task.state === "inspect" ? "pass-inspection" : "finish";
  const { cleaningMinutes } = await policyOf(step.trx, open.hospitalId);
  const decision = decideCleaning(open.task, { event, priority: null, reason }, cleaningMinutes, step.nowMs);
  if (decision.kind === "refused") throw new CloudError("DECLARATION_REFUSED", decision.why);
  const last = lastStep(step, caller, { event, before: open.task, declarationIds: [declarationId] });
  const done = await updateTask(step.trx, open, decision.task, last);
  tell(step, done, event === "finish" ? "cleaning-task-finished" : "cleaning-task-passed");
}

/** Before the word is taken back. A task that has moved on since stays as it is. */
export async function cleaningFollowsBack(
  step: DeskStep,
  caller: PersonCaller,
  { bedId, declarationId }: { readonly bedId: BedId; readonly declarationId: string },
): Promise<void> {
  const after = await lockTaskThatSaid(step.trx, bedId, declarationId);
  if (after === undefined) return;
  const isLiveAgain = after.last.before !== null;
  const another = isLiveAgain ? await lockLiveTaskOf(step.trx, bedId) : undefined;
  if (another !== undefined && another.taskId !== after.taskId) return;
  const task = after.last.before ?? { ...after.task, state: "cancelled", finishedAtMs: step.nowMs };
  const undone = lastStep(step, caller, { event: "undo", before: null, declarationIds: [] });
  tell(step, await updateTask(step.trx, after, task, undone), "cleaning-task-step-undone");
}

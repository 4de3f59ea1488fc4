/** What people do with cleaning tasks: look at them, ask for one, move one on. */
import { decideCleaning } from "../../contracts/booking/cleaning-task.ts";
import type { CleaningEventName } from "../../contracts/booking/states.ts";
import type { BedId } from "../../contracts/wire/ids.ts";
import type {
  CleaningEventBody,
  CleaningTaskBody,
  CleaningTaskList,
  CleaningTaskView,
} from "../../contracts/wire/ward-desk.ts";
import { type PersonCaller, scopeOf, sees } from "../access/scope.ts";
import type { Clock } from "../clock.ts";
import { type DeskDeps, type DeskStep, inDeskTransaction } from "../desk/desk-transaction.ts";
import { once } from "../desk/idempotent.ts";
import { requireVersion } from "../desk/if-match.ts";
import { CloudError } from "../http/problem.ts";
import { rfc3339 } from "../registry/bed-view.ts";
import { policyOf } from "../ward-admin/policy.ts";
import { bedOf, bedsByIds } from "./beds.ts";
import { openTask, storeStep } from "./change-task.ts";
import {
  endedTasks,
  liveTasks,
  lockBed,
  lockLiveTaskOf,
  lockTask,
  type StoredTask,
  taskInScope,
} from "./repository.ts";
import { presenceAgeMs, taskView } from "./rules.ts";
import { undoStep } from "./undo-step.ts";

/** These say that the bed is clean. */
const SAY_CLEAN: readonly string[] = ["finish", "pass-inspection"];

type Ask = CleaningEventBody & { readonly event: Exclude<CleaningEventName, "undo"> };

export type CleaningDeps = DeskDeps & {
  /** Of evidence: the service's, by which what gateways sent is dated. */
  readonly evidenceClock: Clock;
};

export class Cleaning {
  readonly #deps: CleaningDeps;

  constructor(deps: CleaningDeps) {
    this.#deps = deps;
  }

  async list(caller: PersonCaller, isEnded: boolean): Promise<CleaningTaskList> {
    const { db, clock, evidenceClock } = this.#deps;
    const scope = scopeOf(caller);
    const tasks = isEnded ? await endedTasks(db, scope) : await liveTasks(db, scope);
    const beds = await bedsByIds(
      db,
      tasks.map(({ bedId }) => bedId),
    );
    const nowMs = await clock.nowMs(db);
    const views = tasks.map((task) => {
      const known = bedOf(beds, task.bedId);
      return taskView(task, known, presenceAgeMs(known, evidenceClock.nowMs()) !== null, { caller, nowMs });
    });
    return { tasks: views, serverTime: rfc3339(nowMs) };
  }

  async ask(caller: PersonCaller, key: string, body: CleaningTaskBody): Promise<CleaningTaskView> {
    const asked = { caller, key, route: "POST /api/v1/cleaning-tasks", request: body };
    return (await once(this.#deps, asked, (step) => this.#ask(step, caller, body))).answer;
  }

  async step(
    caller: PersonCaller,
    taskId: string,
    ifMatch: string,
    body: CleaningEventBody,
  ): Promise<CleaningTaskView> {
    return await inDeskTransaction(this.#deps, caller, async (step) => {
      const found = await taskInScope(step.trx, scopeOf(caller), taskId);
      if (found === undefined)
        throw new CloudError(
          "CLEANING_TASK_NOT_FOUND",
          "There is no such cleaning task among those that you may see.",
        );
      await lockBed(step.trx, found.bedId);
      const before = await lockTask(step.trx, taskId);
      requireVersion(ifMatch, before.version);
      const after =
        body.event === "undo"
          ? await undoStep(step, caller, before)
          : await this.#decided(step, caller, before, { ...body, event: body.event });
      return await this.#view(step, caller, after);
    });
  }

  async #ask(
    step: DeskStep,
    caller: PersonCaller,
    { bedId, kind, priority, reason }: CleaningTaskBody,
  ): Promise<CleaningTaskView> {
    const isThere = await lockBed(step.trx, bedId);
    const known = isThere ? (await bedsByIds(step.trx, [bedId])).get(bedId) : undefined;
    if (known === undefined || known.bed.removed || !sees(scopeOf(caller), known.bed.hospitalId))
      throw new CloudError("BED_NOT_FOUND", "There is no such bed among those you may see.");
    const open = await lockLiveTaskOf(step.trx, bedId);
    if (open !== undefined)
      throw new CloudError("CLEANING_TASK_OPEN", `A cleaning of this bed is ${open.task.state} already.`, {
        taskId: open.taskId,
      });
    const { hospitalId } = known.bed;
    const task = await openTask(step, {
      bedId,
      hospitalId,
      kind,
      priority,
      reason: reason ?? null,
      cause: "asked",
      by: caller,
    });
    return await this.#view(step, caller, task);
  }

  async #decided(
    step: DeskStep,
    caller: PersonCaller,
    before: StoredTask,
    { event, priority, reason }: Ask,
  ): Promise<StoredTask> {
    if (SAY_CLEAN.includes(event)) await this.#requireNobodyIn(step, before.bedId);
    const { cleaningMinutes } = await policyOf(step.trx, before.hospitalId);
    const decision = decideCleaning(
      before.task,
      { event, priority: priority ?? null, reason: reason ?? null },
      cleaningMinutes,
      step.nowMs,
    );
    if (decision.kind === "refused")
      throw new CloudError("CLEANING_STEP_REFUSED", `The cleaning is ${before.task.state}. ${decision.why}`);
    return await storeStep(step, caller, event, { before, task: decision.task });
  }

  /** A word never overrides what the bed itself says at the moment. */
  async #requireNobodyIn({ trx }: DeskStep, bedId: BedId): Promise<void> {
    const known = bedOf(await bedsByIds(trx, [bedId]), bedId);
    const ageMs = presenceAgeMs(known, this.#deps.evidenceClock.nowMs());
    if (ageMs === null) return;
    const seconds = Math.round(ageMs / 1_000);
    throw new CloudError(
      "CLEANING_BED_OCCUPIED",
      `The bed's sensors say that somebody is in it; the newest evidence is ${seconds} s old.`,
      { evidenceAgeMs: ageMs },
    );
  }

  async #view({ trx, nowMs }: DeskStep, caller: PersonCaller, task: StoredTask): Promise<CleaningTaskView> {
    const known = bedOf(await bedsByIds(trx, [task.bedId]), task.bedId);
    const isPresent = presenceAgeMs(known, this.#deps.evidenceClock.nowMs()) !== null;
    return taskView(task, known, isPresent, { caller, nowMs });
  }
}

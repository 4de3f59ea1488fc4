/**
 * What a bed's own button says of its cleaning moves the task of the bed, as a person would:
 *
 *   gateway says dirty    ─▶ a task is opened, unless somebody has cancelled one since; of an isolated or contaminated
 *                            bed a terminal one
 *   gateway says cleaning ─▶ a queued or suspended task is begun
 *   gateway says clean    ─▶ a routine task is done; a terminal one waits for its inspection, for a button does not
 *                            know how thoroughly somebody cleaned
 *
 * Only what it has said since the task's last step counts, so that looking again changes nothing, and nothing while the
 * bed says that somebody is in it. Whether a ward's assignments are bookings is all the same.
 */
import { sql } from "kysely";
import type { Logger } from "pino";
import * as z from "zod";
import { decideCleaning } from "../../contracts/booking/cleaning-task.ts";
import type { CleaningEventName } from "../../contracts/booking/states.ts";
import { BedId } from "../../contracts/wire/ids.ts";
import { isPassingTrouble } from "../database/trouble.ts";
import { inDeskTransaction } from "../desk/desk-transaction.ts";
import { every } from "../live/every.ts";
import type { KnownBed } from "../registry/bed.ts";
import { policyOf } from "../ward-admin/policy.ts";
import { bedOf, bedsByIds } from "./beds.ts";
import { lastStep, openForDirty, storeStep } from "./change-task.ts";
import type { CleaningDeps } from "./cleaning.ts";
import { cancelledAtMs, lockBed, lockLiveTaskOf, type StoredTask } from "./repository.ts";
import { dirtySinceMs, isContaminated, presenceAgeMs } from "./rules.ts";

const LOOK_EVERY_MS = 1_000;

type GatewayReadinessDeps = CleaningDeps & {
  readonly log: Logger;
  /** As the board has them now: only where to look for dirty ones. */
  beds(): readonly KnownBed[];
};

export class GatewayReadiness {
  readonly #deps: GatewayReadinessDeps;

  constructor(deps: GatewayReadinessDeps) {
    this.#deps = deps;
  }

  /** Until the signal; rejects only by a bug. */
  async run(signal: AbortSignal): Promise<void> {
    await every(LOOK_EVERY_MS, signal, async () => {
      try {
        await this.look();
      } catch (error) {
        if (!isPassingTrouble(error)) throw error;
        this.#deps.log.warn({ err: error }, "cleanings that beds tell of wait for the database");
      }
    });
  }

  /** All beds whose word their task has not followed yet. */
  async look(): Promise<void> {
    const { rows } = await sql`
      SELECT task.bed_id FROM cleaning_tasks task JOIN beds bed ON bed.bed_id = task.bed_id
      WHERE task.is_live AND NOT bed.removed
        AND (bed.axes #>> '{readiness,sinceMs}')::bigint > (task.previous ->> 'atMs')::bigint
        AND (bed.axes #>> '{readiness,value}' = 'clean' AND task.state IN ('queued', 'cleaning', 'suspended')
          OR bed.axes #>> '{readiness,value}' = 'cleaning' AND task.state IN ('queued', 'suspended'))
      ORDER BY task.bed_id`.execute(this.#deps.db);
    for (const { bedId } of z.array(z.object({ bedId: BedId })).parse(rows))
      await this.gatewayReadinessChanged(bedId);
    await this.#openForDirty();
  }

  async #openForDirty(): Promise<void> {
    const { db, clock, beds } = this.#deps;
    const said = beds().filter(({ bed, words }) =>
      [bed.axes.readiness, ...words].some(({ value }) => value === "dirty"),
    );
    if (said.length === 0) return;
    const nowMs = await clock.nowMs(db);
    const dirty = said.filter((known) => dirtySinceMs(known, nowMs) !== null).map(({ bed }) => bed.bedId);
    // Most of them have a task: those are not looked at one by one.
    for (const bedId of (await cancelledAtMs(db, dirty)).keys()) await this.dirtySaid(bedId);
  }

  /** Idempotent: of several processes the first that has the bed opens the task. */
  async dirtySaid(bedId: BedId): Promise<void> {
    await inDeskTransaction(this.#deps, "service", async (step) => {
      await lockBed(step.trx, bedId);
      const cancelled = await cancelledAtMs(step.trx, [bedId]);
      if (!cancelled.has(bedId)) return;
      const known = bedOf(await bedsByIds(step.trx, [bedId]), bedId);
      const sinceMs = dirtySinceMs(known, step.nowMs);
      if (sinceMs === null || sinceMs <= (cancelled.get(bedId) ?? -1)) return;
      if (presenceAgeMs(known, this.#deps.evidenceClock.nowMs()) !== null) return;
      const { hospitalId } = known.bed;
      const opened = lastStep(step, "service", { event: "open", before: null, declarationIds: [] });
      // What the bed says after its "dirty" counts, also where that came late.
      const last = { ...opened, atMs: Math.min(sinceMs, step.nowMs) };
      await openForDirty(
        step,
        { bedId, hospitalId, isContaminated: isContaminated(known, step.nowMs) },
        last,
      );
    });
  }

  /** Idempotent: decides anew by what stands in the database. */
  async gatewayReadinessChanged(bedId: BedId): Promise<void> {
    await inDeskTransaction(this.#deps, "service", async (step) => {
      await lockBed(step.trx, bedId);
      const before = await lockLiveTaskOf(step.trx, bedId);
      if (before === undefined) return;
      const known = bedOf(await bedsByIds(step.trx, [bedId]), bedId);
      const { value, sinceMs } = known.bed.axes.readiness;
      if (sinceMs === null || sinceMs <= before.last.atMs) return;
      if (presenceAgeMs(known, this.#deps.evidenceClock.nowMs()) !== null) return;
      const { cleaningMinutes } = await policyOf(step.trx, before.hospitalId);
      let stored = before;
      for (const event of eventsOf(value, before)) {
        const ask = { event, priority: null, reason: null };
        const decision = decideCleaning(stored.task, ask, cleaningMinutes, step.nowMs);
        if (decision.kind === "refused") return;
        stored = await storeStep(step, "service", event, { before: stored, task: decision.task });
      }
    });
  }
}

type Step = Exclude<CleaningEventName, "undo">;

function eventsOf(readiness: string, { task }: StoredTask): readonly Step[] {
  const { state, kind } = task;
  const begin: readonly Step[] = state === "queued" ? ["start"] : state === "suspended" ? ["resume"] : [];
  if (readiness === "cleaning") return begin;
  if (readiness !== "clean") return [];
  return kind === "terminal" ? [...begin, "order-inspection"] : ["finish"];
}

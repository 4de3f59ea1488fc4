/**
 * Compares, once a second, what beds say with what was said of them.
 *
 *   board in memory ─▶ beds where something is due, or over ─▶ each in a transaction: locked, read anew, decided
 *
 * The board only says where to look. Several processes may look at once: whoever has the bed locked settles it, and a
 * bed that somebody has in hand is looked at again a second later.
 */
import { setImmediate as nextTurn, setTimeout as sleep } from "node:timers/promises";
import { sql } from "kysely";
import type { Logger } from "pino";
import { DEFAULT_POLICY } from "../../contracts/booking/default-policy.ts";
import { arrivalAt, discrepanciesAt, givesWay } from "../../contracts/booking/discrepancies.ts";
import type { BedId } from "../../contracts/wire/ids.ts";
import { HospitalPolicyBody } from "../../contracts/wire/ward-desk.ts";
import type { Clock } from "../clock.ts";
import { isPassingTrouble } from "../database/trouble.ts";
import { type DeskDeps, type DeskStep, inDeskTransaction } from "../desk/desk-transaction.ts";
import { CloudError } from "../http/problem.ts";
import type { KnownBed } from "../registry/bed.ts";
import { selectBeds } from "../registry/bed-rows.ts";
import { factsOf } from "../registry/bed-view.ts";
import { liveClaim } from "../registry/compose-axes.ts";
import { lookedBed } from "./looked-bed.ts";
import { selectConflicts } from "./repository.ts";
import { difference, settleBed } from "./settle-bed.ts";

const LOOK_EVERY_MS = 1_000;
const BEDS_PER_TURN = 250;

export type ReconcilerDeps = {
  readonly desk: DeskDeps;
  /** Of evidence: the service's, by which gateways' records are dated. */
  readonly clock: Clock;
  readonly log: Logger;
  /** As the board has them now, those out of service too. */
  beds(): readonly KnownBed[];
  /** Somebody has been in the bed of a booking for a while. It locks the booking, then its bed. */
  presenceConfirmed(step: DeskStep, bookingId: string, presentSinceMs: number): Promise<void>;
  /** The bed of a hold was closed. It locks the booking, then its bed. */
  releaseHold(step: DeskStep, bookingId: string, reason: string): Promise<void>;
  /** Words on beds whose time is over end; returns when they have. */
  endLapsedWords(): Promise<void>;
};

export class Reconciler {
  readonly #deps: ReconcilerDeps;
  /** Bed or booking → why it failed last, so that the log says it once. */
  readonly #failed = new Map<string, string>();

  constructor(deps: ReconcilerDeps) {
    this.#deps = deps;
  }

  /** Until the signal; rides out a database that is away, rejects only by a bug. */
  async run(signal: AbortSignal): Promise<void> {
    const { log } = this.#deps;
    while (!signal.aborted) {
      await sleep(LOOK_EVERY_MS, undefined, { signal }).catch(() => undefined);
      if (signal.aborted) return;
      try {
        await this.round();
      } catch (error) {
        if (!isPassingTrouble(error)) throw error;
        log.warn({ err: error }, "beds could not be compared with their bookings and are compared again");
      }
    }
  }

  async round(): Promise<void> {
    const { desk, clock, beds, endLapsedWords } = this.#deps;
    await endLapsedWords();
    const nowMs = await desk.clock.nowMs(desk.db);
    const evidenceNowMs = clock.nowMs();
    const open = Map.groupBy(
      await selectConflicts(desk.db, sql`conflict.closed_at_ms IS NULL`),
      ({ bedId }) => bedId,
    );
    const arrivalMinutes = await this.#arrivalMinutes();
    for (const [n, known] of beds().entries()) {
      // Somebody's hold waits for this thread too.
      if (n % BEDS_PER_TURN === BEDS_PER_TURN - 1) await nextTurn();
      const { bedId, hospitalId, removed } = known.bed;
      const looked = lookedBed(known, arrivalMinutes.get(hospitalId) ?? DEFAULT_POLICY.arrivalMinutes, nowMs);
      const arrival = removed ? null : arrivalAt(looked, evidenceNowMs);
      if (arrival !== null) await this.#arrive(arrival.bookingId, arrival.presentSinceMs);
      const closed = removed ? null : givesWay(looked);
      if (closed !== null) await this.#letGo(bedId, closed);
      const { due, gone } = difference(
        discrepanciesAt(looked, evidenceNowMs),
        open.get(bedId) ?? [],
        evidenceNowMs,
      );
      const isOver = removed && open.has(bedId);
      if (isOver || (!removed && due.length > 0) || gone.length > 0) await this.#settle(bedId);
    }
  }

  async #arrive(bookingId: string, presentSinceMs: number): Promise<void> {
    const { desk, presenceConfirmed } = this.#deps;
    await this.#without(bookingId, () =>
      inDeskTransaction(desk, "service", (step) => presenceConfirmed(step, bookingId, presentSinceMs)),
    );
  }

  /** A gateway closed the bed under a hold, as a person may do: decided anew by what the database says now. */
  async #letGo(bedId: BedId, bookingId: string): Promise<void> {
    const { desk, releaseHold } = this.#deps;
    await this.#without(bookingId, () =>
      inDeskTransaction(desk, "service", async (step) => {
        const [known] = await selectBeds(step.trx, sql`bed.bed_id = ${bedId}`);
        if (known === undefined) return;
        const looked = { facts: factsOf(known, step.nowMs), claim: liveClaim(known.claim, step.nowMs) };
        if (givesWay(looked) === bookingId) await releaseHold(step, bookingId, "The bed was closed.");
      }),
    );
  }

  async #settle(bedId: BedId): Promise<void> {
    const { desk, clock } = this.#deps;
    await this.#without(bedId, () =>
      inDeskTransaction(desk, "service", async (step) => {
        const locked = await sql`SELECT FROM beds WHERE bed_id = ${bedId} FOR UPDATE SKIP LOCKED`.execute(
          step.trx,
        );
        if (locked.rows.length > 0) await settleBed(step, bedId, { evidenceNowMs: clock.nowMs() });
      }),
    );
  }

  /**
   * What fails for one bed keeps no other waiting. It is tried again with each round and logged once: a booking that has
   * moved on, a patient who still has another bed.
   */
  async #without(subjectId: string, act: () => Promise<void>): Promise<void> {
    try {
      await act();
      this.#failed.delete(subjectId);
    } catch (error) {
      if (isPassingTrouble(error)) throw error;
      const why = error instanceof CloudError ? error.code : String(error);
      if (this.#failed.get(subjectId) === why) return;
      this.#failed.set(subjectId, why);
      const level = error instanceof CloudError ? "info" : "error";
      this.#deps.log[level]({ subjectId, err: error }, "a bed could not be brought in line with its booking");
    }
  }

  async #arrivalMinutes(): Promise<ReadonlyMap<string, number>> {
    const rows = await this.#deps.desk.db
      .selectFrom("hospitalPolicies")
      .select(["hospitalId", "policy"])
      .execute();
    return new Map(
      rows.map(({ hospitalId, policy }) => [hospitalId, HospitalPolicyBody.parse(policy).arrivalMinutes]),
    );
  }
}

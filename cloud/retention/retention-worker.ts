/** Does a round each hour. Of several cloud processes one does, as the lease says; each step waits a moment for others. */
import type { Randomness } from "../clock.ts";
import { holdLease, releaseLease } from "../history/feed/lease.ts";
import { waited } from "../live/every.ts";
import type { RetentionStatus, RoundOutcome } from "./retention-meter.ts";
import { type RoundDeps, RoundEnded, retentionRound } from "./round/round.ts";

const ROUND_EVERY_MS = 3_600_000;
/** The rest of a start is more urgent. */
const FIRST_ROUND_AFTER_MS = 60_000;
/** Between two steps: what a batch of readings takes to be stored. */
const PAUSE_MS = 10;
/** The lease lasts three times as long. */
const RENEW_EVERY_MS = 10_000;
/** In the table of leases, beside the names of stores. */
export const RETENTION_LEASE = "retention";

export type WorkerDeps = Omit<RoundDeps, "step"> & { readonly randomness: Randomness };

export class RetentionWorker {
  readonly #deps: WorkerDeps;
  readonly #holder: string;
  #isRunning = false;
  #lastRound: RetentionStatus["lastRound"] = null;

  constructor(deps: WorkerDeps) {
    this.#deps = deps;
    this.#holder = Buffer.from(deps.randomness.bytes(8)).toString("hex");
  }

  status(): RetentionStatus {
    return { isRunning: this.#isRunning, policies: this.#deps.policies.length, lastRound: this.#lastRound };
  }

  /** Until the signal; rejects only by a bug. Without a policy there is nothing to do. */
  async run(signal: AbortSignal): Promise<void> {
    if (this.#deps.policies.length === 0) return;
    await waited(FIRST_ROUND_AFTER_MS, signal);
    while (!signal.aborted) {
      await this.round(signal);
      await waited(ROUND_EVERY_MS, signal);
    }
  }

  /** Rides out a database or an archive that is away: what could not be done comes in the next round. */
  async round(signal: AbortSignal): Promise<RoundOutcome> {
    const { clock, log, meter } = this.#deps;
    const startedMs = clock.nowMs();
    this.#isRunning = true;
    let troubles: string[] = [];
    let outcome: RoundOutcome;
    try {
      const done = await this.#roundWithLease(signal);
      troubles = done ?? [];
      outcome = done === null ? "standby" : troubles.length === 0 ? "done" : "troubled";
    } catch (error) {
      outcome = error instanceof RoundEnded ? "stopped" : "troubled";
      if (outcome === "troubled") {
        log.warn({ err: error }, "old data could not be looked for; tried again in the next round");
        troubles = ["The database did not answer; see the log of the service."];
      }
    } finally {
      this.#isRunning = false;
    }
    const endedAtMs = clock.nowMs();
    this.#lastRound = { endedAtMs, outcome, troubles };
    meter.round(outcome, (endedAtMs - startedMs) / 1_000);
    return outcome;
  }

  /** Null: another process does it. */
  async #roundWithLease(signal: AbortSignal): Promise<string[] | null> {
    const { db } = this.#deps;
    if (!(await holdLease(db, RETENTION_LEASE, this.#holder))) return null;
    let renewedMs = performance.now();
    const step = async () => {
      await waited(PAUSE_MS, signal);
      if (signal.aborted) throw new RoundEnded();
      if (performance.now() - renewedMs < RENEW_EVERY_MS) return;
      if (!(await holdLease(db, RETENTION_LEASE, this.#holder))) throw new RoundEnded();
      renewedMs = performance.now();
    };
    try {
      return await retentionRound({ ...this.#deps, step });
    } finally {
      // So that the next one need not wait; where the database is away, the lease ends by itself.
      await releaseLease(db, RETENTION_LEASE, this.#holder).catch(() => undefined);
    }
  }
}

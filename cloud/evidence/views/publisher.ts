/**
 * Publishes bundles where a Kubo is configured, and takes back what was erased:
 *
 *   kept ──▶ put ──▶ same CID? ──▶ pinned, published
 *                      └ another ──▶ stays unpublished, and is told
 *   forgotten ──▶ unpinned and removed ──▶ gone
 *
 * What fails is tried again: 1 s, 2 s … 15 min.
 */
import type { Logger } from "pino";
import type { Clock, Randomness } from "../../clock.ts";
import type { Database } from "../../database/schema.ts";
import { isPassingTrouble } from "../../database/trouble.ts";
import { every } from "../../live/every.ts";
import { retryDelayMs } from "../../webhooks/back-off.ts";
import {
  type DueBundle,
  dropForgotten,
  storePublished,
  storeUnpublished,
  takeDueBundles,
} from "./due-bundles.ts";
import { ANSWER_MS_MAX, type ContentStore } from "./kubo.ts";

const LOOK_EVERY_MS = 1_000;
const BUNDLES_PER_LOOK_MAX = 20;
/** Longer than all requests of one look may take. */
const HELD_MS = BUNDLES_PER_LOOK_MAX * 3 * ANSWER_MS_MAX;
const ERROR_CHARACTERS_MAX = 300;

export type PublisherDeps = {
  readonly db: Database;
  readonly store: ContentStore;
  readonly clock: Clock;
  readonly randomness: Randomness;
  readonly log: Logger;
};

/** A store that names content otherwise does not hold what was sent: trying again does not help. */
class CidMismatch extends Error {
  override readonly name = "CidMismatch";
}

export class Publisher {
  readonly #deps: PublisherDeps;

  constructor(deps: PublisherDeps) {
    this.#deps = deps;
  }

  /** Until the signal; rejects only by a bug. */
  async run(signal: AbortSignal): Promise<void> {
    await every(LOOK_EVERY_MS, signal, async () => {
      try {
        while (!signal.aborted && (await this.look(signal)) === BUNDLES_PER_LOOK_MAX);
      } catch (error) {
        if (!isPassingTrouble(error)) throw error;
        this.#deps.log.warn({ err: error }, "publishing bundles waits for the database");
      }
    });
  }

  /** One after the other; how many came to where they go. */
  async look(signal: AbortSignal): Promise<number> {
    const { db, clock } = this.#deps;
    const nowMs = clock.nowMs();
    const held = { nowMs, heldUntilMs: nowMs + HELD_MS, limit: BUNDLES_PER_LOOK_MAX };
    let doneCount = 0;
    for (const due of await takeDueBundles(db, held)) {
      // What it has no time for comes at the next start.
      if (signal.aborted) await storeUnpublished(db, due, { nextAttemptAtMs: nowMs, error: "cut short" });
      else if (await this.#isDone(due)) doneCount += 1;
    }
    return doneCount;
  }

  async #isDone(due: DueBundle): Promise<boolean> {
    const { db, clock } = this.#deps;
    const { cid, bytes } = due;
    const error = await this.#tried(cid, bytes);
    if (error !== null) {
      await this.#putOff(due, error);
      return false;
    }
    if (bytes === null) await dropForgotten(db, cid);
    // It was erased while it was on its way. Where it cannot be taken back now, it is due again as soon as it is let go.
    else if (!(await storePublished(db, cid, clock.nowMs())) && (await this.#tried(cid, null)) === null)
      await dropForgotten(db, cid);
    return true;
  }

  /** Asks the store alone; null: it did what it was to do. */
  async #tried(cid: string, bytes: Uint8Array | null): Promise<Error | null> {
    const { store } = this.#deps;
    try {
      if (bytes === null) await store.remove(cid);
      else {
        const given = await store.put(bytes);
        if (given !== cid)
          return new CidMismatch(`expected Kubo to name it ${cid}, and it named it ${given}`);
        await store.pin(cid);
      }
      return null;
    } catch (error) {
      return error instanceof Error ? error : new Error(String(error));
    }
  }

  async #putOff(due: DueBundle, error: Error): Promise<void> {
    const { db, clock, randomness, log } = this.#deps;
    const isHopeless = error instanceof CidMismatch;
    if (isHopeless) log.error({ cid: due.cid, err: error }, "a bundle stays unpublished");
    else log.warn({ cid: due.cid, attempts: due.attempts, err: error }, "a bundle waits for Kubo");
    const [byte = 0] = randomness.bytes(1);
    const againAtMs = clock.nowMs() + retryDelayMs(due.attempts, byte / 256);
    await storeUnpublished(db, due, {
      nextAttemptAtMs: isHopeless ? null : againAtMs,
      error: error.message.slice(0, ERROR_CHARACTERS_MAX),
    });
  }
}

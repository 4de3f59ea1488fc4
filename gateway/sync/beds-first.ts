/**
 * What was measured goes when no bed event waits, one batch at a time: all lanes share one thread, one processor and one
 * link. Where bed events never pause, readings still get a fifth of the time.
 */
import type { Clock } from "../moment.ts";
import { type Pause, Wake } from "./wake.ts";

/** Behind bed events that never pause, readings wait so many times as long as their last batch took. */
const WAIT_PER_BATCH = 4;
/** But not longer than this. */
const READINGS_WAIT_MS_MAX = 5_000;

export type BedsFirstParts = {
  readonly clock: Clock;
  readonly pause: Pause;
  /** Bed events wait, and could go. */
  readonly bedsWait: () => boolean;
};

export class BedsFirst {
  readonly #parts: BedsFirstParts;
  readonly #bedsRest = new Wake();
  #before: Promise<unknown> = Promise.resolve();
  #lastBatch: { readonly endMonoMs: number; readonly ms: number };

  constructor(parts: BedsFirstParts) {
    this.#parts = parts;
    this.#lastBatch = { endMonoMs: parts.clock.now().monoMs, ms: READINGS_WAIT_MS_MAX };
  }

  /** Bed events need the way no longer, for now. */
  bedsRest(): void {
    this.#bedsRest.ring();
  }

  /** Sends one batch of readings once it is its turn. */
  run<Result>(send: () => Promise<Result>, signal: AbortSignal): Promise<Result> {
    const turn = this.#before.then(async () => {
      await this.#untilBedsRest(signal);
      const { clock } = this.#parts;
      const beganMonoMs = clock.now().monoMs;
      const result = await send();
      const endMonoMs = clock.now().monoMs;
      this.#lastBatch = { endMonoMs, ms: endMonoMs - beganMonoMs };
      return result;
    });
    this.#before = turn.catch(() => undefined);
    return turn;
  }

  async #untilBedsRest(signal: AbortSignal): Promise<void> {
    const { clock, pause, bedsWait } = this.#parts;
    while (bedsWait() && !signal.aborted) {
      const { endMonoMs, ms } = this.#lastBatch;
      const leftMs = endMonoMs + Math.min(READINGS_WAIT_MS_MAX, WAIT_PER_BATCH * ms) - clock.now().monoMs;
      if (leftMs <= 0) return;
      await this.#bedsRest.waitAtMost(leftMs, pause, signal);
    }
  }
}

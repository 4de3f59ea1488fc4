/**
 * What was measured goes when no bed event waits, one batch at a time: all lanes share one thread, one processor and one
 * link. Where bed events never pause, a batch of readings still gets its turn every few seconds.
 */
import type { Clock } from "../moment.ts";
import { type Pause, Wake } from "./wake.ts";

/** At most this long do readings wait behind bed events that never pause. */
export const READINGS_WAIT_MS_MAX = 5_000;

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
  #lastBatchMonoMs: number;

  constructor(parts: BedsFirstParts) {
    this.#parts = parts;
    this.#lastBatchMonoMs = parts.clock.now().monoMs;
  }

  /** Bed events need the way no longer, for now. */
  bedsRest(): void {
    this.#bedsRest.ring();
  }

  /** Sends one batch of readings once it is its turn. */
  run<Result>(send: () => Promise<Result>, signal: AbortSignal): Promise<Result> {
    const turn = this.#before.then(async () => {
      await this.#untilBedsRest(signal);
      this.#lastBatchMonoMs = this.#parts.clock.now().monoMs;
      return send();
    });
    this.#before = turn.catch(() => undefined);
    return turn;
  }

  async #untilBedsRest(signal: AbortSignal): Promise<void> {
    const { clock, pause, bedsWait } = this.#parts;
    while (bedsWait() && !signal.aborted) {
      const leftMs = this.#lastBatchMonoMs + READINGS_WAIT_MS_MAX - clock.now().monoMs;
      if (leftMs <= 0) return;
      await this.#bedsRest.waitAtMost(leftMs, pause, signal);
    }
  }
}

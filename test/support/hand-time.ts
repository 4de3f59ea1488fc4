/** A clock whose pauses end when the test lets time pass: hours of waiting in no time, and each wait to the millisecond. */
import type { Clock, Moment } from "../../gateway/moment.ts";
import { at } from "./moments.ts";

type Sleeper = { readonly dueMs: number; readonly wakeUp: () => void };

export class HandTime implements Clock {
  #passedMs = 0;
  readonly #sleepers = new Set<Sleeper>();

  now(): Moment {
    return at(this.#passedMs / 1_000);
  }

  readonly pause = (ms: number, signal: AbortSignal): Promise<void> => {
    if (signal.aborted) return Promise.resolve();
    return new Promise((resolve) => {
      const wakeUp = () => {
        this.#sleepers.delete(sleeper);
        signal.removeEventListener("abort", wakeUp);
        resolve();
      };
      // A whole millisecond at least, like the timers that this stands for.
      const sleeper = { dueMs: this.#passedMs + Math.max(1, Math.ceil(ms)), wakeUp };
      this.#sleepers.add(sleeper);
      signal.addEventListener("abort", wakeUp, { once: true });
    });
  };

  /** Wakes each sleeper at its time, and lets it do what it then does before the next one wakes. */
  async pass(ms: number): Promise<void> {
    const endMs = this.#passedMs + ms;
    await settle();
    for (;;) {
      const next = this.#nextUntil(endMs);
      if (next === null) break;
      this.#passedMs = next.dueMs;
      next.wakeUp();
      await settle();
    }
    this.#passedMs = endMs;
  }

  #nextUntil(endMs: number): Sleeper | null {
    let next: Sleeper | null = null;
    for (const sleeper of this.#sleepers)
      if (sleeper.dueMs <= endMs && (next === null || sleeper.dueMs < next.dueMs)) next = sleeper;
    return next;
  }
}

/** Everything that can go on without time passing has gone on. */
const settle = () => new Promise<void>((resolve) => setImmediate(resolve));

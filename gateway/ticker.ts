/** Wakes the interpreter when time alone may change something: a wait is over, a sensor silent for too long. */
import type { Clock, Moment } from "./moment.ts";

/** What is due and still waits (a source that fell silent in the middle of its wait) is looked at again this often. */
const OVERDUE_EVERY_MS = 1_000;
const TICK_MS_MAX = 3_600_000;

export class Ticker {
  readonly #clock: Clock;
  readonly #nextDueMonoMs: () => number | null;
  readonly #onTick: (now: Moment) => void;
  #timer: NodeJS.Timeout | null = null;
  #dueMonoMs: number | null = null;

  constructor(parts: { clock: Clock; nextDueMonoMs: () => number | null; onTick: (now: Moment) => void }) {
    this.#clock = parts.clock;
    this.#nextDueMonoMs = parts.nextDueMonoMs;
    this.#onTick = parts.onTick;
  }

  /** Called after each commit, since what is due may have changed. */
  schedule(): void {
    const dueMonoMs = this.#nextDueMonoMs();
    if (dueMonoMs === this.#dueMonoMs && this.#timer !== null) return;
    this.stop();
    if (dueMonoMs === null) return;
    this.#dueMonoMs = dueMonoMs;
    const waitMs = dueMonoMs - this.#clock.now().monoMs;
    const delayMs = waitMs > 0 ? Math.min(waitMs, TICK_MS_MAX) : OVERDUE_EVERY_MS;
    this.#timer = setTimeout(() => {
      this.stop();
      this.#onTick(this.#clock.now());
    }, delayMs);
  }

  stop(): void {
    if (this.#timer !== null) clearTimeout(this.#timer);
    this.#timer = null;
    this.#dueMonoMs = null;
  }
}

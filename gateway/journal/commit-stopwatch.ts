import { COMMIT_MS_BOUNDS, type CommitTimes } from "./journal-port.ts";

const SECONDS = 60;

/** How long commits take. `nowMs` is monotonic and finer than a millisecond. */
export class CommitStopwatch {
  readonly #nowMs: () => number;
  readonly #counts: number[] = new Array(COMMIT_MS_BOUNDS.length + 1).fill(0);
  /** The longest of each of the last sixty seconds; the last one is running. */
  readonly #maxima: number[] = [0];
  #sumMs = 0;

  constructor(nowMs: () => number) {
    this.#nowMs = nowMs;
  }

  /** A commit that throws is not counted: it is none. */
  time(commit: () => void): void {
    const began = this.#nowMs();
    commit();
    const tookMs = this.#nowMs() - began;
    let bucket = 0;
    while (bucket < COMMIT_MS_BOUNDS.length && tookMs > (COMMIT_MS_BOUNDS[bucket] as number)) bucket += 1;
    this.#counts[bucket] = (this.#counts[bucket] ?? 0) + 1;
    this.#sumMs += tookMs;
    const running = this.#maxima.length - 1;
    this.#maxima[running] = Math.max(this.#maxima[running] ?? 0, tookMs);
  }

  secondPassed(): void {
    this.#maxima.push(0);
    if (this.#maxima.length > SECONDS) this.#maxima.shift();
  }

  times(): CommitTimes {
    return {
      count: this.#counts.reduce((sum, count) => sum + count, 0),
      sumMs: this.#sumMs,
      lastMinuteMsMax: Math.max(...this.#maxima),
      counts: [...this.#counts],
    };
  }
}

/** Waits so long, or until the signal fires. An argument, so that a test's hours pass in no time. */
export type Pause = (ms: number, signal: AbortSignal) => Promise<void>;

/** Lets a loop sleep until there is something to do. A ring while nobody sleeps is kept for the next sleeper. */
export class Wake {
  #rung = false;
  #sleeper: (() => void) | null = null;

  ring(): void {
    this.#rung = true;
    this.#sleeper?.();
  }

  async wait(signal: AbortSignal): Promise<void> {
    if (!this.#rung && !signal.aborted) {
      await new Promise<void>((resolve) => {
        const wakeUp = () => {
          // A process waits here for weeks on one signal: a listener left behind each time would pile up.
          signal.removeEventListener("abort", wakeUp);
          resolve();
        };
        this.#sleeper = wakeUp;
        signal.addEventListener("abort", wakeUp, { once: true });
      });
      this.#sleeper = null;
    }
    // Whom the signal woke has not seen what the ring was about.
    if (!signal.aborted) this.#rung = false;
  }

  /** The same, but not longer than this. */
  async waitAtMost(ms: number, pause: Pause, signal: AbortSignal): Promise<void> {
    const isOver = new AbortController();
    const either = AbortSignal.any([signal, isOver.signal]);
    await Promise.race([this.wait(either), pause(ms, either)]);
    isOver.abort();
  }
}

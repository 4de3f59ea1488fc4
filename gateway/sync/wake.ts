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
    this.#rung = false;
  }
}

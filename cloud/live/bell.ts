/** Wakes the follower: at once when somebody rings, otherwise after a while. Rings while nobody waits are kept. */

/** What there is to look at. */
export type Ring = "beds" | "evidence" | "desk";

export class Bell {
  #rung = new Set<Ring>();
  #wake: (() => void) | null = null;

  ring(ring: Ring): void {
    this.#rung.add(ring);
    this.#wake?.();
  }

  /** What was rung since; nothing, where the wait was over or the signal came. */
  async heard(waitMsMax: number, signal: AbortSignal): Promise<ReadonlySet<Ring>> {
    if (this.#rung.size === 0 && !signal.aborted)
      await new Promise<void>((resolve) => {
        const done = () => {
          clearTimeout(timer);
          signal.removeEventListener("abort", done);
          this.#wake = null;
          resolve();
        };
        const timer = setTimeout(done, waitMsMax);
        signal.addEventListener("abort", done, { once: true });
        this.#wake = done;
      });
    const rung = this.#rung;
    this.#rung = new Set();
    return rung;
  }
}

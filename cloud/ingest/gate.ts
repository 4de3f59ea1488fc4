/** Lets so many in at once, has a few more wait in order, and turns the rest away: no queue grows without bound. */
export type GateLimits = { readonly insideMax: number; readonly waitingMax: number };

export class Gate {
  readonly #limits: GateLimits;
  readonly #waiting: (() => void)[] = [];
  #inside = 0;

  constructor(limits: GateLimits) {
    this.#limits = limits;
  }

  get inside(): number {
    return this.#inside;
  }

  get waiting(): number {
    return this.#waiting.length;
  }

  get isFull(): boolean {
    return this.#inside >= this.#limits.insideMax && this.#waiting.length >= this.#limits.waitingMax;
  }

  /** Null: turned away. */
  async pass<T>(task: () => Promise<T>): Promise<T | null> {
    if (this.isFull) return null;
    if (this.#inside >= this.#limits.insideMax)
      // Whoever leaves hands its place on, so that nobody slips in between.
      await new Promise<void>((resolve) => this.#waiting.push(resolve));
    else this.#inside += 1;
    try {
      return await task();
    } finally {
      const next = this.#waiting.shift();
      if (next === undefined) this.#inside -= 1;
      else next();
    }
  }
}

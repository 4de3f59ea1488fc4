/** Every duration that was measured, not buckets of them: the worst ones are what is asked for. */
const CAPACITY_AT_FIRST = 1 << 16;

export type Spread = { readonly p50Ms: number; readonly p99Ms: number; readonly maxMs: number };

export class Samples {
  #values = new Float32Array(CAPACITY_AT_FIRST);
  #count = 0;

  add(ms: number): void {
    if (this.#count === this.#values.length) {
      const wider = new Float32Array(this.#values.length * 2);
      wider.set(this.#values);
      this.#values = wider;
    }
    this.#values[this.#count] = ms;
    this.#count += 1;
  }

  clear(): void {
    this.#count = 0;
  }

  /** Null where nothing was measured. */
  spread(): Spread | null {
    if (this.#count === 0) return null;
    const sorted = this.#values.subarray(0, this.#count).slice().sort();
    const rank = (share: number) => round(sorted[Math.max(0, Math.ceil(share * sorted.length) - 1)] ?? 0);
    return { p50Ms: rank(0.5), p99Ms: rank(0.99), maxMs: rank(1) };
  }
}

const round = (ms: number) => Math.round(ms * 1_000) / 1_000;

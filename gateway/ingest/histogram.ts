/** Durations counted in fixed buckets: cheap to fill, and read by the metrics as they stand. */
export const BUCKETS_MS = [0.01, 0.05, 0.1, 0.5, 1, 2, 5, 10, 20, 50, 100, 500, 1_000, 10_000] as const;

export class Histogram {
  /** One more than there are bounds: what is longer than the last. */
  readonly #counts = new Array<number>(BUCKETS_MS.length + 1).fill(0);
  #count = 0;
  #sumMs = 0;

  note(ms: number): void {
    let bucket = 0;
    while (bucket < BUCKETS_MS.length && ms > (BUCKETS_MS[bucket] as number)) bucket += 1;
    this.#counts[bucket] = (this.#counts[bucket] as number) + 1;
    this.#count += 1;
    this.#sumMs += ms;
  }

  get count(): number {
    return this.#count;
  }

  get sumMs(): number {
    return this.#sumMs;
  }

  /** How many lasted at most so long, for each bound of BUCKETS_MS. */
  cumulative(): number[] {
    let sum = 0;
    return BUCKETS_MS.map((_, bucket) => {
      sum += this.#counts[bucket] as number;
      return sum;
    });
  }
}

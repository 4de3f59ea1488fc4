/**
 * What is left of readings that had to be given up: for each series and each step of time how many good values there
 * were, their least, mean and greatest. Values that were bad or missing are in no aggregate: their number is the
 * tombstone's range less the sum of its counts. Booleans count as 0 and 1, so that their mean is the share of true.
 */
export type Aggregate = {
  readonly series: number;
  readonly startAtMs: number;
  readonly count: number;
  readonly min: number;
  readonly mean: number;
  readonly max: number;
};

export const FINE_STEP_MS = 10_000;
export const COARSE_STEP_MS = 60_000;

/** Bits of a reading's flags (see contracts/wire/reading-columns.ts): a reason to distrust it, and "no value". */
const BAD_OR_MISSING = 0b10_0111;

export class Aggregates {
  readonly #stepMs: number;
  readonly #bySeries = new Map<number, Map<number, Aggregate>>();
  #count = 0;

  constructor(stepMs: number) {
    this.#stepMs = stepMs;
  }

  get count(): number {
    return this.#count;
  }

  addReading(series: number, observedAtMs: number, value: number, flags: number): void {
    if ((flags & BAD_OR_MISSING) !== 0) return;
    this.add({ series, startAtMs: observedAtMs, count: 1, min: value, mean: value, max: value });
  }

  /** Of an equal or finer step. */
  add(one: Aggregate): void {
    const startAtMs = Math.floor(one.startAtMs / this.#stepMs) * this.#stepMs;
    const steps = this.#bySeries.get(one.series) ?? new Map<number, Aggregate>();
    if (steps.size === 0) this.#bySeries.set(one.series, steps);
    const before = steps.get(startAtMs);
    if (before === undefined) this.#count += 1;
    steps.set(startAtMs, before === undefined ? { ...one, startAtMs } : join(before, one));
  }

  *[Symbol.iterator](): Iterator<Aggregate> {
    for (const steps of this.#bySeries.values()) yield* steps.values();
  }
}

function join(a: Aggregate, b: Aggregate): Aggregate {
  const count = a.count + b.count;
  return {
    series: a.series,
    startAtMs: a.startAtMs,
    count,
    min: Math.min(a.min, b.min),
    // Weighted, not summed: a sum of two finite means can be infinite.
    mean: a.mean * (a.count / count) + b.mean * (b.count / count),
    max: Math.max(a.max, b.max),
  };
}

export type BenchOptions = { readonly isShort: boolean; readonly say: (line: string) => void };

export type Measured = {
  /** Ratios with their spread, and both sides' own figures. */
  readonly figures: Readonly<Record<string, unknown>>;
  /** Which ratio or which correctness did not hold, in sentences. Absolute figures never decide. */
  readonly misses: readonly string[];
};

export type Bench = (options: BenchOptions) => Promise<Measured>;

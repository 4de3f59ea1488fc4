export type ProveOptions = { readonly isShort: boolean; readonly say: (line: string) => void };

export type Shown = {
  readonly figures: Readonly<Record<string, unknown>>;
  /** What did not hold, in sentences; empty: the claim holds and its control failed as it must. */
  readonly misses: readonly string[];
};

export type Claim = (options: ProveOptions) => Promise<Shown>;

/** How long everything is measured; short is there to see that it runs, its figures are too few to mean much. */
export type Size = {
  readonly pairs: number;
  readonly run: { readonly warmUpMs: number; readonly measuredMs: number };
  readonly pacedRun: { readonly warmUpMs: number; readonly measuredMs: number };
  /**
   * Paced runs that are told and do not count: at a hospital's pace V8 goes on compiling for half a minute after a start,
   * and a gateway runs for months.
   */
  readonly firstPacedRuns: number;
  readonly probedMs: number;
  readonly floodMs: number;
  /** By how much a goal may be missed before the run fails: what is measured for a second or two says little more. */
  readonly slack: number;
};

export const FULL: Size = {
  pairs: 9,
  run: { warmUpMs: 2_000, measuredMs: 4_000 },
  pacedRun: { warmUpMs: 2_000, measuredMs: 6_000 },
  firstPacedRuns: 3,
  probedMs: 3_000,
  floodMs: 60_000,
  slack: 1,
};

export const SHORT: Size = {
  pairs: 3,
  run: { warmUpMs: 500, measuredMs: 1_000 },
  pacedRun: { warmUpMs: 500, measuredMs: 1_500 },
  firstPacedRuns: 0,
  probedMs: 1_000,
  floodMs: 5_000,
  slack: 3,
};

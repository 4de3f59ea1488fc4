/** Several measurements of the same thing, told with how far they lie apart. */
export type Spread = { readonly min: number; readonly median: number; readonly max: number };

export function spreadOf(values: readonly number[]): Spread {
  const sorted = values.toSorted((a, b) => a - b);
  const middle = (sorted.length - 1) / 2;
  const median = ((sorted[Math.floor(middle)] ?? Number.NaN) + (sorted[Math.ceil(middle)] ?? Number.NaN)) / 2;
  return {
    min: rounded(sorted[0] ?? Number.NaN),
    median: rounded(median),
    max: rounded(sorted.at(-1) ?? Number.NaN),
  };
}

/** Three digits behind the point below a hundred, none above: more is noise. */
const rounded = (value: number) => (Math.abs(value) < 100 ? Number(value.toFixed(3)) : Math.round(value));

/** One after the other, in turns who is first, so that what disturbs the machine disturbs both alike. */
export async function interleaved<Ours, Theirs>(
  pairs: number,
  ours: () => Promise<Ours>,
  theirs: () => Promise<Theirs>,
): Promise<{ readonly ours: Ours[]; readonly theirs: Theirs[] }> {
  const measured: { ours: Ours[]; theirs: Theirs[] } = { ours: [], theirs: [] };
  for (let n = 0; n < pairs; n++) {
    if (n % 2 === 0) measured.ours.push(await ours());
    measured.theirs.push(await theirs());
    if (n % 2 === 1) measured.ours.push(await ours());
  }
  return measured;
}

/** Of each pair its own ratio; a median of ratios, not a ratio of medians. */
export const ratiosOf = <Ours, Theirs>(
  { ours, theirs }: { readonly ours: readonly Ours[]; readonly theirs: readonly Theirs[] },
  ratio: (ours: Ours, theirs: Theirs) => number,
): Spread =>
  spreadOf(
    ours.flatMap((one, n) => {
      const other = theirs[n];
      return other === undefined ? [] : [ratio(one, other)];
    }),
  );

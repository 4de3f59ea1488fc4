/** What was put in and what was found again, series by series; and how the two differ. Pure. */

/** Of one series. `bad`: kept with a value that is not to be used. `empty`: the device said that it had none. */
export type Tally = {
  readonly good: number;
  readonly goodSum: number;
  readonly bad: number;
  readonly badSum: number;
  readonly empty: number;
  /** Both together, as who does not tell them apart counts them. */
  readonly unusable: number;
};

/** What one place tells of a series; a store that keeps no such thing leaves it out. */
export type Found = Partial<Tally>;
/** By `gateway device metric`. */
export type FoundSeries = ReadonlyMap<string, Found>;

export const seriesName = (gateway: string, device: string, metric: string) =>
  `${gateway} ${device} ${metric}`;

const NOTHING: Tally = { good: 0, goodSum: 0, bad: 0, badSum: 0, empty: 0, unusable: 0 };

export class Tallies {
  readonly #bySeries = new Map<string, Tally>();

  get bySeries(): ReadonlyMap<string, Tally> {
    return this.#bySeries;
  }

  add(series: string, kind: "good" | "bad" | "empty", value: number): void {
    const known = this.#bySeries.get(series) ?? NOTHING;
    this.#bySeries.set(series, {
      good: known.good + (kind === "good" ? 1 : 0),
      goodSum: known.goodSum + (kind === "good" ? value : 0),
      bad: known.bad + (kind === "bad" ? 1 : 0),
      badSum: known.badSum + (kind === "bad" ? value : 0),
      empty: known.empty + (kind === "empty" ? 1 : 0),
      unusable: known.unusable + (kind === "good" ? 0 : 1),
    });
  }

  /** Of all series together. */
  get total(): Tally {
    return totalOf(this.#bySeries);
  }
}

/** A series that a place says nothing of counts as none. */
export function totalOf(series: FoundSeries): Tally {
  let total = NOTHING;
  for (const found of series.values())
    total = {
      good: total.good + (found.good ?? 0),
      goodSum: total.goodSum + (found.goodSum ?? 0),
      bad: total.bad + (found.bad ?? 0),
      badSum: total.badSum + (found.badSum ?? 0),
      empty: total.empty + (found.empty ?? 0),
      unusable: total.unusable + (found.unusable ?? 0),
    };
  return total;
}

/**
 * A sentence for each series that is not found as it was put in. `kept`: what this place keeps at all. Sums are compared
 * exactly: all values are quarters, which a double adds up without rounding.
 */
export function differences(
  putIn: ReadonlyMap<string, Tally>,
  found: FoundSeries,
  kept: readonly (keyof Tally)[],
): string[] {
  const names = new Set([...putIn.keys(), ...found.keys()]);
  return [...names].flatMap((name) => {
    const expected = putIn.get(name) ?? NOTHING;
    const got = found.get(name) ?? {};
    const wrong = kept.filter((field) => expected[field] !== (got[field] ?? 0));
    const words = wrong.map((field) => `${field} ${got[field] ?? 0} where ${expected[field]} were put in`);
    return wrong.length === 0 ? [] : [`${name}: ${words.join(", ")}`];
  });
}

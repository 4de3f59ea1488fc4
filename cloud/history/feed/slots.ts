/**
 * Which of the readings of its series, journal and millisecond a reading is, counted by `seq` from 0. Stores of the
 * InfluxDB kind keep one point of a series at a time and overwrite it without a word, so two readings of one millisecond
 * need two times; and a reading that is brought again needs the one that it had.
 *
 * For each series the newest times are remembered, with how many readings each has. What is newer than `knownAfterMs` of
 * its series is counted here; what is older has to be counted in the database.
 *
 *   remembered     10:00:01 ×1   10:00:02 ×2   10:00:03 ×1
 *   10:00:04 came  → 0           10:00:02 came  → 2          09:59:00 came  → null: ask the database
 */

/** Times remembered of a series, at least and at most. */
const TIMES_MIN = 16;
const TIMES_MAX = 2 * TIMES_MIN;
/** Series remembered. Beyond that the one that was heard of first is forgotten, and asked for again. */
const SERIES_MAX = 100_000;

type Remembered = {
  /** Every reading of this series that is newer is in `atMs`. */
  knownAfterMs: number;
  /** Ascending. */
  readonly atMs: number[];
  readonly count: number[];
};

export class Slots {
  readonly #seriesMax: number;
  readonly #remembered = new Map<number, Remembered>();
  #newestAtMs: number;
  /** No series that is not remembered has a newer reading. */
  #forgottenAtMs: number;

  /** `newestAtMs`: of the readings that came before, of all series; -1 where there were none. */
  constructor(newestAtMs: number, seriesMax = SERIES_MAX) {
    this.#newestAtMs = newestAtMs;
    this.#forgottenAtMs = newestAtMs;
    this.#seriesMax = seriesMax;
  }

  get newestAtMs(): number {
    return this.#newestAtMs;
  }

  /** In the order of `seq`. Null: older than what is remembered. */
  next(seriesId: number, observedAtMs: number): number | null {
    const remembered = this.#of(seriesId);
    if (observedAtMs > this.#newestAtMs) this.#newestAtMs = observedAtMs;
    if (observedAtMs <= remembered.knownAfterMs) return null;
    const { atMs, count } = remembered;
    let place = atMs.length;
    while (place > 0 && (atMs[place - 1] ?? 0) > observedAtMs) place -= 1;
    if (place > 0 && atMs[place - 1] === observedAtMs) {
      const slot = count[place - 1] ?? 0;
      count[place - 1] = slot + 1;
      return slot;
    }
    atMs.splice(place, 0, observedAtMs);
    count.splice(place, 0, 1);
    if (atMs.length > TIMES_MAX) {
      remembered.knownAfterMs = atMs[TIMES_MAX - TIMES_MIN] ?? observedAtMs;
      atMs.splice(0, TIMES_MAX - TIMES_MIN + 1);
      count.splice(0, TIMES_MAX - TIMES_MIN + 1);
    }
    return 0;
  }

  #of(seriesId: number): Remembered {
    const known = this.#remembered.get(seriesId);
    if (known !== undefined) return known;
    if (this.#remembered.size >= this.#seriesMax) this.#forgetFirst();
    const made = { knownAfterMs: this.#forgottenAtMs, atMs: [], count: [] };
    this.#remembered.set(seriesId, made);
    return made;
  }

  #forgetFirst(): void {
    const [first] = this.#remembered.keys();
    if (first !== undefined) this.#remembered.delete(first);
    this.#forgottenAtMs = this.#newestAtMs;
  }
}

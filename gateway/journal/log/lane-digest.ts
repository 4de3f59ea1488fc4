/**
 * The readings of a lane that no leaf covers yet, as a running digest. Only what is committed is in it: rows are added
 * behind their commit, and after a restart from the file.
 *
 *   … leaf │ first ── in the digest ── last │ on disk, not in it (read on from the file) │ head
 */
import { forEachRow, type PackedRows } from "../reading-rows.ts";
import type { FoundReading } from "../reading-table.ts";
import type { SeriesBook } from "../series-book.ts";
import { printOfSeries, ReadingDigest } from "./digest-bytes.ts";

/** Of one leaf, about: a group of records is never divided. */
export const DIGEST_ROWS_MAX = 10_000;

export type ReadingStretch = {
  readonly firstSeq: number;
  readonly lastSeq: number;
  readonly payload: string;
};

export class LaneDigest {
  readonly #series: SeriesBook;
  readonly #prints: (Uint32Array | undefined)[] = [];
  readonly #digest = new ReadingDigest();
  #count = 0;
  #lastSeq: number;
  #beganMonoMs = 0;
  #isEnded = false;

  constructor(series: SeriesBook, throughSeq: number) {
    this.#series = series;
    this.#lastSeq = throughSeq;
  }

  /** Number of the last row that was looked at. */
  get lastSeq(): number {
    return this.#lastSeq;
  }

  isDue(nowMonoMs: number, windowMs: number): boolean {
    if (this.#count === 0) return false;
    return this.#isEnded || this.#count >= DIGEST_ROWS_MAX || nowMonoMs - this.#beganMonoMs >= windowMs;
  }

  /** What a leaf over all of it says; null: nothing is in it. */
  stretch(): ReadingStretch | null {
    if (this.#count === 0) return null;
    const payload = JSON.stringify({ count: this.#count, sha256: this.#digest.soFar() });
    return { firstSeq: this.#lastSeq - this.#count + 1, lastSeq: this.#lastSeq, payload };
  }

  /** Its leaf is committed. */
  begin(): void {
    this.#digest.begin();
    this.#count = 0;
    this.#isEnded = false;
  }

  /** Rows that were just committed. Behind a gap they are left: they are read from the file in their turn. */
  addCommitted(rows: PackedRows, firstSeq: number, nowMonoMs: number): void {
    if (rows.count === 0 || firstSeq !== this.#lastSeq + 1 || this.#isEnded) return;
    if (this.#count === 0) this.#beganMonoMs = nowMonoMs;
    forEachRow(rows, ({ series, receivedAtMs, observedAtMs, value, flags }) => {
      this.#digest.add(this.#printOf(series), receivedAtMs, observedAtMs, value, flags);
    });
    this.#count += rows.count;
    this.#lastSeq += rows.count;
  }

  /**
   * Rows of the file behind `lastSeq` and before `endSeq`, in order; `isAll`: there are no others. Where one is missing
   * or damaged the digest ends before it and, once its leaf is there, begins after it.
   */
  addFound(rows: readonly FoundReading[], isAll: boolean, endSeq: number, nowMonoMs: number): void {
    for (const { row, isSound } of rows) {
      if (this.#count >= DIGEST_ROWS_MAX) return;
      const [seq, series, receivedAtMs, observedAtMs, , value, flags] = row;
      if (this.#count > 0 && (seq !== this.#lastSeq + 1 || !isSound)) {
        this.#isEnded = true;
        return;
      }
      this.#lastSeq = seq;
      if (!isSound) continue;
      if (this.#count === 0) this.#beganMonoMs = nowMonoMs;
      this.#digest.add(this.#printOf(series), receivedAtMs, observedAtMs, value, flags);
      this.#count += 1;
    }
    if (!isAll || this.#lastSeq === endSeq - 1) return;
    if (this.#count > 0) this.#isEnded = true;
    else this.#lastSeq = endSeq - 1;
  }

  #printOf(series: number): Uint32Array {
    const known = this.#prints[series];
    if (known !== undefined) return known;
    const facts = this.#series.factsOf(series);
    if (facts === undefined) throw new Error(`expected a known series, got number ${series}`);
    const print = printOfSeries(facts);
    this.#prints[series] = print;
    return print;
  }
}

/**
 * What of a lane goes to the cloud next. Every row's checksum is looked at on its way out; what is damaged, or missing
 * without a tombstone, is handed to whoever looks after the file, and its tombstone goes instead.
 */
import type Database from "better-sqlite3";
import type { Lane } from "../../contracts/wire/ids.ts";
import type { BatchContent } from "../../contracts/wire/sync-batch.ts";
import type { LaneMarks } from "./journal-port.ts";
import { LANE_NUMBERS } from "./lane-numbers.ts";
import type { SeriesBook } from "./series-book.ts";
import type { Stretches } from "./stretch.ts";
import { nothingLeft, TombstoneReader } from "./tombstone-reader.ts";

/** Each look that finds damage takes it out of the lane; a file with more than this wants salvage, not patience. */
const LOOKS_MAX = 1_000;

export type NextContent = {
  readonly firstSeq: number;
  readonly lastSeq: number;
  readonly content: BatchContent;
};

type Parts = {
  readonly database: Database.Database;
  readonly tables: Readonly<Record<Lane, Stretches>>;
  readonly series: SeriesBook;
  readonly onDamage: (lane: number, fromSeq: number, throughSeq: number) => void;
};
type Look = { readonly next: NextContent | null } | { readonly damagedThrough: number };

export class BatchReader {
  readonly #onDamage: Parts["onDamage"];
  readonly #tombstones: TombstoneReader;
  readonly #tables: Parts["tables"];

  constructor({ database, tables, series, onDamage }: Parts) {
    this.#onDamage = onDamage;
    this.#tombstones = new TombstoneReader(database, series);
    this.#tables = tables;
  }

  next(lane: Lane, marks: LaneMarks, afterSeq: number, recordsMax: number): NextContent | null {
    for (let look = 0; look < LOOKS_MAX; look++) {
      const found = this.#look(lane, marks, afterSeq + 1, recordsMax);
      if ("next" in found) return found.next;
      this.#onDamage(LANE_NUMBERS[lane], afterSeq + 1, found.damagedThrough);
    }
    throw new Error(`lane ${lane}: damage after ${afterSeq} that no tombstone takes the place of`);
  }

  #look(lane: Lane, { headSeq, acknowledgedSeq }: LaneMarks, firstSeq: number, recordsMax: number): Look {
    if (firstSeq > headSeq) return { next: null };
    const tombstone = this.#tombstones.over(LANE_NUMBERS[lane], firstSeq);
    if (tombstone !== null) return { next: { firstSeq, lastSeq: tombstone.throughSeq, content: tombstone } };

    const beforeSeq = this.#tombstones.nextAfter(LANE_NUMBERS[lane], firstSeq) ?? headSeq + 1;
    const stretch = this.#tables[lane].stretch(firstSeq - 1, beforeSeq, recordsMax);
    const { seqs } = stretch;
    let count = 0;
    while (count < seqs.length && seqs[count] === firstSeq + count && stretch.isSound(count)) count += 1;
    if (count > 0)
      return { next: { firstSeq, lastSeq: firstSeq + count - 1, content: stretch.content(count) } };

    const missingThrough = (seqs[0] ?? beforeSeq) - 1;
    if (missingThrough >= firstSeq && firstSeq <= acknowledgedSeq) {
      const throughSeq = Math.min(missingThrough, acknowledgedSeq);
      return { next: { firstSeq, lastSeq: throughSeq, content: nothingLeft("acknowledged", throughSeq) } };
    }
    const soundAgain = seqs.find((_, index) => stretch.isSound(index));
    // With as many rows as asked for and none of them sound, the next look goes on behind them.
    const lookedThrough = seqs.length < recordsMax ? beforeSeq - 1 : (seqs.at(-1) ?? firstSeq);
    return { damagedThrough: soundAgain === undefined ? lookedThrough : soundAgain - 1 };
  }
}

/** One lane's readings in the journal: written in long statements, read in order. */
import type Database from "better-sqlite3";
import type { ReadingsContent } from "../../contracts/wire/sync-batch.ts";
import { checksumOfReading } from "./checksum.ts";
import type { ReadingLane } from "./journal-port.ts";
import { LANE_NUMBERS } from "./lane-numbers.ts";
import { newestOf } from "./prune.ts";
import { forEachRow, type PackedRows, ReadingRows } from "./reading-rows.ts";
import type { SeriesBook } from "./series-book.ts";
import { SeriesPlaces } from "./series-places.ts";
import type { Stretch } from "./stretch.ts";

const COLUMNS = 8;
/** Measured: fifty rows a statement go in twice as fast as one; more gain nothing. Largest first. */
const ROWS_A_STATEMENT = [50, 5, 1] as const;

/** A row as it stands in the file. */
export type StoredReading = readonly [
  seq: number,
  series: number,
  receivedAtMs: number,
  observedAtMs: number,
  stamp: number | null,
  value: number,
  flags: number,
  checksum: number,
];

export type FoundReading = { readonly row: StoredReading; readonly isSound: boolean };

const ROW = "seq, series, received_at_ms, observed_at_ms, stamp, value, flags, checksum";
export const readingsForward = (lane: ReadingLane) =>
  `SELECT ${ROW} FROM ${lane} WHERE seq > ? AND seq < ? ORDER BY seq LIMIT ?`;
export const readingsSince = (lane: ReadingLane) =>
  `SELECT ${ROW} FROM ${lane} WHERE seq > ? AND received_at_ms >= ? AND stamp IS NOT NULL ORDER BY seq LIMIT ?`;
/** Rows read at a time where many are wanted: all at once would take as much memory as the rest of the gateway. */
const SLICE = 5_000;

type Insert = { readonly rows: number; readonly values: unknown[]; readonly statement: Database.Statement };

export class ReadingTable {
  readonly #lane: number;
  readonly #series: SeriesBook;
  readonly #inserts: readonly Insert[];
  readonly #forward: Database.Statement<[number, number, number], StoredReading>;
  readonly #newest: Database.Statement<[], { atMs: number }>;
  readonly #since: Database.Statement<[number, number, number], StoredReading>;

  constructor(database: Database.Database, lane: ReadingLane, series: SeriesBook) {
    this.#lane = LANE_NUMBERS[lane];
    this.#series = series;
    this.#inserts = ROWS_A_STATEMENT.map((rows) => {
      const row = `(${Array(COLUMNS).fill("?").join(", ")})`;
      const statement = database.prepare(`INSERT INTO ${lane} VALUES ${Array(rows).fill(row).join(", ")}`);
      return { rows, statement, values: new Array(rows * COLUMNS).fill(0) };
    });
    this.#forward = database.prepare<[number, number, number], StoredReading>(readingsForward(lane)).raw();
    this.#newest = database.prepare(newestOf(lane));
    this.#since = database.prepare<[number, number, number], StoredReading>(readingsSince(lane)).raw();
  }

  /** Within a transaction of the caller's. */
  insert(packed: PackedRows, firstSeq: number): void {
    let insert = this.#largestWithin(packed.count);
    let filled = 0;
    forEachRow(packed, (row, index) => {
      const seriesChecksum = this.#series.checksumOf(row.series);
      if (seriesChecksum === undefined) throw new Error(`expected a known series, got number ${row.series}`);
      const { series, receivedAtMs, observedAtMs, value, flags } = row;
      const seq = firstSeq + index;
      const stamp = Number.isNaN(row.stamp) ? null : row.stamp;
      const { values } = insert;
      const at = filled * COLUMNS;
      values[at] = seq;
      values[at + 1] = series;
      values[at + 2] = receivedAtMs;
      values[at + 3] = observedAtMs;
      values[at + 4] = stamp;
      values[at + 5] = value;
      values[at + 6] = flags;
      values[at + 7] = checksumOfReading(
        this.#lane,
        seq,
        seriesChecksum,
        receivedAtMs,
        observedAtMs,
        stamp,
        value,
        flags,
      );
      filled += 1;
      if (filled < insert.rows) return;
      insert.statement.run(values);
      insert = this.#largestWithin(packed.count - index - 1);
      filled = 0;
    });
  }

  stretch(afterSeq: number, beforeSeq: number, rowsMax: number): Stretch {
    const rows = this.#forward.all(afterSeq, beforeSeq, rowsMax);
    return {
      seqs: rows.map((row) => row[0]),
      isSound: (index) => this.#isSound(rows[index] as StoredReading),
      content: (count) => this.#content(rows.slice(0, count)),
    };
  }

  /** The rows behind `afterSeq`, in order, with whether each is as it was written. */
  found(afterSeq: number, rowsMax: number): readonly FoundReading[] {
    const rows = this.#forward.all(afterSeq, Number.MAX_SAFE_INTEGER, rowsMax);
    return rows.map((row) => ({ row, isSound: this.#isSound(row) }));
  }

  #content(rows: readonly StoredReading[]): ReadingsContent {
    const places = new SeriesPlaces(this.#series);
    return {
      kind: "readings",
      seriesOf: rows.map(([, series]) => places.of(series)),
      series: places.facts,
      receivedAtMs: rows.map((row) => row[2]),
      observedAtMs: rows.map((row) => row[3]),
      value: rows.map((row) => row[5]),
      flags: rows.map((row) => row[6]),
    };
  }

  #isSound([seq, series, receivedAtMs, observedAtMs, stamp, value, flags, checksum]: StoredReading): boolean {
    const seriesChecksum = this.#series.checksumOf(series);
    if (seriesChecksum === undefined) return false;
    return (
      checksum ===
      checksumOfReading(this.#lane, seq, seriesChecksum, receivedAtMs, observedAtMs, stamp, value, flags)
    );
  }

  /** The sound rows after `afterSeq` that came within `withinMs` before the newest and whose repetition can be known, in order. */
  recent(afterSeq: number, withinMs: number): PackedRows {
    const rows = new ReadingRows();
    const sinceMs = (this.#newest.get()?.atMs ?? 0) - withinMs;
    for (let after: number | undefined = afterSeq; after !== undefined; ) {
      const slice = this.#since.all(after, sinceMs, SLICE);
      for (const row of slice) {
        const [, series, receivedAtMs, observedAtMs, stamp, value, flags] = row;
        if (this.#isSound(row))
          rows.push(series, receivedAtMs, observedAtMs, stamp ?? Number.NaN, value, flags);
      }
      after = slice.at(-1)?.[0];
    }
    return rows.take();
  }

  #largestWithin(rows: number): Insert {
    return this.#inserts.find((insert) => insert.rows <= rows) ?? (this.#inserts.at(-1) as Insert);
  }
}

/**
 * Looks at every row of the journal: is its checksum right, is every number after the acknowledged mark a row or within
 * one tombstone? In small steps, since the journal's thread has other work; rows come and go between them.
 */
import type Database from "better-sqlite3";
import { LANES } from "../../../contracts/wire/lanes.ts";
import {
  checksumOfAggregate,
  checksumOfEpoch,
  checksumOfEvent,
  checksumOfMarks,
  checksumOfReading,
  checksumOfSeries,
  checksumOfState,
} from "../checksum.ts";
import { LANE_NUMBERS } from "../lane-numbers.ts";
import { checkLeaves, checkLogTail } from "../log/check-log.ts";
import type { StoredReading } from "../reading-table.ts";
import { gapsBetween } from "./entomb.ts";
import { SeriesChecksums } from "./series-checksums.ts";
import { Tombstones } from "./tombstones.ts";

/** About a fifth of a millisecond. */
const ROWS_A_STEP = 20;

export type Marks = { readonly headSeq: number; readonly acknowledgedSeq: number };
type EventRow = [seq: number, receivedAtMs: number, body: string, checksum: number];

export class RowCheck {
  readonly #database: Database.Database;
  readonly #seriesChecksums: SeriesChecksums;
  readonly #tombstones: Tombstones;
  readonly #marks: Database.Statement<[number], MarksRow>;

  constructor(database: Database.Database) {
    this.#database = database;
    this.#marks = database.prepare(
      "SELECT head_seq AS headSeq, acknowledged_seq AS acknowledgedSeq, checksum FROM lane WHERE lane = ?",
    );
    this.#seriesChecksums = new SeriesChecksums(database);
    this.#tombstones = new Tombstones(database, this.#seriesChecksums);
  }

  /** Each yield is a place to stop; what it yields is damage found, or null. */
  *everything(): Generator<string | null> {
    yield* this.small();
    yield* this.#aggregates();
    yield* checkLeaves(this.#database);
    for (const lane of LANES) yield* this.#lane(LANE_NUMBERS[lane], 0);
  }

  /** What is read before anything else is: epoch, marks, series, states, the log's end; and the newest rows of each lane. */
  *tail(rows: number): Generator<string | null> {
    yield* this.small();
    for (const lane of LANES) {
      const { headSeq } = this.marks(LANE_NUMBERS[lane]) ?? { headSeq: 0 };
      yield* this.#lane(LANE_NUMBERS[lane], Math.max(0, headSeq - rows));
    }
  }

  *small(): Generator<string | null> {
    yield this.#epoch();
    yield checkLogTail(this.#database);
    for (const lane of LANES)
      yield this.marks(LANE_NUMBERS[lane]) === null ? `the marks of lane ${lane} are wrong` : null;
    for (const row of this.#all(
      "SELECT id, device_id AS deviceId, bed_id AS bedId, room_id AS roomId, metric, unit, checksum FROM series",
    ) as SeriesRow[])
      yield row.checksum === checksumOfSeries(row.id, row) ? null : `series ${row.id} is wrong`;
    for (const row of this.#all("SELECT subject, body, checksum FROM state") as StateRow[])
      yield row.checksum === checksumOfState(row.subject, row.body)
        ? null
        : `the state of ${row.subject} is wrong`;
  }

  /** Null where they are damaged. */
  marks(lane: number): Marks | null {
    const row = this.#marks.get(lane);
    if (row === undefined || row.checksum !== checksumOfMarks(lane, row.headSeq, row.acknowledgedSeq))
      return null;
    return row;
  }

  *#lane(lane: number, afterSeq: number): Generator<string | null> {
    const name = LANES.find((one) => LANE_NUMBERS[one] === lane) as (typeof LANES)[number];
    const read = this.#database
      .prepare<[number, number], EventRow | StoredReading>(
        `SELECT * FROM ${name} WHERE seq > ? ORDER BY seq LIMIT ?`,
      )
      .raw();
    let lastSeq = afterSeq;
    for (;;) {
      const marks = this.marks(lane);
      if (marks === null) return yield `the marks of lane ${name} are wrong`;
      // Rows that were given up or pruned since the last step leave no gap that nobody answers for.
      const rows = read.all(lastSeq, ROWS_A_STEP);
      let expected = Math.max(lastSeq, marks.acknowledgedSeq) + 1;
      for (const row of rows) {
        const seq = row[0];
        if (!this.#isSound(lane, row)) yield `record ${seq} of lane ${name} is wrong`;
        if (seq > marks.headSeq) yield `record ${seq} of lane ${name} lies behind its end ${marks.headSeq}`;
        if (seq > expected) yield this.#unanswered(lane, expected, seq - 1);
        expected = Math.max(expected, seq + 1);
      }
      const last = rows.at(-1);
      if (last === undefined || rows.length < ROWS_A_STEP) {
        if (expected <= marks.headSeq) yield this.#unanswered(lane, expected, marks.headSeq);
        return;
      }
      lastSeq = last[0];
      yield null;
    }
  }

  #isSound(lane: number, row: EventRow | StoredReading): boolean {
    if (row.length === 4) return row[3] === checksumOfEvent(row[0], row[1], row[2]);
    const [seq, series, receivedAtMs, observedAtMs, stamp, value, flags, checksum] = row;
    const ofSeries = this.#seriesChecksums.of(series);
    if (ofSeries === undefined) return false;
    return (
      checksum === checksumOfReading(lane, seq, ofSeries, receivedAtMs, observedAtMs, stamp, value, flags)
    );
  }

  #unanswered(lane: number, fromSeq: number, throughSeq: number): string | null {
    const gaps = gapsBetween(this.#tombstones.within(lane, fromSeq, throughSeq), fromSeq, throughSeq);
    const gap = gaps[0];
    return gap === undefined
      ? null
      : `records ${gap.fromSeq} to ${gap.throughSeq} of lane ${lane} are missing`;
  }

  *#aggregates(): Generator<string | null> {
    const read = this.#database.prepare<[number, number, number, number, number], AggregateRow>(
      `SELECT lane, from_seq AS fromSeq, series, start_at_ms AS startAtMs, count, min, mean, max, checksum FROM aggregate
         WHERE (lane, from_seq, series, start_at_ms) > (?, ?, ?, ?) ORDER BY lane, from_seq, series, start_at_ms LIMIT ?`,
    );
    let last = { lane: -1, fromSeq: 0, series: 0, startAtMs: 0 };
    for (;;) {
      const rows = read.all(last.lane, last.fromSeq, last.series, last.startAtMs, ROWS_A_STEP);
      for (const row of rows) {
        const ofSeries = this.#seriesChecksums.of(row.series);
        if (
          ofSeries === undefined ||
          row.checksum !== checksumOfAggregate(row.lane, row.fromSeq, ofSeries, row)
        )
          yield `an aggregate of lane ${row.lane} from ${row.fromSeq} is wrong`;
      }
      last = rows.at(-1) ?? last;
      if (rows.length < ROWS_A_STEP) return;
      yield null;
    }
  }

  #epoch(): string | null {
    const get = this.#database.prepare<[string], string>("SELECT value FROM meta WHERE key = ?").pluck();
    const epoch = get.get("epoch");
    return epoch !== undefined && get.get("epoch-checksum") === String(checksumOfEpoch(epoch))
      ? null
      : "its epoch is wrong";
  }

  #all(sql: string): unknown[] {
    return this.#database.prepare(sql).all();
  }
}

type MarksRow = Marks & { readonly checksum: number };
type SeriesRow = Parameters<typeof checksumOfSeries>[1] & { readonly id: number; readonly checksum: number };
type StateRow = { readonly subject: string; readonly body: string; readonly checksum: number };
type AggregateRow = {
  readonly lane: number;
  readonly fromSeq: number;
  readonly series: number;
  readonly startAtMs: number;
  readonly count: number;
  readonly min: number;
  readonly mean: number;
  readonly max: number;
  readonly checksum: number;
};

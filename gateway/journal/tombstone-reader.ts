import type Database from "better-sqlite3";
import type { TombstoneContent } from "../../contracts/wire/sync-batch.ts";
import { checksumOfAggregate, checksumOfTombstone } from "./checksum.ts";
import type { SeriesBook } from "./series-book.ts";
import { SeriesPlaces } from "./series-places.ts";

/** Of one tombstone: whoever makes them keeps below it, so that one goes in one batch. */
const AGGREGATES_MAX = 5_000;

export const TOMBSTONE_FROM =
  "SELECT from_seq AS fromSeq, through_seq AS throughSeq, reason, step_ms AS stepMs, noted_at_ms AS notedAtMs, checksum FROM tombstone WHERE lane = ? AND from_seq <= ? ORDER BY from_seq DESC LIMIT 1";
export const NEXT_TOMBSTONE =
  "SELECT from_seq AS fromSeq FROM tombstone WHERE lane = ? AND from_seq > ? ORDER BY from_seq LIMIT 1";
export const AGGREGATES =
  "SELECT series, start_at_ms AS startAtMs, count, min, mean, max, checksum FROM aggregate WHERE lane = ? AND from_seq = ? ORDER BY series, start_at_ms LIMIT ?";

type TombstoneRow = {
  readonly fromSeq: number;
  readonly throughSeq: number;
  readonly reason: TombstoneContent["reason"];
  readonly stepMs: number | null;
  readonly notedAtMs: number;
  readonly checksum: number;
};
type AggregateRow = {
  readonly series: number;
  readonly startAtMs: number;
  readonly count: number;
  readonly min: number;
  readonly mean: number;
  readonly max: number;
  readonly checksum: number;
};

export class TombstoneReader {
  readonly #series: SeriesBook;
  readonly #from: Database.Statement<[number, number], TombstoneRow>;
  readonly #next: Database.Statement<[number, number], { fromSeq: number }>;
  readonly #aggregates: Database.Statement<[number, number, number], AggregateRow>;

  constructor(database: Database.Database, series: SeriesBook) {
    this.#series = series;
    this.#from = database.prepare(TOMBSTONE_FROM);
    this.#next = database.prepare(NEXT_TOMBSTONE);
    this.#aggregates = database.prepare(AGGREGATES);
  }

  /** The tombstone that `seq` lies in. One that is damaged itself is none. */
  over(lane: number, seq: number): TombstoneContent | null {
    const row = this.#from.get(lane, seq);
    if (row === undefined || row.throughSeq < seq || row.checksum !== checksumOfTombstone(lane, row))
      return null;
    // What is left of the whole range says nothing of a part of it.
    if (row.stepMs === null || row.fromSeq !== seq) return nothingLeft(row.reason, row.throughSeq);
    return this.#withAggregates(lane, row, row.stepMs);
  }

  nextAfter(lane: number, seq: number): number | undefined {
    return this.#next.get(lane, seq)?.fromSeq;
  }

  #withAggregates(
    lane: number,
    { fromSeq, throughSeq, reason }: TombstoneRow,
    everyMs: number,
  ): TombstoneContent {
    const rows = this.#aggregates.all(lane, fromSeq, AGGREGATES_MAX).filter((row) => {
      const seriesChecksum = this.#series.checksumOf(row.series);
      // A damaged one is left out: its tombstone stands, and nobody is told a wrong mean.
      return (
        seriesChecksum !== undefined &&
        row.checksum === checksumOfAggregate(lane, fromSeq, seriesChecksum, row)
      );
    });
    const places = new SeriesPlaces(this.#series);
    const seriesOf = rows.map((row) => places.of(row.series));
    const column = (name: Exclude<keyof AggregateRow, "series" | "checksum">) => rows.map((row) => row[name]);
    const aggregates = {
      everyMs,
      series: places.facts,
      seriesOf,
      startAtMs: column("startAtMs"),
      count: column("count"),
      min: column("min"),
      mean: column("mean"),
      max: column("max"),
    };
    return { kind: "tombstone", throughSeq, reason, aggregates };
  }
}

export function nothingLeft(reason: TombstoneContent["reason"], throughSeq: number): TombstoneContent {
  const none = { series: [], seriesOf: [], startAtMs: [], count: [], min: [], mean: [], max: [] };
  return { kind: "tombstone", throughSeq, reason, aggregates: { everyMs: null, ...none } };
}

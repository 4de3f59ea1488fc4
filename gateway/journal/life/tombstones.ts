/** Tombstones and their aggregates in the journal: what stands where records had to be given up. */
import type Database from "better-sqlite3";
import { checksumOfAggregate, checksumOfTombstone } from "../checksum.ts";
import type { TombstoneReason } from "../journal-port.ts";
import { type Aggregate, Aggregates } from "./aggregate.ts";
import type { SeriesChecksums } from "./series-checksums.ts";

export type Tombstone = {
  readonly lane: number;
  readonly fromSeq: number;
  readonly throughSeq: number;
  readonly reason: TombstoneReason;
  /** Of its aggregates; null: none are left. */
  readonly stepMs: number | null;
  readonly notedAtMs: number;
};

/** Of one tombstone: it goes to the cloud in one batch. */
export const AGGREGATES_MAX = 5_000;

type TombstoneRow = Tombstone & { readonly checksum: number };
type AggregateRow = Aggregate & { readonly checksum: number };

const SAMPLE = 50;

const COLUMNS =
  "lane, from_seq AS fromSeq, through_seq AS throughSeq, reason, step_ms AS stepMs, noted_at_ms AS notedAtMs, checksum";

export class Tombstones {
  readonly #statements: ReturnType<typeof prepare>;
  readonly #seriesChecksums: SeriesChecksums;

  constructor(database: Database.Database, seriesChecksums: SeriesChecksums) {
    this.#statements = prepare(database);
    this.#seriesChecksums = seriesChecksums;
  }

  /** The one that ends right before `seq`. */
  endingBefore(lane: number, seq: number): Tombstone | undefined {
    const found = sound(this.#statements.lastBefore.get(lane, seq));
    return found?.throughSeq === seq - 1 ? found : undefined;
  }

  /** Those that hold a number from `fromSeq` through `throughSeq`, in order. */
  within(lane: number, fromSeq: number, throughSeq: number): readonly Tombstone[] {
    const first = this.#statements.lastBefore.get(lane, fromSeq);
    return [first, ...this.#statements.startingWithin.all(lane, fromSeq, throughSeq)]
      .map(sound)
      .filter((one) => one !== undefined)
      .filter((one) => one.throughSeq >= fromSeq);
  }

  /** The first behind `afterSeq` whose aggregates have this step. */
  firstOfStep(lane: number, stepMs: number, afterSeq: number): Tombstone | undefined {
    return sound(this.#statements.firstOfStep.get(lane, stepMs, afterSeq));
  }

  /** Only the sound ones: what is damaged is lost, and goes no further. */
  aggregatesOf({ lane, fromSeq }: Tombstone): readonly Aggregate[] {
    return this.#statements.aggregates.all(lane, fromSeq).filter((one) => {
      const seriesChecksum = this.#seriesChecksums.of(one.series);
      return (
        seriesChecksum !== undefined &&
        one.checksum === checksumOfAggregate(lane, fromSeq, seriesChecksum, one)
      );
    });
  }

  aggregateCountOf({ lane, fromSeq }: Tombstone): number {
    return this.#statements.aggregateCount.get(lane, fromSeq)?.count ?? 0;
  }

  /** From a sample, where there are many: counting them all would take as long as reading them. */
  estimateAggregates(): number {
    const sample = this.#statements.someWithAggregates.all(SAMPLE);
    const counted = sample.reduce((sum, one) => sum + this.aggregateCountOf(one), 0);
    const tombstones = this.#statements.countWithAggregates.get()?.count ?? 0;
    return sample.length === 0 ? 0 : Math.round((counted / sample.length) * tombstones);
  }

  /** Returns how many aggregates were added. Within a transaction of the caller's. */
  put(tombstone: Tombstone, aggregates: Iterable<Aggregate>): number {
    const { lane, fromSeq, throughSeq, reason, stepMs, notedAtMs } = tombstone;
    const checksum = checksumOfTombstone(lane, tombstone);
    this.#statements.put.run(lane, fromSeq, throughSeq, reason, stepMs, notedAtMs, checksum);
    let count = 0;
    for (const one of aggregates) {
      const seriesChecksum = this.#seriesChecksums.of(one.series);
      // Its readings were sound a moment ago, so the series was.
      if (seriesChecksum === undefined) throw new Error(`series ${one.series} is not in the journal`);
      const { series, startAtMs, count: values, min, mean, max } = one;
      const sum = checksumOfAggregate(lane, fromSeq, seriesChecksum, one);
      this.#statements.putAggregate.run(lane, fromSeq, series, startAtMs, values, min, mean, max, sum);
      count += 1;
    }
    return count;
  }

  /** Returns how many aggregates went with it. */
  remove({ lane, fromSeq }: Tombstone): number {
    this.#statements.remove.run(lane, fromSeq);
    return this.#statements.removeAggregates.run(lane, fromSeq).changes;
  }

  hasUnsound(lane: number, fromSeq: number, throughSeq: number): boolean {
    const found = this.#statements.startingWithin.all(lane, fromSeq, throughSeq);
    return found.some((one) => sound(one) === undefined);
  }

  /** Removes up to so many that the cloud has; returns how many aggregates went with them. */
  removeAcknowledged(lane: number, throughSeq: number, countMax: number): number {
    const gone = this.#statements.endingBy.all(lane, throughSeq, countMax);
    return gone.reduce((aggregates, tombstone) => aggregates + this.remove(tombstone), 0);
  }

  /**
   * Two neighbours become one where they are of one kind and it stays small enough, so that the number of tombstones is
   * bounded by what they hold. Returns by how many aggregates there are more now (0 or fewer).
   */
  joinWithNeighbour(second: Tombstone): number {
    const first = this.endingBefore(second.lane, second.fromSeq);
    if (first === undefined || first.reason !== second.reason || first.stepMs !== second.stepMs) return 0;
    const joined = { ...first, throughSeq: second.throughSeq, notedAtMs: second.notedAtMs };
    if (second.stepMs === null) {
      this.remove(second);
      return this.put(joined, []);
    }
    const before = this.aggregateCountOf(first);
    if (before + this.aggregateCountOf(second) > AGGREGATES_MAX) return 0;
    const both = new Aggregates(second.stepMs);
    for (const one of this.aggregatesOf(first)) both.add(one);
    const added = this.aggregatesOf(second);
    for (const one of added) both.add(one);
    this.remove(second);
    this.remove(first);
    return this.put(joined, both) - before - added.length;
  }
}

/** One that is damaged itself is none: its range then has no answer, and is found as damaged. */
function sound(found: TombstoneRow | undefined): Tombstone | undefined {
  return found?.checksum === (found && checksumOfTombstone(found.lane, found)) ? found : undefined;
}

function prepare(database: Database.Database) {
  return {
    lastBefore: database.prepare<[number, number], TombstoneRow>(
      `SELECT ${COLUMNS} FROM tombstone WHERE lane = ? AND from_seq < ? ORDER BY from_seq DESC LIMIT 1`,
    ),
    startingWithin: database.prepare<[number, number, number], TombstoneRow>(
      `SELECT ${COLUMNS} FROM tombstone WHERE lane = ? AND from_seq BETWEEN ? AND ? ORDER BY from_seq`,
    ),
    firstOfStep: database.prepare<[number, number, number], TombstoneRow>(
      `SELECT ${COLUMNS} FROM tombstone WHERE lane = ? AND step_ms = ? AND from_seq > ? ORDER BY from_seq LIMIT 1`,
    ),
    endingBy: database.prepare<[number, number, number], TombstoneRow>(
      `SELECT ${COLUMNS} FROM tombstone WHERE lane = ? AND through_seq <= ? ORDER BY from_seq LIMIT ?`,
    ),
    aggregates: database.prepare<[number, number], AggregateRow>(
      "SELECT series, start_at_ms AS startAtMs, count, min, mean, max, checksum FROM aggregate WHERE lane = ? AND from_seq = ?",
    ),
    aggregateCount: database.prepare<[number, number], { count: number }>(
      "SELECT count(*) AS count FROM aggregate WHERE lane = ? AND from_seq = ?",
    ),
    someWithAggregates: database.prepare<[number], TombstoneRow>(
      `SELECT ${COLUMNS} FROM tombstone WHERE step_ms IS NOT NULL LIMIT ?`,
    ),
    countWithAggregates: database.prepare<[], { count: number }>(
      "SELECT count(*) AS count FROM tombstone WHERE step_ms IS NOT NULL",
    ),
    put: database.prepare("INSERT OR REPLACE INTO tombstone VALUES (?, ?, ?, ?, ?, ?, ?)"),
    putAggregate: database.prepare("INSERT INTO aggregate VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?)"),
    remove: database.prepare("DELETE FROM tombstone WHERE lane = ? AND from_seq = ?"),
    removeAggregates: database.prepare("DELETE FROM aggregate WHERE lane = ? AND from_seq = ?"),
  };
}

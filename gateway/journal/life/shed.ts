/**
 * Giving up readings for want of room, the least dear first:
 *
 *   acknowledged rows ─▶ oldest unsent rows, to 10 s aggregates ─▶ oldest aggregates to 60 s ─▶ aggregates dropped
 *
 * Each step is one transaction and leaves the lane whole: every number after the acknowledged mark is a row or within
 * one tombstone. Bed events are never given up.
 */
import type Database from "better-sqlite3";
import { checksumOfReading } from "../checksum.ts";
import type { StoredReading } from "../reading-table.ts";
import { Aggregates, COARSE_STEP_MS, FINE_STEP_MS } from "./aggregate.ts";
import { JournalDamaged } from "./damage.ts";
import type { GivenUp } from "./given-up.ts";
import { laneName, READING_LANE_NUMBERS, readingLaneName } from "./lanes.ts";
import type { SeriesChecksums } from "./series-checksums.ts";
import { AGGREGATES_MAX, type Tombstone, type Tombstones } from "./tombstones.ts";

/**
 * This many records behind the acknowledged mark are left alone: they may be on their way to the cloud, and an aggregate
 * over what the cloud gets as it is would count twice.
 */
export const FRONTIER_RECORDS = 5_000;

/** What is kept of acknowledged readings in any case: by them a repetition is known after a restart. */
const ACKNOWLEDGED_KEPT = 1_000;

export type ShedParts = {
  readonly database: Database.Database;
  readonly tombstones: Tombstones;
  readonly seriesChecksums: SeriesChecksums;
  readonly givenUp: GivenUp;
  readonly frontierRecords?: number;
};

export class Shedder {
  readonly #parts: ShedParts;
  readonly #frontierRecords: number;
  readonly #lanes: ReadonlyMap<number, ReturnType<typeof prepare>>;
  readonly #acknowledged: Database.Statement<[number], number>;

  constructor(parts: ShedParts) {
    this.#parts = parts;
    this.#frontierRecords = parts.frontierRecords ?? FRONTIER_RECORDS;
    this.#lanes = new Map(READING_LANE_NUMBERS.map((lane) => [lane, prepare(parts.database, lane)]));
    this.#acknowledged = parts.database
      .prepare<[number], number>("SELECT acknowledged_seq FROM lane WHERE lane = ?")
      .pluck();
  }

  /** Rows that the cloud has; returns how many went. */
  dropAcknowledged(rowsMax: number): number {
    for (const [lane, statements] of this.#lanes) {
      const through = this.#acknowledgedSeq(lane) - ACKNOWLEDGED_KEPT;
      const dropped = statements.dropThrough.run(through, rowsMax).changes;
      if (dropped > 0) return dropped;
    }
    return 0;
  }

  /** Of the lane whose oldest unsent reading is the oldest. Null: there is nothing left to shed. */
  shedOldest(rowsMax: number, nowMs: number): { readonly rows: number; readonly aggregates: number } | null {
    const oldest = [...this.#lanes.keys()]
      .map((lane) => ({ lane, atMs: this.#oldestUnsent(lane) }))
      .filter((one): one is { lane: number; atMs: number } => one.atMs !== undefined)
      .sort((a, b) => a.atMs - b.atMs)[0];
    return oldest === undefined ? null : this.#shed(oldest.lane, rowsMax, nowMs);
  }

  /** The oldest 10 s aggregates to 60 s. Returns by how many there are fewer, null where there are none. */
  coarsenOldest(): number | null {
    return this.#replaceOldest(FINE_STEP_MS, COARSE_STEP_MS) ?? this.#replaceOldest(COARSE_STEP_MS, null);
  }

  #oldestUnsent(lane: number): number | undefined {
    return this.#lanes.get(lane)?.oldest.get(this.#acknowledgedSeq(lane) + this.#frontierRecords);
  }

  #shed(
    lane: number,
    rowsMax: number,
    nowMs: number,
  ): { readonly rows: number; readonly aggregates: number } {
    const { database, tombstones, givenUp } = this.#parts;
    const statements = this.#lanes.get(lane);
    const name = readingLaneName(lane);
    const after = this.#acknowledgedSeq(lane) + this.#frontierRecords;
    const aggregates = new Aggregates(FINE_STEP_MS);
    let fromSeq = 0;
    let throughSeq = 0;
    for (const row of statements?.forward.iterate(after, rowsMax) ?? []) {
      // A gap: another tombstone stands there.
      if (throughSeq !== 0 && row[0] !== throughSeq + 1) break;
      if (fromSeq === 0) fromSeq = row[0];
      this.#assertSound(lane, row);
      throughSeq = row[0];
      aggregates.addReading(row[1], row[3], row[5], row[6]);
      if (aggregates.count === AGGREGATES_MAX) break;
    }
    const rows = throughSeq - fromSeq + 1;
    const tombstone: Tombstone = {
      ...{ lane, fromSeq, throughSeq, reason: "disk-budget", stepMs: FINE_STEP_MS, notedAtMs: nowMs },
    };
    let added = 0;
    database.transaction(() => {
      // The rows first: their pages are what the aggregates then take.
      statements?.drop.run(fromSeq, throughSeq);
      added = tombstones.put(tombstone, aggregates);
      if (this.#isBehindFrontier(lane, fromSeq)) added += tombstones.joinWithNeighbour(tombstone);
      givenUp.note(name, "disk-budget", rows);
    })();
    givenUp.counted(name, "disk-budget", rows);
    return { rows, aggregates: added };
  }

  #replaceOldest(fromStepMs: number, toStepMs: number | null): number | null {
    const { database, tombstones } = this.#parts;
    const oldest = READING_LANE_NUMBERS.map((lane) =>
      // The one that holds the next number to be sent may be on its way.
      tombstones.firstOfStep(lane, fromStepMs, this.#acknowledgedSeq(lane) + 1),
    )
      .filter((one) => one !== undefined)
      .sort((a, b) => a.notedAtMs - b.notedAtMs)[0];
    if (oldest === undefined) return null;
    const tombstone = { ...oldest, stepMs: toStepMs };
    let fewer = 0;
    database.transaction(() => {
      const kept = new Aggregates(toStepMs ?? COARSE_STEP_MS);
      if (toStepMs !== null) for (const one of tombstones.aggregatesOf(oldest)) kept.add(one);
      fewer = tombstones.remove(oldest) - tombstones.put(tombstone, kept);
      if (this.#isBehindFrontier(oldest.lane, oldest.fromSeq))
        fewer -= tombstones.joinWithNeighbour(tombstone);
    })();
    return fewer;
  }

  /** A tombstone that holds the next number to be sent may be on its way: it stays as it is. */
  #isBehindFrontier(lane: number, fromSeq: number): boolean {
    const first = this.#parts.tombstones.endingBefore(lane, fromSeq);
    return first !== undefined && first.fromSeq > this.#acknowledgedSeq(lane) + 1;
  }

  #acknowledgedSeq(lane: number): number {
    const seq = this.#acknowledged.get(lane);
    if (seq === undefined) throw new JournalDamaged(`the marks of lane ${laneName(lane)} are gone`);
    return seq;
  }

  #assertSound(
    lane: number,
    [seq, series, receivedAtMs, observedAtMs, stamp, value, flags, checksum]: StoredReading,
  ): void {
    const ofSeries = this.#parts.seriesChecksums.of(series);
    if (
      ofSeries === undefined ||
      checksum !== checksumOfReading(lane, seq, ofSeries, receivedAtMs, observedAtMs, stamp, value, flags)
    )
      throw new JournalDamaged(`record ${seq} of lane ${laneName(lane)} is wrong`);
  }
}

function prepare(database: Database.Database, lane: number) {
  const table = readingLaneName(lane);
  return {
    oldest: database
      .prepare<[number], number>(`SELECT received_at_ms FROM ${table} WHERE seq > ? ORDER BY seq LIMIT 1`)
      .pluck(),
    forward: database
      .prepare<[number, number], StoredReading>(
        `SELECT seq, series, received_at_ms, observed_at_ms, stamp, value, flags, checksum FROM ${table}
         WHERE seq > ? ORDER BY seq LIMIT ?`,
      )
      .raw(),
    drop: database.prepare<[number, number]>(`DELETE FROM ${table} WHERE seq BETWEEN ? AND ?`),
    dropThrough: database.prepare<[number, number]>(
      `DELETE FROM ${table} WHERE seq IN (SELECT seq FROM ${table} WHERE seq <= ? ORDER BY seq LIMIT ?)`,
    ),
  };
}

/** Writes a salvaged journal: rows in any order, then each lane closed with a tombstone in every gap. */
import type Database from "better-sqlite3";
import {
  checksumOfEvent,
  checksumOfMarks,
  checksumOfReading,
  checksumOfSeries,
  checksumOfState,
} from "../checksum.ts";
import type { TombstoneReason } from "../journal-port.ts";
import { LANE_NUMBERS } from "../lane-numbers.ts";
import type { Aggregate } from "./aggregate.ts";
import type { SoundEvent, SoundReading, SoundSeries } from "./damaged-rows.ts";
import { laneName, READING_LANE_NUMBERS, readingLaneName } from "./lanes.ts";
import { SeriesChecksums } from "./series-checksums.ts";
import { ToldBeds } from "./told-beds.ts";
import { type Tombstone, Tombstones } from "./tombstones.ts";

type Range = { readonly fromSeq: number; readonly throughSeq: number };

export class NewJournal {
  readonly #database: Database.Database;
  readonly #seriesChecksums: SeriesChecksums;
  readonly #tombstones: Tombstones;
  readonly #insertReading: ReadonlyMap<number, Database.Statement>;
  readonly #insertEvent: Database.Statement;

  constructor(database: Database.Database) {
    this.#database = database;
    this.#seriesChecksums = new SeriesChecksums(database);
    this.#tombstones = new Tombstones(database, this.#seriesChecksums);
    // A row may be found twice: where it lives, and on a page that was freed since. Both say the same.
    this.#insertReading = new Map(
      READING_LANE_NUMBERS.map((lane) => [
        lane,
        database.prepare(`INSERT OR IGNORE INTO ${readingLaneName(lane)} VALUES (?, ?, ?, ?, ?, ?, ?, ?)`),
      ]),
    );
    this.#insertEvent = database.prepare("INSERT OR IGNORE INTO beds VALUES (?, ?, ?, ?)");
  }

  addSeries({ id, deviceId, bedId, roomId, metric, unit }: SoundSeries): void {
    const checksum = checksumOfSeries(id, { deviceId, bedId, roomId, metric, unit });
    this.#run(
      "INSERT INTO series VALUES (?, ?, ?, ?, ?, ?, ?)",
      id,
      deviceId,
      bedId,
      roomId,
      metric,
      unit,
      checksum,
    );
  }

  addState([subject, body]: readonly [subject: string, body: string]): void {
    this.#run("INSERT OR IGNORE INTO state VALUES (?, ?, ?)", subject, body, checksumOfState(subject, body));
  }

  addTombstone(tombstone: Tombstone, aggregates: readonly Aggregate[]): void {
    this.#tombstones.put(tombstone, aggregates);
  }

  putMeta(rows: readonly (readonly [key: string, value: string])[]): void {
    for (const [key, value] of rows) this.#run("INSERT OR REPLACE INTO meta VALUES (?, ?)", key, value);
  }

  /** False: it is there already. */
  addReading({ lane, seq, series, receivedAtMs, observedAtMs, stamp, value, flags }: SoundReading): boolean {
    const ofSeries = this.#seriesChecksums.of(series) ?? 0;
    const checksum = checksumOfReading(lane, seq, ofSeries, receivedAtMs, observedAtMs, stamp, value, flags);
    const insert = this.#insertReading.get(lane);
    return insert?.run(seq, series, receivedAtMs, observedAtMs, stamp, value, flags, checksum).changes === 1;
  }

  addEvent({ seq, receivedAtMs, body }: SoundEvent): boolean {
    return (
      this.#insertEvent.run(seq, receivedAtMs, body, checksumOfEvent(seq, receivedAtMs, body)).changes === 1
    );
  }

  /** Null: every bed event from the first is there, and the states know nothing else. */
  toldBeds(): ToldBeds | null {
    const isMissing = this.#database.prepare("SELECT 1 FROM tombstone WHERE lane = ? LIMIT 1");
    if (isMissing.get(LANE_NUMBERS.beds) === undefined) return null;
    const told = new ToldBeds();
    const bodies = this.#database.prepare<[], string>("SELECT body FROM beds ORDER BY seq").pluck();
    for (const body of bodies.iterate()) told.hear(body);
    return told;
  }

  /** For want of room: tombstones where a number up to `throughSeq` is missing. Returns as `closeLane` does. */
  giveUp(lane: number, throughSeq: number, sentSeq: number, nowMs: number): number {
    return this.#entomb(lane, throughSeq, sentSeq, "disk-budget", nowMs);
  }

  /** Sets the lane's marks and puts tombstones into its gaps; returns how many records behind `sentSeq` those stand for. */
  closeLane(lane: number, knownHeadSeq: number | null, sentSeq: number, nowMs: number): number {
    const headSeq = knownHeadSeq ?? this.#lastSeq(lane);
    return this.#database.transaction(() => {
      const lost = this.#entomb(lane, headSeq, sentSeq, "damaged", nowMs);
      const checksum = checksumOfMarks(lane, headSeq, 0);
      this.#run("INSERT OR REPLACE INTO lane VALUES (?, ?, 0, ?)", lane, headSeq, checksum);
      return lost;
    })();
  }

  #entomb(
    lane: number,
    throughSeq: number,
    sentSeq: number,
    reason: TombstoneReason,
    notedAtMs: number,
  ): number {
    const gaps = this.#gaps(lane, throughSeq);
    for (const gap of gaps) this.#tombstones.put({ lane, ...gap, reason, stepMs: null, notedAtMs }, []);
    return gaps.reduce(
      (sum, gap) => sum + Math.max(0, gap.throughSeq - Math.max(gap.fromSeq, sentSeq + 1) + 1),
      0,
    );
  }

  #lastSeq(lane: number): number {
    return this.#database
      .prepare<[number], number>(
        `SELECT max(coalesce((SELECT max(seq) FROM ${laneName(lane)}), 0),
                    coalesce((SELECT max(through_seq) FROM tombstone WHERE lane = ?), 0), 0)`,
      )
      .pluck()
      .get(lane) as number;
  }

  #gaps(lane: number, headSeq: number): Range[] {
    const gaps: Range[] = [];
    let next = 1;
    const answers = this.#database.prepare<[number], Range>(
      `SELECT seq AS fromSeq, seq AS throughSeq FROM ${laneName(lane)} WHERE seq > 0
       UNION ALL SELECT from_seq, through_seq FROM tombstone WHERE lane = ? ORDER BY fromSeq`,
    );
    for (const { fromSeq, throughSeq } of answers.iterate(lane)) {
      if (fromSeq > headSeq) break;
      if (fromSeq > next) gaps.push({ fromSeq: next, throughSeq: fromSeq - 1 });
      next = throughSeq + 1;
    }
    if (next <= headSeq) gaps.push({ fromSeq: next, throughSeq: headSeq });
    return gaps;
  }

  #run(sql: string, ...values: readonly unknown[]): void {
    this.#database.prepare(sql).run(...values);
  }
}

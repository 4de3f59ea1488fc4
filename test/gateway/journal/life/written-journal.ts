/** A journal's file written row by row, with the invariant of its lanes checked from outside. */
import type Database from "better-sqlite3";
import { BedId, DeviceId } from "../../../../contracts/wire/ids.ts";
import {
  checksumOfEvent,
  checksumOfMarks,
  checksumOfReading,
  checksumOfSeries,
  checksumOfState,
} from "../../../../gateway/journal/checksum.ts";
import { openDatabase } from "../../../../gateway/journal/open-database.ts";

const TABLES = ["beds", "vitals", "environment"] as const;
export const NOON = 1_780_000_000_000;
const SERIES = {
  bedId: BedId.parse("bed-1"),
  roomId: null,
  metric: "load",
  unit: "kg",
} as const;

export class WrittenJournal {
  readonly database: Database.Database;
  readonly heads = [0, 0, 0];
  readonly acknowledged = [0, 0, 0];
  readonly #seriesChecksums: readonly number[];

  constructor(file: string, seriesCount = 1) {
    this.database = openDatabase(file);
    this.#seriesChecksums = Array.from({ length: seriesCount }, (_, index) => {
      const facts = { ...SERIES, deviceId: DeviceId.parse(`bed-${index + 1}`) };
      const checksum = checksumOfSeries(index + 1, facts);
      this.database
        .prepare("INSERT INTO series VALUES (?, ?, ?, ?, ?, ?, ?)")
        .run(index + 1, facts.deviceId, facts.bedId, facts.roomId, facts.metric, facts.unit, checksum);
      return checksum;
    });
  }

  /** Each reading's value is its number and `more`; a second lies between two of them unless `everyMs` says otherwise. */
  appendReadings(lane: 1 | 2, count: number, everyMs = 1_000, more = 0): void {
    const insert = this.database.prepare(`INSERT INTO ${TABLES[lane]} VALUES (?, ?, ?, ?, ?, ?, ?, ?)`);
    this.database.transaction(() => {
      for (let n = 0; n < count; n++) {
        const seq = (this.heads[lane] ?? 0) + 1 + n;
        const series = (seq % this.#seriesChecksums.length) + 1;
        const atMs = NOON + seq * everyMs;
        const ofSeries = this.#seriesChecksums[series - 1] ?? 0;
        const checksum = checksumOfReading(lane, seq, ofSeries, atMs, atMs, null, seq + more, 0);
        insert.run(seq, series, atMs, atMs, null, seq + more, 0, checksum);
      }
      this.#setMarks(lane, (this.heads[lane] ?? 0) + count, this.acknowledged[lane] ?? 0);
    })();
  }

  appendEvents(count: number, bodyBytes = 200): void {
    const first = (this.heads[0] ?? 0) + 1;
    const filler = "x".repeat(bodyBytes);
    this.appendBodies(Array.from({ length: count }, (_, n) => JSON.stringify({ seq: first + n, filler })));
  }

  /** Bed events, as they stand in the journal. */
  appendBodies(bodies: readonly string[]): void {
    const insert = this.database.prepare("INSERT INTO beds VALUES (?, ?, ?, ?)");
    const head = this.heads[0] ?? 0;
    this.database.transaction(() => {
      for (const [n, body] of bodies.entries()) {
        const seq = head + 1 + n;
        insert.run(seq, NOON, body, checksumOfEvent(seq, NOON, body));
      }
      this.#setMarks(0, head + bodies.length, this.acknowledged[0] ?? 0);
    })();
  }

  putState(subject: string, body: string): void {
    this.database
      .prepare("INSERT INTO state VALUES (?, ?, ?)")
      .run(subject, body, checksumOfState(subject, body));
  }

  acknowledge(lane: number, throughSeq: number): void {
    this.#setMarks(lane, this.heads[lane] ?? 0, throughSeq);
  }

  rowsOf(lane: number): number[] {
    return this.database.prepare<[], number>(`SELECT seq FROM ${TABLES[lane]} ORDER BY seq`).pluck().all();
  }

  tombstonesOf(lane: number) {
    return this.database
      .prepare<[number], { fromSeq: number; throughSeq: number; stepMs: number | null; reason: string }>(
        "SELECT from_seq AS fromSeq, through_seq AS throughSeq, step_ms AS stepMs, reason FROM tombstone WHERE lane = ? ORDER BY from_seq",
      )
      .all(lane);
  }

  aggregatesOf(lane: number) {
    return this.database
      .prepare<
        [number],
        { fromSeq: number; startAtMs: number; count: number; min: number; mean: number; max: number }
      >(
        "SELECT from_seq AS fromSeq, start_at_ms AS startAtMs, count, min, mean, max FROM aggregate WHERE lane = ? ORDER BY from_seq, start_at_ms",
      )
      .all(lane);
  }

  /** Numbers after the acknowledged mark that nothing, or more than one thing, answers for. */
  unanswered(lane: number): number[] {
    const answers = new Map<number, number>();
    const answer = (seq: number) => answers.set(seq, (answers.get(seq) ?? 0) + 1);
    for (const seq of this.rowsOf(lane)) answer(seq);
    for (const { fromSeq, throughSeq } of this.tombstonesOf(lane))
      for (let seq = fromSeq; seq <= throughSeq; seq++) answer(seq);
    const wrong: number[] = [];
    for (let seq = (this.acknowledged[lane] ?? 0) + 1; seq <= (this.heads[lane] ?? 0); seq++)
      if (answers.get(seq) !== 1) wrong.push(seq);
    return wrong;
  }

  #setMarks(lane: number, head: number, acknowledged: number): void {
    this.database
      .prepare("UPDATE lane SET head_seq = ?, acknowledged_seq = ?, checksum = ? WHERE lane = ?")
      .run(head, acknowledged, checksumOfMarks(lane, head, acknowledged), lane);
    this.heads[lane] = head;
    this.acknowledged[lane] = acknowledged;
  }
}

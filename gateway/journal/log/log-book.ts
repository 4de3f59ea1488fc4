/**
 * The gateway's own log: a Merkle tree whose leaves are written in the transaction of the records that they cover, and
 * only behind what is committed. Every bed event is a leaf at once. Readings are covered by digests, each closed a second
 * after its first row or at ten thousand rows, by the next transaction.
 *
 *   append ─▶ due digests' leaves, records, their events' leaves, state ─▶ COMMIT ─▶ rows into the running digests
 *
 * What no leaf covers when the file is opened (an older version's journal, a salvaged one, what was in a digest at a
 * power cut) is read from the file a little at a time, meanwhile new records of that lane wait for their turn.
 */
import type Database from "better-sqlite3";
import { Frontier } from "../../../contracts/log/tree.ts";
import type { Lane } from "../../../contracts/wire/ids.ts";
import type { EventTable } from "../event-table.ts";
import { type JournalGroup, READING_LANES, type ReadingLane } from "../journal-port.ts";
import type { LaneMarksTable } from "../lane-marks.ts";
import type { ReadingTable } from "../reading-table.ts";
import type { SeriesBook } from "../series-book.ts";
import { LaneDigest } from "./lane-digest.ts";
import { type LeafRow, LeafRows } from "./leaf-rows.ts";
import { LogEntry } from "./log-entry.ts";
import { FIRST_HEAD, type LogState, LogStateTable } from "./log-state.ts";
import { Salts } from "./salts.ts";

/** Of what the cloud has stored, so many of the newest leaves stay: a cloud put back to an older copy asks for them. */
export const LEAVES_KEPT = 4_096;
const LEAVES_PRUNED_MAX = 5_000;
/** Looked at in one go where a lane is behind: the journal's thread has other work. */
const EVENTS_A_STEP = 500;
const READINGS_A_STEP = 2_000;
/**
 * How long a digest gathers, by how many leaves wait for the cloud. A cloud that is away for weeks costs bed events their
 * leaves, and readings one a minute.
 */
const WINDOWS = [
  { leavesMax: 10_000, ms: 1_000 },
  { leavesMax: 50_000, ms: 10_000 },
  { leavesMax: Number.POSITIVE_INFINITY, ms: 60_000 },
] as const;

type Parts = {
  readonly database: Database.Database;
  readonly series: SeriesBook;
  readonly tables: { readonly beds: EventTable } & Readonly<Record<ReadingLane, ReadingTable>>;
  readonly marks: Pick<LaneMarksTable, "of">;
  /** False: there is no room on the disk, and what there is belongs to bed events. */
  readonly hasRoom: () => boolean;
  readonly monotonicMs: () => number;
};

export class LogBook {
  readonly #parts: Parts;
  readonly #table: LogStateTable;
  readonly #rows: LeafRows;
  readonly #salts = new Salts();
  readonly #digests: Readonly<Record<ReadingLane, LaneDigest>>;
  #state: LogState;
  #onDisk: LogState | null;

  constructor(parts: Parts) {
    this.#parts = parts;
    const { database, series, marks } = parts;
    this.#table = new LogStateTable(database);
    this.#rows = new LeafRows(database);
    this.#onDisk = this.#table.read();
    this.#state = this.#onDisk ?? {
      tree: new Frontier(),
      head: FIRST_HEAD,
      // What the cloud had before there was a log was never promised to be in one.
      through: {
        beds: 0,
        vitals: marks.of("vitals").acknowledgedSeq,
        environment: marks.of("environment").acknowledgedSeq,
      },
      storedSize: 0,
      storedBedsThrough: 0,
    };
    const { through } = this.#state;
    this.#digests = {
      vitals: new LaneDigest(series, through.vitals),
      environment: new LaneDigest(series, through.environment),
    };
  }

  /** As of the newest commit. */
  get tree(): Frontier {
    return this.#state.tree;
  }

  get storedSize(): number {
    return this.#state.storedSize;
  }

  /** Up to this number a lane's rows are not needed here any more. */
  prunableThrough(lane: Lane): number {
    const { through, storedBedsThrough } = this.#onDisk ?? this.#state;
    return lane === "beds" ? storedBedsThrough : through[lane];
  }

  /** Within a transaction of the caller's, and before its records. */
  begin(): LogEntry {
    const entry = new LogEntry(this.#state, this.#rows, this.#salts);
    const nowMonoMs = this.#parts.monotonicMs();
    for (const lane of READING_LANES) {
      const digest = this.#digests[lane];
      if (digest.isDue(nowMonoMs, this.#windowMs) && this.#parts.hasRoom()) entry.addReadings(lane, digest);
    }
    return entry;
  }

  /** Within the same transaction: an event that was just written. Behind others that have no leaf yet it waits for them. */
  addEvent(entry: LogEntry, seq: number, body: string): void {
    if (entry.state.through.beds === seq - 1) entry.addEvent(seq, body);
  }

  /** Within the same transaction, as its last part; returns what becomes true with its commit, or null: nothing is new. */
  write(entry: LogEntry): (() => void) | null {
    const { state, closed } = entry;
    if (state === this.#onDisk) return null;
    if (state.tree.size === 0 && state.storedSize === 0 && this.#onDisk === null) return null;
    this.#table.put(state);
    return () => {
      this.#state = state;
      this.#onDisk = state;
      for (const digest of closed) digest.begin();
    };
  }

  /** Behind the commit; `heads`: each lane's newest number before it. */
  addCommitted(groups: readonly JournalGroup[], heads: Readonly<Record<Lane, number>>): void {
    const nowMonoMs = this.#parts.monotonicMs();
    for (const lane of READING_LANES) {
      let firstSeq = heads[lane] + 1;
      for (const group of groups) {
        this.#digests[lane].addCommitted(group[lane], firstSeq, nowMonoMs);
        firstSeq += group[lane].count;
      }
    }
  }

  /** Within a transaction: leaves for bed events that have none. */
  catchUpEvents(entry: LogEntry): void {
    const { tables, marks } = this.#parts;
    const { headSeq } = marks.of("beds");
    const after = entry.state.through.beds;
    if (after >= headSeq) return;
    const found = tables.beds.found(after, EVENTS_A_STEP);
    for (const { seq, body, isSound } of found) if (isSound) entry.addEvent(seq, body);
    entry.passOver("beds", found.length < EVENTS_A_STEP ? headSeq : (found.at(-1)?.seq ?? headSeq));
  }

  /** Between transactions: readings that are in no digest yet. True: there is more to catch up with. */
  catchUpReadings(): boolean {
    const { tables, marks, monotonicMs } = this.#parts;
    let isBehind = this.#state.through.beds < marks.of("beds").headSeq;
    for (const lane of READING_LANES) {
      const digest = this.#digests[lane];
      const { headSeq } = marks.of(lane);
      if (digest.lastSeq >= headSeq) continue;
      const found = tables[lane].found(digest.lastSeq, READINGS_A_STEP);
      digest.addFound(found, found.length < READINGS_A_STEP, headSeq + 1, monotonicMs());
      // Without room for a leaf nothing moves; the next second sees.
      if (digest.lastSeq < headSeq && this.#parts.hasRoom()) isBehind = true;
    }
    return isBehind;
  }

  /** What the cloud has stored; on disk with the next transaction. */
  stored(size: number): void {
    const { tree, storedSize } = this.#state;
    if (size > tree.size) throw new Error(`the cloud stored ${size} leaves, but the log has ${tree.size}`);
    if (size <= storedSize) return;
    const storedBedsThrough = this.#rows.newestBedWithin(storedSize, size) ?? this.#state.storedBedsThrough;
    this.#state = { ...this.#state, storedSize: size, storedBedsThrough };
  }

  /** Within a transaction: returns how many leaves went. */
  prune(): number {
    const { storedSize } = this.#onDisk ?? this.#state;
    return this.#rows.prune(storedSize - LEAVES_KEPT, LEAVES_PRUNED_MAX);
  }

  leaves(fromIndex: number, leavesMax: number): readonly LeafRow[] {
    return this.#rows.from(fromIndex, leavesMax);
  }

  get #windowMs(): number {
    const waiting = this.#state.tree.size - this.#state.storedSize;
    return WINDOWS.find(({ leavesMax }) => waiting <= leavesMax)?.ms ?? 0;
  }
}

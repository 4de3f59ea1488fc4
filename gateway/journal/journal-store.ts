/**
 * The gateway's append-only log in SQLite. One writer; a group of records, the states they lead to and what was
 * quarantined go in together or not at all, and are on disk when `append` returns. Everything here blocks: it runs in
 * the journal's thread.
 */
import type Database from "better-sqlite3";
import { epochOf } from "../../contracts/wire/epoch.ts";
import type { Epoch, Lane } from "../../contracts/wire/ids.ts";
import { LANES } from "../../contracts/wire/lanes.ts";
import type { SyncBatch } from "../../contracts/wire/sync-batch.ts";
import { BatchReader } from "./batch-reader.ts";
import { checksumOfEpoch, checksumOfSeries, checksumOfState } from "./checksum.ts";
import { CommitStopwatch } from "./commit-stopwatch.ts";
import { EventTable } from "./event-table.ts";
import {
  type BatchEnvelope,
  type JournalFacts,
  type JournalGroup,
  type JournalStart,
  type LaneMarks,
  READING_LANES,
  type Series,
} from "./journal-port.ts";
import { LaneMarksTable } from "./lane-marks.ts";
import type { Life, LifeFacts } from "./life-port.ts";
import { LogBook } from "./log/log-book.ts";
import type { LogEntry } from "./log/log-entry.ts";
import { Pruner, RECENT_MS, RECENT_ROWS } from "./prune.ts";
import { QuarantineRing } from "./quarantine-ring.ts";
import { ReadingTable } from "./reading-table.ts";
import { SeriesBook } from "./series-book.ts";

/** Rows removed in one go, so that a long backlog's clean-up never holds the writer for long. */
export const PRUNE_ROWS_MAX = 5_000;
/** With the groups goes twice what comes, so that a lane that is acknowledged as fast as it fills never grows; … */
const PRUNED_PER_APPENDED = 2;
/** … not with each small one: to look for what may go takes longer than to remove a few rows. */
const PRUNED_ROWS_MIN = 64;

export const oldestAfter = (lane: Lane) =>
  `SELECT received_at_ms AS receivedAtMs FROM ${lane} WHERE seq > ? ORDER BY seq LIMIT 1`;

type Parts = {
  readonly database: Database.Database;
  readonly salvage: JournalStart["salvage"];
  readonly life: Pick<Life, "onDamage" | "facts">;
  /** False: the records are in no log of their own, to see what it costs. */
  readonly isLogged?: boolean;
  /** Monotonic, finer than a millisecond. */
  readonly stopwatchMs: () => number;
};

export class JournalStore {
  readonly epoch: Epoch;
  readonly #database: Database.Database;
  readonly #salvage: JournalStart["salvage"];
  readonly #statements: ReturnType<typeof prepare>;
  readonly #series = new SeriesBook();
  readonly #marks: LaneMarksTable;
  readonly #tables: {
    readonly beds: EventTable;
    readonly vitals: ReadingTable;
    readonly environment: ReadingTable;
  };
  readonly #pruners: readonly { readonly lane: Lane; readonly pruner: Pruner }[];
  /** Rows that may go with the next group, and did not with those before. */
  #prunable = 0;
  readonly #quarantine: QuarantineRing;
  readonly #batches: BatchReader;
  readonly #commits: CommitStopwatch;
  readonly log: LogBook | null;

  constructor({ database, salvage, life, stopwatchMs, isLogged = true }: Parts) {
    this.#database = database;
    this.#salvage = salvage;
    this.#statements = prepare(database);
    this.epoch = readEpoch(database);
    this.#marks = new LaneMarksTable(database);
    for (const { checksum, ...series } of this.#statements.allSeries.all())
      if (checksum === checksumOfSeries(series.id, series)) this.#series.add(series);
    this.#tables = {
      beds: new EventTable(database),
      vitals: new ReadingTable(database, "vitals", this.#series),
      environment: new ReadingTable(database, "environment", this.#series),
    };
    this.#pruners = LANES.map((lane) => ({ lane, pruner: new Pruner(database, lane) }));
    this.#quarantine = new QuarantineRing(database);
    const onDamage: Life["onDamage"] = (lane, fromSeq, throughSeq) =>
      life.onDamage(lane, fromSeq, throughSeq);
    this.#batches = new BatchReader({ database, tables: this.#tables, series: this.#series, onDamage });
    this.#commits = new CommitStopwatch(stopwatchMs);
    const hasRoom = () => life.facts().disk === "normal";
    const logParts = { database, series: this.#series, tables: this.#tables, marks: this.#marks, hasRoom };
    this.log = isLogged ? new LogBook({ ...logParts, monotonicMs: stopwatchMs }) : null;
  }

  /** What a start finds: the states and the newest readings of a damaged row's kind are left out. */
  start(): JournalStart {
    const states = this.#statements.allStates
      .all()
      .filter(({ subject, body, checksum }) => checksum === checksumOfState(subject, body));
    const recent = (lane: (typeof READING_LANES)[number]) =>
      this.#tables[lane].recent(this.#marks.of(lane).headSeq - RECENT_ROWS, RECENT_MS);
    return {
      series: this.#series.all(),
      states: new Map(states.map(({ subject, body }) => [subject, body])),
      recent: { vitals: recent("vitals"), environment: recent("environment") },
      salvage: this.#salvage,
    };
  }

  marks(lane: Lane): LaneMarks {
    return this.#marks.of(lane);
  }

  /** All of them in one transaction, or none. */
  append(groups: readonly JournalGroup[]): void {
    this.#transaction(() => {
      const heads = this.#marks.heads();
      const headsBefore = { ...heads };
      const entry = this.log?.begin();
      for (const group of groups) this.#insert(group, heads, entry);
      const settleMarks = this.#marks.write(heads);
      const settleLog = entry === undefined ? null : this.log?.write(entry);
      const appended = heads.vitals + heads.environment - headsBefore.vitals - headsBefore.environment;
      const prunable = this.#prunable + appended * PRUNED_PER_APPENDED;
      if (prunable >= PRUNED_ROWS_MIN) this.#prune(prunable);
      return () => {
        this.#prunable = prunable >= PRUNED_ROWS_MIN ? 0 : prunable;
        settleMarks();
        settleLog?.();
        this.log?.addCommitted(groups, headsBefore);
      };
    });
  }

  /** The records after `afterSeq`, or the tombstone that stands in their place, oldest first; null where there are none. */
  nextBatch(lane: Lane, afterSeq: number, recordsMax: number, envelope: BatchEnvelope): SyncBatch | null {
    const marks = this.#marks.of(lane);
    const next = this.#batches.next(lane, marks, afterSeq, recordsMax);
    if (next === null) return null;
    const { firstSeq, lastSeq, content } = next;
    const behindCount = marks.headSeq - lastSeq;
    return { version: 2, ...envelope, epoch: this.epoch, lane, firstSeq, behindCount, content };
  }

  /** Notes what the cloud has stored; it is on disk with the next group, or the next `tidy`. */
  acknowledge(lane: Lane, throughSeq: number): void {
    this.#marks.acknowledge(lane, throughSeq);
  }

  /** Writes down what was acknowledged and removes what need not stay. True: there may be more to remove. */
  tidy(): boolean {
    let removed = 0;
    this.#transaction(() => {
      const settle = [
        this.#marks.areOnDisk ? null : this.#marks.write(this.#marks.heads()),
        this.#writeLog(),
      ].filter((one) => one !== null);
      removed = this.#prune(PRUNE_ROWS_MAX);
      const prunedLeaves = this.log?.prune() ?? 0;
      const isChanged = settle.length > 0 || removed > 0 || prunedLeaves > 0;
      const settleAll = () => {
        for (const one of settle) one();
      };
      return isChanged ? settleAll : null;
    });
    const isBehind = this.log?.catchUpReadings() ?? false;
    return isBehind || removed >= PRUNE_ROWS_MAX;
  }

  quarantine(entriesMax: number) {
    return this.#quarantine.newest(entriesMax);
  }

  secondPassed(): void {
    this.#commits.secondPassed();
  }

  facts(life: LifeFacts): Omit<JournalFacts, "log"> {
    const oldestUnsent = (lane: Lane) =>
      this.#statements.oldestAfter[lane].get(this.#marks.of(lane).acknowledgedSeq)?.receivedAtMs ?? null;
    return {
      ...life,
      oldestUnsentAtMs: {
        beds: oldestUnsent("beds"),
        vitals: oldestUnsent("vitals"),
        environment: oldestUnsent("environment"),
      },
      quarantinedCount: this.#quarantine.count(),
      quarantinedEver: this.#quarantine.ever(),
      commits: this.#commits.times(),
    };
  }

  get isOpen(): boolean {
    return this.#database.open;
  }

  /** Writes down what was acknowledged since the last group. */
  writeMarks(): void {
    if (!this.#marks.areOnDisk) this.#transaction(() => this.#marks.write(this.#marks.heads()));
  }

  close(): void {
    this.#database.close();
  }

  /** What no leaf covers yet and could be covered, as far as it goes in one step. */
  #writeLog(): (() => void) | null {
    if (this.log === null) return null;
    const entry = this.log.begin();
    this.log.catchUpEvents(entry);
    return this.log.write(entry);
  }

  #insert(group: JournalGroup, heads: Record<Lane, number>, entry: LogEntry | undefined): void {
    for (const series of group.newSeries) this.#addSeries(series);
    for (const lane of READING_LANES) {
      const rows = group[lane];
      if (rows.count > 0) this.#tables[lane].insert(rows, heads[lane] + 1);
      heads[lane] += rows.count;
    }
    for (const event of group.events) {
      heads.beds += 1;
      this.#tables.beds.insert(heads.beds, event);
      if (entry !== undefined) this.log?.addEvent(entry, heads.beds, event.body);
    }
    for (const [subject, body] of group.states)
      this.#statements.setState.run(subject, body, checksumOfState(subject, body));
    this.#quarantine.insert(group.quarantined);
  }

  #addSeries(series: Series): void {
    const { id, deviceId, bedId, roomId, metric, unit } = series;
    this.#statements.setSeries.run(id, deviceId, bedId, roomId, metric, unit, this.#series.add(series));
  }

  #prune(rowsMax: number): number {
    let removed = 0;
    for (const { lane, pruner } of this.#pruners) {
      if (removed >= rowsMax) break;
      const { headSeq, acknowledgedSeq } = this.#marks.of(lane);
      const throughSeq = Math.min(acknowledgedSeq, this.log?.prunableThrough(lane) ?? acknowledgedSeq);
      removed += pruner.step({ headSeq, acknowledgedSeq: throughSeq }, rowsMax - removed);
    }
    return removed;
  }

  /** `work` returns what becomes true with the commit, or null where there is nothing to commit. */
  #transaction(work: () => (() => void) | null): void {
    const { begin, commit, rollback } = this.#statements;
    begin.run();
    try {
      const settle = work();
      if (settle === null) {
        rollback.run();
        return;
      }
      this.#commits.time(() => commit.run());
      settle();
    } catch (error) {
      if (this.#database.inTransaction) rollback.run();
      throw error;
    }
  }
}

function readEpoch(database: Database.Database): Epoch {
  const get = database.prepare<[string], string>("SELECT value FROM meta WHERE key = ?").pluck();
  const epoch = epochOf(get.get("epoch"));
  if (get.get("epoch-checksum") !== String(checksumOfEpoch(epoch)))
    throw new Error("the journal's epoch is damaged: its records cannot be told from another's");
  return epoch;
}

type SeriesRow = Series & { readonly checksum: number };
type StateRow = { readonly subject: string; readonly body: string; readonly checksum: number };

function prepare(database: Database.Database) {
  const oldest = (lane: Lane) => database.prepare<[number], { receivedAtMs: number }>(oldestAfter(lane));
  return {
    begin: database.prepare("BEGIN IMMEDIATE"),
    commit: database.prepare("COMMIT"),
    rollback: database.prepare("ROLLBACK"),
    allSeries: database.prepare<[], SeriesRow>(
      "SELECT id, device_id AS deviceId, bed_id AS bedId, room_id AS roomId, metric, unit, checksum FROM series",
    ),
    // A damaged series' number may be given again: what was read under it then fails its own checksum.
    setSeries: database.prepare("INSERT OR REPLACE INTO series VALUES (?, ?, ?, ?, ?, ?, ?)"),
    setState: database.prepare(
      "INSERT INTO state (subject, body, checksum) VALUES (?, ?, ?) ON CONFLICT (subject) DO UPDATE SET body = excluded.body, checksum = excluded.checksum",
    ),
    allStates: database.prepare<[], StateRow>("SELECT subject, body, checksum FROM state"),
    oldestAfter: { beds: oldest("beds"), vitals: oldest("vitals"), environment: oldest("environment") },
  };
}

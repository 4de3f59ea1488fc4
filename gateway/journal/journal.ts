/**
 * The gateway's append-only log in SQLite. One writer; a group of records, the states they lead to and what was
 * quarantined go in together or not at all, and are on disk when `append` returns.
 */
import { randomBytes } from "node:crypto";
import { existsSync, mkdirSync } from "node:fs";
import { dirname } from "node:path";
import Database from "better-sqlite3";
import { Epoch, LANES, type Lane } from "../../contracts/wire/ids.ts";
import type { SyncRecord } from "../../contracts/wire/sync.ts";
import { migrate } from "./schema.ts";

export type JournalRecord = { readonly lane: Lane; readonly seq: number; readonly record: SyncRecord };
export type Quarantined = {
  readonly deviceId: string;
  readonly receivedAtMs: number;
  readonly reason: string;
  readonly detail: string;
  readonly raw: Uint8Array;
};
/** What the ring kept of it: `raw` is the message's beginning, `bytes` how long the whole of it was. */
export type QuarantineRow = Quarantined & { readonly id: number; readonly bytes: number };
export type JournalGroup = {
  readonly records: readonly JournalRecord[];
  /** Subject ("bed:…", "room:…") to its state as JSON. */
  readonly states: ReadonlyMap<string, string>;
  readonly identities: readonly { readonly identity: string; readonly receivedAtMs: number }[];
  readonly quarantined: readonly Quarantined[];
};
export type LaneMarks = { readonly headSeq: number; readonly acknowledgedSeq: number };
export type StoredBatch = { readonly firstSeq: number; readonly bodies: readonly string[] };

/** The newest are kept: the ring tells what is wrong now. */
export const QUARANTINE_ROWS_MAX = 1_000;
export const QUARANTINE_RAW_BYTES_MAX = 4_096;
/** Rows removed in one go, so that a long backlog's clean-up never holds the writer for long. */
export const PRUNE_ROWS_MAX = 5_000;

const laneNumber: Readonly<Record<Lane, number>> = { beds: 0, vitals: 1, environment: 2 };

export const READ_FORWARD = "SELECT seq, body FROM record WHERE lane = ? AND seq > ? ORDER BY seq LIMIT ?";
export const OLDEST_AFTER =
  "SELECT received_at_ms AS receivedAtMs FROM record WHERE lane = ? AND seq > ? ORDER BY seq LIMIT 1";
export const NEWEST_QUARANTINED =
  "SELECT id, device_id AS deviceId, received_at_ms AS receivedAtMs, reason, detail, bytes, raw FROM quarantine ORDER BY id DESC LIMIT ?";

export class Journal {
  readonly epoch: Epoch;
  readonly #database: Database.Database;
  readonly #statements: ReturnType<typeof prepare>;
  #marks: Record<Lane, LaneMarks>;
  #appended = 0;

  static open(file: string): Journal {
    if (file !== ":memory:" && !existsSync(dirname(file)))
      mkdirSync(dirname(file), { recursive: true, mode: 0o700 });
    const database = new Database(file, { timeout: 0 });
    try {
      return new Journal(database);
    } catch (error) {
      database.close();
      throw error;
    }
  }

  private constructor(database: Database.Database) {
    // The lock is held for as long as the process lives: a second gateway on this file would number the same records.
    database.pragma("locking_mode = EXCLUSIVE");
    // WAL with NORMAL may drop the last commits on a power cut; gateways get unplugged, so FULL.
    database.pragma("journal_mode = WAL");
    database.pragma("synchronous = FULL");
    migrate(database);
    this.#database = database;
    this.#statements = prepare(database);
    this.epoch = this.#readEpoch();
    this.#marks = this.#readMarks();
  }

  marks(lane: Lane): LaneMarks {
    return this.#marks[lane];
  }

  append(group: JournalGroup): void {
    const heads = { ...this.#marks };
    this.#database.transaction(() => {
      for (const { lane, seq, record } of group.records) {
        if (seq !== heads[lane].headSeq + 1)
          throw new Error(`lane ${lane}: expected seq ${heads[lane].headSeq + 1}, got ${seq}`);
        heads[lane] = { ...heads[lane], headSeq: seq };
        this.#statements.insertRecord.run(laneNumber[lane], seq, record.receivedAtMs, JSON.stringify(record));
      }
      for (const lane of LANES) {
        if (heads[lane] !== this.#marks[lane])
          this.#statements.setHead.run(heads[lane].headSeq, laneNumber[lane]);
      }
      for (const [subject, body] of group.states) this.#statements.setState.run(subject, body);
      for (const { identity, receivedAtMs } of group.identities)
        this.#statements.insertRecent.run(identity, receivedAtMs);
      for (const one of group.quarantined) {
        const raw = Buffer.from(one.raw.subarray(0, QUARANTINE_RAW_BYTES_MAX));
        const { deviceId, receivedAtMs, reason, detail } = one;
        const bytes = one.raw.byteLength;
        this.#statements.insertQuarantine.run(deviceId, receivedAtMs, reason, detail, bytes, raw);
      }
      if (group.quarantined.length > 0) this.#statements.trimQuarantine.run(QUARANTINE_ROWS_MAX);
    })();
    this.#marks = heads;
    this.#appended += group.records.length;
  }

  /** The records after `afterSeq`, oldest first, as JSON; null where there are none. */
  read(lane: Lane, afterSeq: number, rowsMax: number): StoredBatch | null {
    const rows = this.#statements.readForward.all(laneNumber[lane], afterSeq, rowsMax) as {
      seq: number;
      body: string;
    }[];
    const first = rows[0];
    return first === undefined ? null : { firstSeq: first.seq, bodies: rows.map((row) => row.body) };
  }

  /** Notes what the cloud has stored. Called only after the cloud said so. */
  acknowledge(lane: Lane, throughSeq: number): void {
    const marks = this.#marks[lane];
    if (throughSeq <= marks.acknowledgedSeq) return;
    if (throughSeq > marks.headSeq) {
      throw new Error(
        `lane ${lane}: the cloud acknowledged ${throughSeq}, but the journal ends at ${marks.headSeq}`,
      );
    }
    this.#statements.setAcknowledged.run(throughSeq, laneNumber[lane]);
    this.#marks = { ...this.#marks, [lane]: { ...marks, acknowledgedSeq: throughSeq } };
  }

  /** Removes acknowledged readings; bed events stay. Returns how many rows went. */
  prune(nowMs: number, identitiesKeptMs: number): number {
    let removed = 0;
    for (const lane of ["vitals", "environment"] as const) {
      const through = this.#marks[lane].acknowledgedSeq;
      removed += this.#statements.pruneRecords.run(
        laneNumber[lane],
        laneNumber[lane],
        through,
        PRUNE_ROWS_MAX,
      ).changes;
    }
    this.#statements.pruneRecent.run(nowMs - identitiesKeptMs);
    return removed;
  }

  oldestUnsentAtMs(lane: Lane): number | null {
    const row = this.#statements.oldestAfter.get(laneNumber[lane], this.#marks[lane].acknowledgedSeq) as
      | { receivedAtMs: number }
      | undefined;
    return row?.receivedAtMs ?? null;
  }

  states(): Map<string, string> {
    const rows = this.#statements.allStates.all() as { subject: string; body: string }[];
    return new Map(rows.map((row) => [row.subject, row.body]));
  }

  isRecent(identity: string): boolean {
    return this.#statements.isRecent.get(identity) !== undefined;
  }

  quarantinedCount(): number {
    return (this.#statements.countQuarantine.get() as { count: number }).count;
  }

  /** How many were ever quarantined in this file; it grows where the ring's own count stands still. */
  quarantinedEver(): number {
    return (this.#statements.lastQuarantined.get() as { id: number }).id;
  }

  /** What could not be read, newest first. Its bytes may hold a patient's data: not for logs or metrics. */
  quarantine(entriesMax: number): readonly QuarantineRow[] {
    return this.#statements.newestQuarantined.all(entriesMax) as QuarantineRow[];
  }

  /** Records appended since the process started. */
  get appendedCount(): number {
    return this.#appended;
  }

  get isOpen(): boolean {
    return this.#database.open;
  }

  close(): void {
    this.#database.close();
  }

  #readEpoch(): Epoch {
    const get = this.#database.prepare("SELECT value FROM meta WHERE key = 'epoch'");
    const stored = get.get() as { value: string } | undefined;
    if (stored !== undefined) return Epoch.parse(stored.value);
    const epoch = randomBytes(8).toString("hex");
    this.#database.prepare("INSERT INTO meta (key, value) VALUES ('epoch', ?)").run(epoch);
    return Epoch.parse(epoch);
  }

  #readMarks(): Record<Lane, LaneMarks> {
    const read = this.#database.prepare(
      "SELECT head_seq AS headSeq, acknowledged_seq AS acknowledgedSeq FROM lane WHERE lane = ?",
    );
    const of = (lane: Lane) => read.get(laneNumber[lane]) as LaneMarks;
    return { beds: of("beds"), vitals: of("vitals"), environment: of("environment") };
  }
}

function prepare(database: Database.Database) {
  return {
    insertRecord: database.prepare(
      "INSERT INTO record (lane, seq, received_at_ms, body) VALUES (?, ?, ?, ?)",
    ),
    setHead: database.prepare("UPDATE lane SET head_seq = ? WHERE lane = ?"),
    setAcknowledged: database.prepare("UPDATE lane SET acknowledged_seq = ? WHERE lane = ?"),
    setState: database.prepare(
      "INSERT INTO state (subject, body) VALUES (?, ?) ON CONFLICT (subject) DO UPDATE SET body = excluded.body",
    ),
    allStates: database.prepare("SELECT subject, body FROM state"),
    insertRecent: database.prepare(
      "INSERT INTO recent (identity, received_at_ms) VALUES (?, ?) ON CONFLICT (identity) DO NOTHING",
    ),
    isRecent: database.prepare("SELECT 1 FROM recent WHERE identity = ?"),
    pruneRecent: database.prepare("DELETE FROM recent WHERE received_at_ms < ?"),
    insertQuarantine: database.prepare(
      "INSERT INTO quarantine (device_id, received_at_ms, reason, detail, bytes, raw) VALUES (?, ?, ?, ?, ?, ?)",
    ),
    trimQuarantine: database.prepare(
      "DELETE FROM quarantine WHERE id <= (SELECT max(id) FROM quarantine) - ?",
    ),
    countQuarantine: database.prepare("SELECT count(*) AS count FROM quarantine"),
    lastQuarantined: database.prepare("SELECT coalesce(max(id), 0) AS id FROM quarantine"),
    newestQuarantined: database.prepare(NEWEST_QUARANTINED),
    readForward: database.prepare(READ_FORWARD),
    oldestAfter: database.prepare(OLDEST_AFTER),
    pruneRecords: database.prepare(
      "DELETE FROM record WHERE lane = ? AND seq IN (SELECT seq FROM record WHERE lane = ? AND seq <= ? ORDER BY seq LIMIT ?)",
    ),
  };
}

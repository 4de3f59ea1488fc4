import type Database from "better-sqlite3";
import { QUARANTINE_ROWS_MAX, type Quarantined, type QuarantineRow } from "./journal-port.ts";

export const QUARANTINE_RAW_BYTES_MAX = 4_096;

export const NEWEST_QUARANTINED =
  "SELECT id, device_id AS deviceId, received_at_ms AS receivedAtMs, reason, detail, bytes, raw FROM quarantine ORDER BY id DESC LIMIT ?";

/** What could not be read. */
export class QuarantineRing {
  readonly #statements: ReturnType<typeof prepare>;

  constructor(database: Database.Database) {
    this.#statements = prepare(database);
  }

  /** Within a transaction of the caller's. */
  insert(quarantined: readonly Quarantined[]): void {
    if (quarantined.length === 0) return;
    for (const { deviceId, receivedAtMs, reason, detail, raw } of quarantined) {
      const kept = Buffer.from(raw.subarray(0, QUARANTINE_RAW_BYTES_MAX));
      this.#statements.insert.run(deviceId, receivedAtMs, reason, detail, raw.byteLength, kept);
    }
    this.#statements.trim.run(QUARANTINE_ROWS_MAX);
  }

  newest(entriesMax: number): readonly QuarantineRow[] {
    return this.#statements.newest.all(entriesMax) as QuarantineRow[];
  }

  count(): number {
    return (this.#statements.count.get() as { count: number }).count;
  }

  /** How many were ever quarantined in this file; it grows where the ring's own count stands still. */
  ever(): number {
    return (this.#statements.last.get() as { id: number }).id;
  }
}

function prepare(database: Database.Database) {
  return {
    insert: database.prepare(
      "INSERT INTO quarantine (device_id, received_at_ms, reason, detail, bytes, raw) VALUES (?, ?, ?, ?, ?, ?)",
    ),
    trim: database.prepare("DELETE FROM quarantine WHERE id <= (SELECT max(id) FROM quarantine) - ?"),
    // Numbers follow each other without a gap, and to count the rows would read them all.
    count: database.prepare(
      "SELECT coalesce((SELECT max(id) FROM quarantine) - (SELECT min(id) FROM quarantine) + 1, 0) AS count",
    ),
    last: database.prepare("SELECT coalesce(max(id), 0) AS id FROM quarantine"),
    newest: database.prepare(NEWEST_QUARANTINED),
  };
}

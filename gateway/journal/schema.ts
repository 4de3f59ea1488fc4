import type Database from "better-sqlite3";
import { LOG_TABLES } from "./log/log-tables.ts";
import { migrateToColumns } from "./migrate-to-columns.ts";

type Migration = (database: Database.Database) => void;

/**
 * Migrations go forward only, one transaction each, and are never edited once a gateway ran them. `user_version`
 * counts how many have run.
 */
const MIGRATIONS: readonly Migration[] = [
  (database) =>
    database.exec(`
  CREATE TABLE meta (key TEXT PRIMARY KEY, value TEXT NOT NULL) WITHOUT ROWID;

  -- What happened, in lanes 0 beds, 1 vitals, 2 environment, each numbered without gaps.
  CREATE TABLE record (
    lane INTEGER NOT NULL,
    seq INTEGER NOT NULL,
    received_at_ms INTEGER NOT NULL,
    body TEXT NOT NULL,
    PRIMARY KEY (lane, seq)
  ) WITHOUT ROWID;

  -- Rows leave 'record' once acknowledged, so the numbering has a place of its own.
  CREATE TABLE lane (
    lane INTEGER PRIMARY KEY,
    head_seq INTEGER NOT NULL,
    acknowledged_seq INTEGER NOT NULL
  );
  INSERT INTO lane VALUES (0, 0, 0), (1, 0, 0), (2, 0, 0);

  -- What the interpreter knew after the newest record: a start reads this instead of the whole log.
  CREATE TABLE state (subject TEXT PRIMARY KEY, body TEXT NOT NULL) WITHOUT ROWID;

  -- Identities of recent readings, so that what a device sends again is counted once.
  CREATE TABLE recent (identity TEXT PRIMARY KEY, received_at_ms INTEGER NOT NULL) WITHOUT ROWID;
  CREATE INDEX recent_by_age ON recent (received_at_ms);

  -- What could not be read: a bounded ring.
  CREATE TABLE quarantine (
    id INTEGER PRIMARY KEY AUTOINCREMENT,
    device_id TEXT NOT NULL,
    received_at_ms INTEGER NOT NULL,
    reason TEXT NOT NULL,
    detail TEXT NOT NULL,
    raw BLOB NOT NULL
  );
  `),
  (database) =>
    database.exec(`
  -- 'raw' is the beginning; how long the whole message was is part of what was wrong with it.
  ALTER TABLE quarantine ADD COLUMN bytes INTEGER NOT NULL DEFAULT 0;
  UPDATE quarantine SET bytes = length(raw);
  `),
  migrateToColumns,
  (database) => database.exec(LOG_TABLES),
];

export function migrate(database: Database.Database): void {
  const ran = Number(database.pragma("user_version", { simple: true }));
  if (ran > MIGRATIONS.length) {
    throw new Error(
      `The journal was written by a newer version (schema ${ran}, this program knows ${MIGRATIONS.length}). ` +
        "Install that version again; going back would lose what the new one added.",
    );
  }
  for (const [index, migration] of MIGRATIONS.entries()) {
    if (index < ran) continue;
    database.transaction(() => {
      migration(database);
      database.pragma(`user_version = ${index + 1}`);
    })();
  }
}

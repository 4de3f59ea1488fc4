import type Database from "better-sqlite3";

/**
 * Migrations go forward only, one transaction each, and are never edited once a gateway ran them. `user_version`
 * counts how many have run.
 */
const MIGRATIONS: readonly string[] = [
  `
  -- A client that asked for a session that lasts. Nobody's key stands here or anywhere in this file.
  CREATE TABLE session (client_id TEXT PRIMARY KEY, seen_at_ms INTEGER NOT NULL) WITHOUT ROWID;

  -- 'fields': what else stood in the subscription, as JSON.
  CREATE TABLE subscription (
    client_id TEXT NOT NULL,
    topic TEXT NOT NULL,
    qos INTEGER NOT NULL,
    fields TEXT NOT NULL,
    PRIMARY KEY (client_id, topic)
  ) WITHOUT ROWID;

  -- What is on its way to a client, or waits for it, in order. A payload is text where it was given as text.
  -- A row of cmd 'pubrel' was received by the client and waits for its PUBCOMP.
  CREATE TABLE outgoing (
    seq INTEGER PRIMARY KEY AUTOINCREMENT,
    client_id TEXT NOT NULL,
    cmd TEXT NOT NULL,
    broker_id TEXT,
    broker_counter INTEGER,
    message_id INTEGER,
    topic TEXT,
    payload,
    qos INTEGER,
    retain INTEGER,
    dup INTEGER
  );
  CREATE INDEX outgoing_by_client ON outgoing (client_id, seq);
  CREATE INDEX outgoing_by_message ON outgoing (client_id, message_id);

  -- Packet ids of QoS 2 messages that were handed on and are not yet released by their sender.
  CREATE TABLE incoming (
    client_id TEXT NOT NULL,
    message_id INTEGER NOT NULL,
    PRIMARY KEY (client_id, message_id)
  ) WITHOUT ROWID;

  -- 'owner': whose device's limit a message counts for.
  CREATE TABLE retained (topic TEXT PRIMARY KEY, owner TEXT NOT NULL, fields TEXT NOT NULL, payload NOT NULL);
  CREATE INDEX retained_by_owner ON retained (owner);

  CREATE TABLE will (client_id TEXT PRIMARY KEY, fields TEXT NOT NULL, payload NOT NULL);
  `,
  `
  -- The time at which sessions were last looked through: by it a clock that was set wrong is known.
  CREATE TABLE looked_through (id INTEGER PRIMARY KEY CHECK (id = 1), at_ms INTEGER NOT NULL);
  INSERT INTO looked_through SELECT 1, max(seen_at_ms) FROM session HAVING count(*) > 0;
  `,
];

export function migrateSessions(database: Database.Database): void {
  const ran = Number(database.pragma("user_version", { simple: true }));
  if (ran > MIGRATIONS.length) {
    throw new Error(
      `The broker's sessions were written by a newer version (schema ${ran}, this program knows ${MIGRATIONS.length}). ` +
        "Install that version again; going back would lose what the new one added.",
    );
  }
  for (const [index, sql] of MIGRATIONS.entries()) {
    if (index < ran) continue;
    database.transaction(() => {
      database.exec(sql);
      database.pragma(`user_version = ${index + 1}`);
    })();
  }
}

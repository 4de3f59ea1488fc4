import { type Kysely, sql } from "kysely";
import type { Migration } from "kysely/migration";

/**
 * Files that people asked for, and how far each is; the files themselves lie in the data directory of the process that
 * made them. `attempts` counts how often an export was begun: one that ends the service each time is not begun for ever.
 */
const STATEMENTS = [
  `CREATE TABLE exports (
    export_id uuid PRIMARY KEY,
    kind text NOT NULL,
    request jsonb NOT NULL,
    request_sha256 text NOT NULL,
    -- Who asked: what goes in is what that role may read, and who has the same role there may fetch it.
    role text NOT NULL,
    hospital_id text COLLATE "C" REFERENCES hospitals,
    session_sha256 text NOT NULL,
    idempotency_key text,
    state text NOT NULL,
    attempts int NOT NULL DEFAULT 0,
    file_name text NOT NULL,
    content_type text NOT NULL,
    done_rows bigint NOT NULL DEFAULT 0,
    total_rows bigint,
    bytes bigint NOT NULL DEFAULT 0,
    sha256 text,
    error text,
    asked_at_ms bigint NOT NULL,
    started_at_ms bigint,
    ended_at_ms bigint,
    expires_at_ms bigint,
    UNIQUE (session_sha256, idempotency_key)
  )`,
  `CREATE INDEX exports_by_state ON exports (state, asked_at_ms)`,
  // A bed's, a room's and a device's series are looked up for every chart.
  `CREATE INDEX series_by_bed ON series (bed_id)`,
  `CREATE INDEX series_by_room ON series (room_id)`,
  `CREATE INDEX series_by_device ON series (device_id)`,
];

export const exports: Migration = {
  async up(db: Kysely<unknown>) {
    for (const statement of STATEMENTS) await sql.raw(statement).execute(db);
  },
};

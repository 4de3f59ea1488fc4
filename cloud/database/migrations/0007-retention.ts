import { type Kysely, sql } from "kysely";
import type { Migration } from "kysely/migration";

/**
 * `legal_holds`: what must not go, why and by whom; a hold that is released stays as a row. `archives`: files that rows
 * were moved into, written in the transaction in which the rows went. `database_identity` has one row: archives say
 * which database they come from.
 */
const STATEMENTS = [
  `CREATE TABLE legal_holds (
    hold_id uuid PRIMARY KEY,
    hospital_id text COLLATE "C" NOT NULL REFERENCES hospitals,
    -- Each of these narrows it; null: all.
    bed_id text COLLATE "C",
    device_id text COLLATE "C",
    class text,
    from_ms bigint NOT NULL,
    -- Exclusive; null: open.
    to_ms bigint,
    reason text NOT NULL,
    created_at_ms bigint NOT NULL,
    created_role text NOT NULL,
    created_session_sha256 text NOT NULL,
    idempotency_key text,
    request_sha256 text NOT NULL,
    released_at_ms bigint,
    released_role text,
    released_session_sha256 text,
    release_reason text,
    UNIQUE (created_session_sha256, idempotency_key)
  )`,
  `CREATE INDEX legal_holds_by_hospital ON legal_holds (hospital_id, created_at_ms)`,
  `CREATE TABLE archives (
    -- Under which the file lies in the archive; it holds the hash of the content, so the same rows make the same file.
    key text PRIMARY KEY,
    hospital_id text COLLATE "C" NOT NULL REFERENCES hospitals,
    class text NOT NULL,
    from_ms bigint NOT NULL,
    to_ms bigint NOT NULL,
    row_count bigint NOT NULL,
    bytes bigint NOT NULL,
    sha256 text NOT NULL,
    archived_at_ms bigint NOT NULL,
    -- Rows that were put back stay at least until then.
    restored_until_ms bigint
  )`,
  `CREATE INDEX archives_by_time ON archives (hospital_id, class, from_ms)`,
  `CREATE TABLE database_identity (
    is_only boolean PRIMARY KEY DEFAULT true CHECK (is_only),
    database_id uuid NOT NULL DEFAULT gen_random_uuid()
  )`,
  // By which the weeks that have old events are found.
  `CREATE INDEX bed_events_by_time ON bed_events USING brin (observed_at_ms)`,
];

export const retention: Migration = {
  async up(db: Kysely<unknown>) {
    for (const statement of STATEMENTS) await sql.raw(statement).execute(db);
  },
};

import { type Kysely, sql } from "kysely";
import type { Migration } from "kysely/migration";

/**
 * Reports that the schedule wants, each with how its making goes, and their files, which are small: any process of the
 * service hands them out. `report_schedules` says since when a report is known: what was due before is not made up for.
 */
const STATEMENTS = [
  `CREATE TABLE report_schedules (
    name text PRIMARY KEY,
    since_at_ms bigint NOT NULL
  )`,
  `CREATE TABLE report_runs (
    report_id uuid PRIMARY KEY,
    name text NOT NULL,
    hospital_id text COLLATE "C" REFERENCES hospitals,
    from_ms bigint NOT NULL,
    to_ms bigint NOT NULL,
    time_zone text NOT NULL,
    by text NOT NULL,
    formats jsonb NOT NULL,
    due_at_ms bigint NOT NULL,
    state text NOT NULL,
    attempts int NOT NULL DEFAULT 0,
    error text,
    -- While it waits.
    next_attempt_at_ms bigint NOT NULL,
    -- While it runs: whoever makes it has given up by then.
    lease_until_ms bigint,
    made_at_ms bigint,
    UNIQUE (name, due_at_ms)
  )`,
  `CREATE TABLE report_files (
    report_id uuid NOT NULL REFERENCES report_runs ON DELETE CASCADE,
    format text NOT NULL,
    file_name text NOT NULL,
    sha256 text NOT NULL,
    content bytea NOT NULL,
    PRIMARY KEY (report_id, format)
  )`,
  // A bed's state after the event at this position, so that figures need not begin with its first event.
  `CREATE TABLE kpi_checkpoints (
    bed_id text COLLATE "C" NOT NULL REFERENCES beds,
    rules int NOT NULL,
    position bigint NOT NULL,
    at_ms bigint NOT NULL,
    story jsonb NOT NULL,
    PRIMARY KEY (bed_id, rules, position)
  )`,
  // Which beds were ever part of a ward.
  `CREATE INDEX bed_events_by_ward ON bed_events ((body->>'wardId'), bed_id) WHERE kind = 'bed-commissioned'`,
];

export const reports: Migration = {
  async up(db: Kysely<unknown>) {
    for (const statement of STATEMENTS) await sql.raw(statement).execute(db);
  },
};

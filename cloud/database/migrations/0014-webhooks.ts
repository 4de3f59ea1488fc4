import { type Kysely, sql } from "kysely";
import type { Migration } from "kysely/migration";

/** Who is told what happens on the desk, how far, and how the last attempt ended; the secret is sealed. */
const STATEMENTS = [
  `CREATE TABLE webhooks (
    webhook_id uuid PRIMARY KEY,
    url text NOT NULL,
    hospital_id text COLLATE "C" REFERENCES hospitals,
    topics jsonb NOT NULL,
    description text NOT NULL,
    key_id text NOT NULL,
    wrapped_key bytea NOT NULL,
    sealed_secret bytea NOT NULL,
    through_position bigint NOT NULL,
    paused boolean NOT NULL,
    attempts int NOT NULL,
    next_attempt_at_ms bigint,
    last_answer jsonb,
    holder text,
    held_until_ms bigint,
    created_at_ms bigint NOT NULL,
    version int NOT NULL
  )`,
];

export const webhooks: Migration = {
  async up(db: Kysely<unknown>) {
    for (const statement of STATEMENTS) await sql.raw(statement).execute(db);
  },
};

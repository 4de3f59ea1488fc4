import { type Kysely, sql } from "kysely";
import type { Migration } from "kysely/migration";

/** Beds that were known before are in no isolation room and have no findings until their gateway says so. */
const STATEMENTS = [
  `ALTER TABLE beds
    ADD COLUMN room_isolation text NOT NULL DEFAULT 'none',
    ADD COLUMN findings jsonb NOT NULL DEFAULT '[]'`,
];

export const findings: Migration = {
  async up(db: Kysely<unknown>) {
    for (const statement of STATEMENTS) await sql.raw(statement).execute(db);
  },
};

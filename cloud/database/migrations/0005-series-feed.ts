import { type Kysely, sql } from "kysely";
import type { Migration } from "kysely/migration";

/**
 * `newest_at_ms`: when the newest reading below a cursor was observed. `accepted_seq`: how far a store has said yes that
 * may still lose it. `series_feeders`: which process feeds a store.
 */
const STATEMENTS = [
  `ALTER TABLE series_cursors
    ADD COLUMN newest_at_ms bigint NOT NULL DEFAULT -1,
    ADD COLUMN accepted_seq bigint NOT NULL DEFAULT 0`,
  `CREATE TABLE series_feeders (
    store text PRIMARY KEY,
    holder text NOT NULL,
    -- By the database's clock.
    until_ms bigint NOT NULL
  )`,
];

export const seriesFeed: Migration = {
  async up(db: Kysely<unknown>) {
    for (const statement of STATEMENTS) await sql.raw(statement).execute(db);
  },
};

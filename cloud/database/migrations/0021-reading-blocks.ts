import { type Kysely, sql } from "kysely";
import type { Migration } from "kysely/migration";

/**
 * When the readings of a block were observed: 4,096 successive numbers of a lane, and of those the ones of a week. It
 * takes the place of an index over the time of each reading.
 */
const STATEMENTS = [
  // First, since nobody may store any more from here on.
  `DROP INDEX readings_by_time`,
  `CREATE TABLE reading_blocks (
    -- seq / 4096.
    block bigint NOT NULL,
    -- Both inclusive.
    from_ms bigint NOT NULL,
    through_ms bigint NOT NULL,
    journal_id int NOT NULL,
    -- observed_at_ms / 604800000.
    week int NOT NULL,
    lane smallint NOT NULL,
    PRIMARY KEY (journal_id, week, block, lane)
  ) WITH (fillfactor = 80)`,
  `INSERT INTO reading_blocks (block, from_ms, through_ms, journal_id, week, lane)
    SELECT seq / 4096, min(observed_at_ms), max(observed_at_ms), journal_id, observed_at_ms / 604800000, lane
    FROM readings GROUP BY journal_id, lane, seq / 4096, observed_at_ms / 604800000`,
];

export const readingBlocks: Migration = {
  async up(db: Kysely<unknown>) {
    // It reads every reading, which takes longer than a statement of the service may.
    await sql`SET LOCAL statement_timeout = 0`.execute(db);
    for (const statement of STATEMENTS) await sql.raw(statement).execute(db);
  },
};

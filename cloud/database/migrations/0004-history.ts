import { type Kysely, sql } from "kysely";
import type { Migration } from "kysely/migration";

/**
 * Readings lie in partitions by the week of `observed_at_ms`, so that old ones go by the table and a range reads only
 * its weeks. Roll-ups of a minute and an hour lie in partitions of 4 and of 52 weeks: with fewer rows a day each takes
 * longer to grow large. `series_cursors` says how far each store of time series has each lane.
 */
const TABLES = [
  `ALTER TABLE readings RENAME TO readings_before`,
  `ALTER TABLE readings_before RENAME CONSTRAINT readings_pkey TO readings_before_pkey`,
  `CREATE TABLE readings (
    seq bigint NOT NULL,
    value double precision NOT NULL,
    observed_at_ms bigint NOT NULL,
    gateway_received_at_ms bigint NOT NULL,
    received_at_ms bigint NOT NULL,
    clock_offset_ms bigint NOT NULL,
    journal_id int NOT NULL,
    series_id int NOT NULL,
    lane smallint NOT NULL,
    flags smallint NOT NULL,
    PRIMARY KEY (journal_id, lane, seq, observed_at_ms)
  ) PARTITION BY RANGE (observed_at_ms)`,
  `CREATE INDEX readings_by_time ON readings USING brin (observed_at_ms, series_id int4_minmax_multi_ops)
    WITH (pages_per_range = 32, autosummarize = on)`,
  // What was observed in a week that has no partition, such as what a device without a clock sends.
  `CREATE TABLE readings_other PARTITION OF readings DEFAULT`,
  ...["rollups_1m", "rollups_1h"].flatMap((name) => [
    // What is null: no good reading is in it, or (the lag) none that came by itself. The least, the greatest and the
    // sum are of the good ones, the last is that of the greatest (last_at_ms, last_seq), the lag is that of all.
    `CREATE TABLE ${name} (
      series_id int NOT NULL,
      start_at_ms bigint NOT NULL,
      count bigint NOT NULL,
      bad_count bigint NOT NULL,
      min double precision,
      max double precision,
      sum double precision NOT NULL,
      last double precision,
      last_at_ms bigint,
      last_seq bigint,
      lag_count bigint NOT NULL,
      lag_sum_ms double precision NOT NULL,
      lag_max_ms bigint,
      PRIMARY KEY (series_id, start_at_ms)
    ) PARTITION BY RANGE (start_at_ms)`,
    `CREATE TABLE ${name}_other PARTITION OF ${name} DEFAULT`,
  ]),
  `CREATE TABLE series_cursors (
    store text NOT NULL,
    journal_id int NOT NULL REFERENCES journals,
    lane smallint NOT NULL,
    through_seq bigint NOT NULL,
    PRIMARY KEY (store, journal_id, lane)
  )`,
  `CREATE TABLE series_refusals (
    store text NOT NULL,
    journal_id int NOT NULL REFERENCES journals,
    lane smallint NOT NULL,
    seq bigint NOT NULL,
    reason text NOT NULL,
    refused_at_ms bigint NOT NULL,
    PRIMARY KEY (store, journal_id, lane, seq)
  )`,
];

const WEEK_MS = 604_800_000;
/** A week with fewer is not worth a partition. */
const READINGS_MIN = 1_000;

const COLUMNS = `seq, value, observed_at_ms, gateway_received_at_ms, received_at_ms, clock_offset_ms, journal_id,
  series_id, lane, flags`;

export const history: Migration = {
  async up(db: Kysely<unknown>) {
    // It copies every reading, which takes longer than a statement of the service may.
    await sql`SET LOCAL statement_timeout = 0`.execute(db);
    for (const statement of TABLES) await sql.raw(statement).execute(db);
    const { rows } = await sql<{ week: number }>`
      SELECT (observed_at_ms / ${WEEK_MS})::int AS week FROM readings_before
      GROUP BY 1 HAVING count(*) >= ${READINGS_MIN} ORDER BY 1`.execute(db);
    for (const { week } of rows) {
      const fromMs = week * WEEK_MS;
      const day = new Date(fromMs).toISOString().slice(0, 10).replaceAll("-", "");
      await sql
        .raw(
          `CREATE TABLE readings_${day} PARTITION OF readings FOR VALUES FROM (${fromMs}) TO (${fromMs + WEEK_MS})`,
        )
        .execute(db);
    }
    await sql.raw(`INSERT INTO readings (${COLUMNS}) SELECT ${COLUMNS} FROM readings_before`).execute(db);
    await sql`DROP TABLE readings_before`.execute(db);
  },
};

import { type Kysely, sql } from "kysely";
import type { Migration } from "kysely/migration";

/**
 * Readings in few and narrow columns: what a source always says stands in `series` once, the names of a journal in
 * `journals`; flags are those of contracts/wire/reading-columns.ts, and lanes count 0 beds, 1 vitals, 2 environment.
 * `latest_marks` says how far each lane's newest values are known; what a gateway had to let go of is a tombstone.
 */
const STATEMENTS = [
  `CREATE TABLE journals (
    journal_id int GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    gateway_id text COLLATE "C" NOT NULL REFERENCES gateways,
    epoch text COLLATE "C" NOT NULL,
    -- Of the process that stored something last; null: none that said so.
    boot_id text COLLATE "C",
    UNIQUE (gateway_id, epoch)
  )`,
  `INSERT INTO journals (gateway_id, epoch) SELECT DISTINCT gateway_id, epoch FROM lanes ORDER BY 1, 2`,
  `CREATE TABLE boots (
    journal_id int NOT NULL REFERENCES journals,
    boot_id text COLLATE "C" NOT NULL,
    first_heard_at_ms bigint NOT NULL,
    PRIMARY KEY (journal_id, boot_id)
  )`,
  `ALTER TABLE lanes ADD COLUMN journal_id int REFERENCES journals`,
  `UPDATE lanes SET journal_id = journals.journal_id FROM journals
    WHERE journals.gateway_id = lanes.gateway_id AND journals.epoch = lanes.epoch`,
  `ALTER TABLE lanes ALTER COLUMN journal_id SET NOT NULL`,
  `CREATE TABLE latest_marks (
    journal_id int NOT NULL REFERENCES journals,
    lane text NOT NULL,
    through_seq bigint NOT NULL,
    PRIMARY KEY (journal_id, lane)
  )`,
  `INSERT INTO latest_marks SELECT journal_id, lane, high_water_mark_seq FROM lanes WHERE lane <> 'beds'`,
  `CREATE TABLE series (
    series_id int GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    gateway_id text COLLATE "C" NOT NULL,
    device_id text COLLATE "C" NOT NULL,
    metric text COLLATE "C" NOT NULL,
    bed_id text COLLATE "C",
    room_id text COLLATE "C",
    unit text COLLATE "C",
    UNIQUE NULLS NOT DISTINCT (gateway_id, device_id, metric, bed_id, room_id, unit)
  )`,
  `ALTER TABLE readings RENAME TO wide_readings`,
  `ALTER TABLE wide_readings RENAME CONSTRAINT readings_pkey TO wide_readings_pkey`,
  `INSERT INTO series (gateway_id, device_id, metric, bed_id, room_id, unit)
    SELECT DISTINCT gateway_id, device_id, metric, bed_id, room_id, unit FROM wide_readings`,
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
    PRIMARY KEY (journal_id, lane, seq)
  )`,
  `INSERT INTO readings
    SELECT wide.seq, coalesce(wide.value_number, wide.value_boolean::int, 0), wide.observed_at_ms,
      wide.gateway_received_at_ms, wide.received_at_ms, wide.clock_offset_ms, journals.journal_id, series.series_id,
      CASE wide.lane WHEN 'vitals' THEN 1 ELSE 2 END,
      ${flagsSql("wide")} + CASE wide.observed_by WHEN 'device' THEN 8 ELSE 0 END
    FROM wide_readings wide
      JOIN journals USING (gateway_id, epoch)
      JOIN series ON series.gateway_id = wide.gateway_id AND series.device_id = wide.device_id
        AND series.metric = wide.metric AND series.bed_id IS NOT DISTINCT FROM wide.bed_id
        AND series.room_id IS NOT DISTINCT FROM wide.room_id AND series.unit IS NOT DISTINCT FROM wide.unit`,
  `DROP TABLE wide_readings`,
  `ALTER TABLE latest_values ADD COLUMN value double precision, ADD COLUMN flags smallint`,
  `UPDATE latest_values SET value = coalesce(value_number, value_boolean::int, 0), flags = ${flagsSql("latest_values")}`,
  `ALTER TABLE latest_values ALTER COLUMN value SET NOT NULL, ALTER COLUMN flags SET NOT NULL,
    DROP COLUMN value_number, DROP COLUMN value_boolean, DROP COLUMN quality, DROP COLUMN bad_reason`,
  `CREATE TABLE tombstones (
    journal_id int NOT NULL REFERENCES journals,
    lane smallint NOT NULL,
    from_seq bigint NOT NULL,
    through_seq bigint NOT NULL,
    reason text NOT NULL,
    -- Where the gateway's own range began: what was known of it already is kept as it was.
    sent_from_seq bigint NOT NULL,
    every_ms int,
    noted_at_ms bigint NOT NULL,
    PRIMARY KEY (journal_id, lane, from_seq)
  )`,
  `INSERT INTO tombstones
    SELECT journal_id, CASE lane WHEN 'vitals' THEN 1 ELSE 2 END, from_seq, through_seq, 'acknowledged', from_seq, NULL,
      noted_at_ms
    FROM lost_ranges JOIN journals USING (gateway_id, epoch)`,
  `DROP TABLE lost_ranges`,
  `CREATE TABLE reading_aggregates (
    journal_id int NOT NULL,
    lane smallint NOT NULL,
    from_seq bigint NOT NULL,
    series_id int NOT NULL,
    start_at_ms bigint NOT NULL,
    count bigint NOT NULL,
    min double precision NOT NULL,
    mean double precision NOT NULL,
    max double precision NOT NULL,
    PRIMARY KEY (journal_id, lane, from_seq, series_id, start_at_ms)
  )`,
  // A gateway that was refused comes again; it is counted, not written down anew.
  `CREATE TABLE equivocations (
    gateway_id text COLLATE "C" NOT NULL REFERENCES gateways,
    epoch text COLLATE "C" NOT NULL,
    lane text NOT NULL,
    kind text NOT NULL,
    boot_id text COLLATE "C" NOT NULL,
    seq bigint,
    times bigint NOT NULL,
    first_at_ms bigint NOT NULL,
    last_at_ms bigint NOT NULL,
    PRIMARY KEY (gateway_id, epoch, lane, kind)
  )`,
  `ALTER TABLE parked_records ADD COLUMN clock_offset_ms bigint NOT NULL DEFAULT 0`,
];

function flagsSql(table: string): string {
  return `(CASE ${table}.bad_reason WHEN 'out-of-range' THEN 1 WHEN 'wrong-unit' THEN 2 WHEN 'wrong-type' THEN 3
      WHEN 'sensor-fault' THEN 4 ELSE 0 END
    + CASE WHEN ${table}.value_boolean IS NULL THEN 0 ELSE 16 END
    + CASE WHEN ${table}.value_number IS NULL AND ${table}.value_boolean IS NULL THEN 32 ELSE 0 END)`;
}

export const columns: Migration = {
  async up(db: Kysely<unknown>) {
    for (const statement of STATEMENTS) await sql.raw(statement).execute(db);
  },
};

import { type Kysely, sql } from "kysely";
import type { Migration } from "kysely/migration";

/**
 * Ids compare by bytes (`COLLATE "C"`), so that pages follow one order whatever the server's locale is. Times are
 * milliseconds since 1970; `received_at_ms` is the cloud's clock, `observed_at_ms` the gateway's.
 */
const STATEMENTS = [
  `CREATE TABLE hospitals (
    hospital_id text COLLATE "C" PRIMARY KEY,
    name text NOT NULL
  )`,
  `CREATE TABLE gateways (
    gateway_id text COLLATE "C" PRIMARY KEY,
    hospital_id text COLLATE "C" NOT NULL REFERENCES hospitals,
    last_heard_at_ms bigint,
    last_heartbeat_at_ms bigint
  )`,
  // A journal's three lanes come into being together, with its first batch.
  `CREATE TABLE lanes (
    gateway_id text COLLATE "C" NOT NULL REFERENCES gateways,
    epoch text COLLATE "C" NOT NULL,
    lane text NOT NULL,
    high_water_mark_seq bigint NOT NULL,
    superseded boolean NOT NULL,
    PRIMARY KEY (gateway_id, epoch, lane)
  )`,
  // Positions begin at the moment the database is made: a client that comes back with a position from an earlier
  // database lies before the beginning and is given a snapshot, not a mixture of both.
  `DO $$ BEGIN
    EXECUTE format('CREATE SEQUENCE positions START WITH %s MINVALUE 0',
      (extract(epoch FROM clock_timestamp()) * 1000)::bigint);
  END $$`,
  `CREATE TABLE outbox (
    id bigint PRIMARY KEY DEFAULT nextval('positions'),
    hospital_id text COLLATE "C" NOT NULL,
    gateway_id text COLLATE "C" NOT NULL,
    epoch text COLLATE "C" NOT NULL,
    seq bigint NOT NULL,
    bed_id text COLLATE "C" NOT NULL,
    stored_at_ms bigint NOT NULL
  )`,
  `CREATE INDEX outbox_by_age ON outbox (stored_at_ms)`,
  `CREATE TABLE bed_events (
    gateway_id text COLLATE "C" NOT NULL,
    epoch text COLLATE "C" NOT NULL,
    seq bigint NOT NULL,
    bed_id text COLLATE "C" NOT NULL,
    kind text NOT NULL,
    body jsonb NOT NULL,
    observed_at_ms bigint NOT NULL,
    received_at_ms bigint NOT NULL,
    clock_offset_ms bigint NOT NULL,
    position bigint NOT NULL,
    PRIMARY KEY (gateway_id, epoch, seq)
  )`,
  `CREATE UNIQUE INDEX bed_events_by_bed ON bed_events (bed_id, position)`,
  `CREATE TABLE readings (
    gateway_id text COLLATE "C" NOT NULL,
    epoch text COLLATE "C" NOT NULL,
    lane text NOT NULL,
    seq bigint NOT NULL,
    device_id text COLLATE "C" NOT NULL,
    bed_id text COLLATE "C",
    room_id text COLLATE "C",
    metric text NOT NULL,
    value_number double precision,
    value_boolean boolean,
    unit text,
    quality text NOT NULL,
    bad_reason text,
    observed_at_ms bigint NOT NULL,
    observed_by text NOT NULL,
    gateway_received_at_ms bigint NOT NULL,
    received_at_ms bigint NOT NULL,
    clock_offset_ms bigint NOT NULL,
    PRIMARY KEY (gateway_id, epoch, lane, seq)
  )`,
  `CREATE TABLE latest_values (
    gateway_id text COLLATE "C" NOT NULL,
    device_id text COLLATE "C" NOT NULL,
    metric text NOT NULL,
    bed_id text COLLATE "C",
    room_id text COLLATE "C",
    value_number double precision,
    value_boolean boolean,
    unit text,
    quality text NOT NULL,
    bad_reason text,
    observed_at_ms bigint NOT NULL,
    received_at_ms bigint NOT NULL,
    PRIMARY KEY (gateway_id, device_id, metric)
  )`,
  `CREATE INDEX latest_values_by_bed ON latest_values (gateway_id, bed_id)`,
  `CREATE INDEX latest_values_by_room ON latest_values (gateway_id, room_id)`,
  `CREATE TABLE beds (
    bed_id text COLLATE "C" PRIMARY KEY,
    hospital_id text COLLATE "C" NOT NULL REFERENCES hospitals,
    gateway_id text COLLATE "C" NOT NULL REFERENCES gateways,
    epoch text COLLATE "C" NOT NULL,
    ward_id text COLLATE "C" NOT NULL,
    ward_name text NOT NULL,
    assignment_source text NOT NULL,
    room_id text COLLATE "C" NOT NULL,
    room_name text NOT NULL,
    label text NOT NULL,
    sources jsonb NOT NULL,
    axes jsonb NOT NULL,
    settling jsonb,
    room_condition text NOT NULL,
    removed boolean NOT NULL,
    live_seq bigint NOT NULL
  )`,
  `CREATE INDEX beds_by_gateway ON beds (gateway_id)`,
  `CREATE INDEX beds_by_hospital ON beds (hospital_id, bed_id)`,
  `CREATE INDEX beds_by_live_seq ON beds (live_seq)`,
  `CREATE TABLE source_evidence (
    bed_id text COLLATE "C" NOT NULL REFERENCES beds,
    device_id text COLLATE "C" NOT NULL,
    last_observed_at_ms bigint NOT NULL,
    PRIMARY KEY (bed_id, device_id)
  )`,
  // What was parked did not fit its schema, so it is kept as the text it came in, not as jsonb.
  `CREATE TABLE parked_records (
    gateway_id text COLLATE "C" NOT NULL,
    epoch text COLLATE "C" NOT NULL,
    lane text NOT NULL,
    seq bigint NOT NULL,
    reason text NOT NULL,
    body text NOT NULL,
    received_at_ms bigint NOT NULL,
    PRIMARY KEY (gateway_id, epoch, lane, seq)
  )`,
  // Gaps in a lane that its gateway accounted for: it had been told that they were stored, and had let them go.
  `CREATE TABLE lost_ranges (
    gateway_id text COLLATE "C" NOT NULL,
    epoch text COLLATE "C" NOT NULL,
    lane text NOT NULL,
    from_seq bigint NOT NULL,
    through_seq bigint NOT NULL,
    noted_at_ms bigint NOT NULL,
    PRIMARY KEY (gateway_id, epoch, lane, from_seq)
  )`,
  `CREATE TABLE sessions (
    token_sha256 text PRIMARY KEY,
    role text NOT NULL,
    hospital_id text COLLATE "C" REFERENCES hospitals,
    created_at_ms bigint NOT NULL,
    expires_at_ms bigint NOT NULL
  )`,
  `CREATE TABLE sign_in_links (
    token_sha256 text PRIMARY KEY,
    role text NOT NULL,
    hospital_id text COLLATE "C" REFERENCES hospitals,
    created_at_ms bigint NOT NULL,
    expires_at_ms bigint NOT NULL,
    used_at_ms bigint
  )`,
];

export const firstLight: Migration = {
  async up(db: Kysely<unknown>) {
    for (const statement of STATEMENTS) await sql.raw(statement).execute(db);
  },
};

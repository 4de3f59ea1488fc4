import { type Kysely, sql } from "kysely";
import type { Migration } from "kysely/migration";

/**
 * What people do about beds. A bed's claims exclude each other by their ranges of time, `during`, on the database's own
 * clock in milliseconds: a hold ends at its expiry, everything later has no end until it is ended. That a lapsed hold is
 * still called held changes nothing: its range is over.
 */
const STATEMENTS = [
  "CREATE EXTENSION IF NOT EXISTS btree_gist",
  `CREATE TABLE bed_profiles (
    bed_id text COLLATE "C" PRIMARY KEY,
    hospital_id text COLLATE "C" NOT NULL REFERENCES hospitals,
    level_of_care text NOT NULL,
    features jsonb NOT NULL,
    age_bands jsonb NOT NULL,
    sex_rule text NOT NULL,
    patient_mass_kg_max double precision,
    version int NOT NULL
  )`,
  `CREATE TABLE hospital_policies (
    hospital_id text COLLATE "C" PRIMARY KEY REFERENCES hospitals,
    policy jsonb NOT NULL,
    version int NOT NULL
  )`,
  // One row an axis and bed: the newest word on it. `until_ms` null: until somebody says otherwise.
  `CREATE TABLE declarations (
    declaration_id uuid PRIMARY KEY,
    bed_id text COLLATE "C" NOT NULL,
    hospital_id text COLLATE "C" NOT NULL REFERENCES hospitals,
    axis text NOT NULL,
    value text NOT NULL,
    since_ms bigint NOT NULL,
    until_ms bigint,
    reason text,
    role text NOT NULL,
    session_sha256 text,
    -- What stood here before, for who takes the word back.
    previous jsonb,
    UNIQUE (bed_id, axis)
  )`,
  `CREATE INDEX declarations_by_end ON declarations (until_ms) WHERE until_ms IS NOT NULL`,
  `CREATE TABLE encounters (
    encounter_id uuid PRIMARY KEY,
    call_name text NOT NULL,
    -- The hospital that has the patient, and may read who it is; null: none has yet.
    hospital_id text COLLATE "C" REFERENCES hospitals,
    merged_into uuid REFERENCES encounters,
    created_at_ms bigint NOT NULL
  )`,
  // Apart from everything that says where somebody lies. Each field is sealed under the row's own key, the key under the
  // provider's.
  `CREATE TABLE identities (
    encounter_id uuid NOT NULL REFERENCES encounters,
    hospital_id text COLLATE "C" NOT NULL REFERENCES hospitals,
    key_id text NOT NULL,
    wrapped_key bytea NOT NULL,
    family_name bytea NOT NULL,
    given_name bytea NOT NULL,
    patient_number bytea NOT NULL,
    birth_date bytea,
    stored_at_ms bigint NOT NULL,
    version int NOT NULL,
    PRIMARY KEY (encounter_id, hospital_id)
  )`,
  `CREATE TABLE bed_requests (
    request_id uuid PRIMARY KEY,
    encounter_id uuid NOT NULL REFERENCES encounters,
    state text NOT NULL,
    need jsonb NOT NULL,
    urgency text NOT NULL,
    clinical_priority int NOT NULL,
    news2_total int,
    news2_taken_at_ms bigint,
    override_reason text,
    override_at_ms bigint,
    override_role text,
    asked_at_ms bigint NOT NULL,
    role text NOT NULL,
    hospital_id text COLLATE "C" REFERENCES hospitals,
    session_sha256 text NOT NULL,
    version int NOT NULL
  )`,
  `CREATE INDEX bed_requests_open ON bed_requests (asked_at_ms) WHERE state IN ('open', 'held', 'booked')`,
  `CREATE INDEX bed_requests_listed ON bed_requests ((state = 'open') DESC, asked_at_ms DESC, request_id)`,
  `CREATE SEQUENCE fencing_tokens`,
  `CREATE TABLE bookings (
    booking_id uuid PRIMARY KEY,
    request_id uuid NOT NULL REFERENCES bed_requests,
    encounter_id uuid NOT NULL REFERENCES encounters,
    bed_id text COLLATE "C" NOT NULL,
    hospital_id text COLLATE "C" NOT NULL REFERENCES hospitals,
    state text NOT NULL,
    is_live boolean GENERATED ALWAYS AS
      (state IN ('held', 'requested', 'reserved', 'assigned', 'arrived', 'admitted', 'on-leave')) STORED,
    during int8range NOT NULL,
    since_ms bigint NOT NULL,
    expires_at_ms bigint,
    renewals_left int NOT NULL,
    discharge_ordered_at_ms bigint,
    presence_since_ms bigint,
    presence_by text,
    reserved_at_ms bigint,
    evidence jsonb NOT NULL,
    urgency text NOT NULL,
    sex text NOT NULL,
    fencing_token bigint NOT NULL DEFAULT nextval('fencing_tokens'),
    -- What the last step changed, for who takes it back within its time.
    previous jsonb,
    reason text,
    role text NOT NULL,
    asker_hospital_id text COLLATE "C" REFERENCES hospitals,
    session_sha256 text NOT NULL,
    created_at_ms bigint NOT NULL,
    version int NOT NULL,
    CONSTRAINT one_claim_a_bed EXCLUDE USING gist (bed_id WITH =, during WITH &&)
      WHERE (state IN ('held', 'requested', 'reserved', 'assigned', 'arrived', 'admitted', 'on-leave')),
    -- Whatever lasts has no end, whatever lapses has the end that it tells.
    CONSTRAINT range_tells_the_end CHECK (upper(during) IS NOT DISTINCT FROM expires_at_ms OR NOT
      (state IN ('held', 'requested', 'reserved', 'assigned', 'arrived', 'admitted', 'on-leave')))
  )`,
  `CREATE UNIQUE INDEX one_bed_an_encounter ON bookings (encounter_id) WHERE state IN ('arrived', 'admitted', 'on-leave')`,
  `CREATE UNIQUE INDEX one_claim_a_request ON bookings (request_id)
    WHERE state IN ('held', 'requested', 'reserved', 'assigned', 'arrived', 'admitted', 'on-leave')`,
  // Who is in the same room.
  `CREATE INDEX beds_by_room ON beds (gateway_id, room_id)`,
  `CREATE INDEX bookings_live_by_bed ON bookings (bed_id) WHERE is_live`,
  `CREATE INDEX bookings_ended_by_bed ON bookings (bed_id, since_ms) WHERE NOT is_live`,
  `CREATE INDEX bookings_by_end ON bookings (expires_at_ms) WHERE is_live AND expires_at_ms IS NOT NULL`,
  `CREATE INDEX bookings_by_request ON bookings (request_id)`,
  `CREATE INDEX bookings_by_encounter ON bookings (encounter_id)`,
  // An encounter has a bed from its arrival to its end. Corrections replace a stay and keep what it was.
  `CREATE TABLE stays (
    stay_id uuid NOT NULL,
    version int NOT NULL,
    is_current boolean NOT NULL,
    encounter_id uuid NOT NULL REFERENCES encounters,
    booking_id uuid REFERENCES bookings,
    bed_id text COLLATE "C" NOT NULL,
    hospital_id text COLLATE "C" NOT NULL REFERENCES hospitals,
    during int8range NOT NULL,
    recorded_at_ms bigint NOT NULL,
    reason text,
    role text,
    PRIMARY KEY (stay_id, version),
    CONSTRAINT one_encounter_a_bed_at_a_time EXCLUDE USING gist (bed_id WITH =, during WITH &&) WHERE (is_current),
    CONSTRAINT one_bed_an_encounter_at_a_time EXCLUDE USING gist (encounter_id WITH =, during WITH &&) WHERE (is_current)
  )`,
  `CREATE UNIQUE INDEX stays_current ON stays (stay_id) WHERE is_current`,
  // Where a device was, as far as it differs from what its gateway said with each reading.
  `CREATE TABLE placements (
    placement_id uuid PRIMARY KEY,
    gateway_id text COLLATE "C" NOT NULL,
    device_id text COLLATE "C" NOT NULL,
    bed_id text COLLATE "C",
    hospital_id text COLLATE "C" NOT NULL REFERENCES hospitals,
    during int8range NOT NULL,
    is_current boolean NOT NULL,
    recorded_at_ms bigint NOT NULL,
    reason text NOT NULL,
    role text NOT NULL,
    CONSTRAINT one_placement_at_a_time EXCLUDE USING gist
      (gateway_id WITH =, device_id WITH =, during WITH &&) WHERE (is_current)
  )`,
  // Which stretch of readings came to belong to somebody else, and why.
  `CREATE TABLE attribution_changes (
    change_id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    hospital_id text COLLATE "C" NOT NULL REFERENCES hospitals,
    gateway_id text COLLATE "C",
    device_id text COLLATE "C",
    bed_id text COLLATE "C",
    during int8range NOT NULL,
    encounter_before uuid,
    encounter_after uuid,
    what text NOT NULL,
    reason text NOT NULL,
    role text,
    recorded_at_ms bigint NOT NULL
  )`,
  `CREATE INDEX attribution_changes_by_device ON attribution_changes (device_id)`,
  `CREATE INDEX attribution_changes_by_bed ON attribution_changes (bed_id)`,
  `CREATE TABLE transfers (
    transfer_id uuid PRIMARY KEY,
    encounter_id uuid NOT NULL REFERENCES encounters,
    request_id uuid NOT NULL REFERENCES bed_requests,
    from_booking_id uuid NOT NULL REFERENCES bookings,
    to_booking_id uuid REFERENCES bookings,
    from_hospital_id text COLLATE "C" NOT NULL REFERENCES hospitals,
    to_hospital_id text COLLATE "C" REFERENCES hospitals,
    state text NOT NULL,
    is_live boolean GENERATED ALWAYS AS
      (state NOT IN ('completed', 'declined', 'cancelled', 'returned')) STORED,
    resumes_to text,
    since_ms bigint NOT NULL,
    due_at_ms bigint,
    stages jsonb NOT NULL,
    previous jsonb,
    session_sha256 text NOT NULL,
    role text NOT NULL,
    created_at_ms bigint NOT NULL,
    version int NOT NULL
  )`,
  `CREATE UNIQUE INDEX one_transfer_an_encounter ON transfers (encounter_id) WHERE is_live`,
  `CREATE INDEX transfers_by_from_booking ON transfers (from_booking_id)`,
  `CREATE INDEX transfers_by_to_booking ON transfers (to_booking_id)`,
  `CREATE TABLE cleaning_tasks (
    task_id uuid PRIMARY KEY,
    bed_id text COLLATE "C" NOT NULL,
    hospital_id text COLLATE "C" NOT NULL REFERENCES hospitals,
    kind text NOT NULL,
    priority text NOT NULL,
    state text NOT NULL,
    is_live boolean GENERATED ALWAYS AS (state NOT IN ('done', 'cancelled')) STORED,
    cause text NOT NULL,
    opened_at_ms bigint NOT NULL,
    started_at_ms bigint,
    finished_at_ms bigint,
    due_at_ms bigint NOT NULL,
    worked_ms bigint NOT NULL,
    working_since_ms bigint,
    previous jsonb,
    reason text,
    session_sha256 text,
    version int NOT NULL
  )`,
  `CREATE UNIQUE INDEX one_cleaning_a_bed ON cleaning_tasks (bed_id) WHERE is_live`,
  `CREATE INDEX cleaning_tasks_by_bed ON cleaning_tasks (bed_id)`,
  `CREATE INDEX cleaning_tasks_ended ON cleaning_tasks (finished_at_ms DESC, task_id) WHERE NOT is_live`,
  `CREATE INDEX cleaning_tasks_ended_by_hospital ON cleaning_tasks (hospital_id, finished_at_ms DESC, task_id)
    WHERE NOT is_live`,
  `CREATE TABLE conflicts (
    conflict_id uuid PRIMARY KEY,
    bed_id text COLLATE "C" NOT NULL,
    hospital_id text COLLATE "C" NOT NULL REFERENCES hospitals,
    kind text NOT NULL,
    booking_id uuid REFERENCES bookings,
    since_ms bigint NOT NULL,
    opened_at_ms bigint NOT NULL,
    closed_at_ms bigint,
    says jsonb NOT NULL,
    owner_role text,
    owner_hospital_id text COLLATE "C",
    owner_session_sha256 text,
    owned_since_ms bigint,
    resolution text,
    version int NOT NULL
  )`,
  `CREATE INDEX conflicts_closed ON conflicts (closed_at_ms DESC, conflict_id) WHERE closed_at_ms IS NOT NULL`,
  `CREATE UNIQUE INDEX one_open_conflict_a_kind ON conflicts (bed_id, kind) WHERE closed_at_ms IS NULL`,
  // Everything that was done, by whom, in the order in which it became true. Positions are those of the live socket.
  `CREATE TABLE desk_events (
    position bigint PRIMARY KEY DEFAULT nextval('positions'),
    at_ms bigint NOT NULL,
    topic text NOT NULL,
    subject_id text NOT NULL,
    kind text NOT NULL,
    bed_id text COLLATE "C",
    -- Who may know of it, besides the network's roles.
    hospital_ids jsonb NOT NULL,
    body jsonb NOT NULL,
    role text,
    session_sha256 text
  )`,
  `CREATE INDEX desk_events_by_subject ON desk_events (topic, subject_id, position)`,
  // What beds are and how hospitals book: a search asks before each answer whether something was said of it since.
  `CREATE INDEX desk_events_of_descriptions ON desk_events (position) WHERE topic IN ('bed-profiles', 'policies')`,
  `CREATE INDEX desk_events_by_bed ON desk_events (bed_id, position) WHERE bed_id IS NOT NULL`,
  `CREATE TABLE idempotency_keys (
    session_sha256 text NOT NULL,
    key text NOT NULL,
    route text NOT NULL,
    request_sha256 text NOT NULL,
    status int,
    answer jsonb,
    created_at_ms bigint NOT NULL,
    PRIMARY KEY (session_sha256, key)
  )`,
  `CREATE INDEX idempotency_keys_by_age ON idempotency_keys (created_at_ms)`,
];

export const desk: Migration = {
  async up(db: Kysely<unknown>) {
    for (const statement of STATEMENTS) await sql.raw(statement).execute(db);
  },
};

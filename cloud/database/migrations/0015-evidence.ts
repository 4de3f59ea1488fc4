import { type Kysely, sql } from "kysely";
import type { Migration } from "kysely/migration";

/** The logs: the gateways' as they came, the network's as it is made here. Nothing in a tree is ever changed. */
const STATEMENTS = [
  // `gateway_id` null: the network's own log. `frontier`: the roots of the whole subtrees, joined.
  `CREATE TABLE evidence_logs (
    log_id int GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    origin text COLLATE "C" NOT NULL UNIQUE,
    gateway_id text COLLATE "C" REFERENCES gateways,
    epoch text COLLATE "C",
    size bigint NOT NULL,
    frontier bytea NOT NULL,
    heard_at_ms bigint,
    halted text
  )`,
  `CREATE INDEX evidence_logs_by_gateway ON evidence_logs (gateway_id)`,
  // `leaf`: the bytes that are in the tree. Salt and payload stand beside it, and are gone after an erasure.
  `CREATE TABLE evidence_leaves (
    log_id int NOT NULL REFERENCES evidence_logs,
    index bigint NOT NULL,
    kind text COLLATE "C" NOT NULL,
    lane text COLLATE "C",
    first_seq bigint,
    last_seq bigint,
    leaf bytea NOT NULL,
    salt bytea,
    payload text,
    entry_id uuid UNIQUE,
    added_at_ms bigint NOT NULL,
    erased_at_ms bigint,
    PRIMARY KEY (log_id, index)
  )`,
  `CREATE INDEX evidence_leaves_by_record ON evidence_leaves (log_id, lane, first_seq) WHERE lane IS NOT NULL`,
  // Every whole subtree; level 0 are the leaves' hashes.
  `CREATE TABLE evidence_nodes (
    log_id int NOT NULL REFERENCES evidence_logs,
    level smallint NOT NULL,
    index bigint NOT NULL,
    hash bytea NOT NULL,
    PRIMARY KEY (log_id, level, index)
  )`,
  // Of a gateway's log, `network_index` is its entry in the network's log; null: it waits for one.
  `CREATE TABLE evidence_checkpoints (
    log_id int NOT NULL REFERENCES evidence_logs,
    size bigint NOT NULL,
    root bytea NOT NULL,
    note text NOT NULL,
    signed_at_ms bigint NOT NULL,
    received_at_ms bigint NOT NULL,
    network_index bigint,
    PRIMARY KEY (log_id, size)
  )`,
  `CREATE INDEX evidence_checkpoints_by_entry ON evidence_checkpoints (network_index)`,
  `CREATE INDEX evidence_checkpoints_waiting ON evidence_checkpoints (log_id, size) WHERE network_index IS NULL`,
  // What is to go into the network's log next, in this order.
  `CREATE TABLE evidence_pending (
    position bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    entry_id uuid NOT NULL UNIQUE,
    kind text COLLATE "C" NOT NULL,
    leaf bytea NOT NULL,
    salt bytea,
    payload text,
    created_at_ms bigint NOT NULL
  )`,
  // By whom the network's checkpoint of that size was cosigned, as the line that stands under the note.
  `CREATE TABLE evidence_cosignatures (
    size bigint NOT NULL,
    gateway_id text COLLATE "C" NOT NULL REFERENCES gateways,
    public_key bytea NOT NULL,
    line text NOT NULL,
    cosigned_at_ms bigint NOT NULL,
    received_at_ms bigint NOT NULL,
    PRIMARY KEY (size, gateway_id)
  )`,
  `CREATE TABLE evidence_keys (
    gateway_id text COLLATE "C" NOT NULL REFERENCES gateways,
    public_key bytea NOT NULL,
    added_entry_id uuid NOT NULL,
    revoked_entry_id uuid,
    added_at_ms bigint NOT NULL,
    revoked_at_ms bigint,
    PRIMARY KEY (gateway_id, public_key)
  )`,
  `CREATE UNIQUE INDEX one_key_in_force ON evidence_keys (gateway_id) WHERE revoked_entry_id IS NULL`,
  // `detail` for people, `proof` for whoever has to show it: both notes of a fork, as they came.
  `CREATE TABLE evidence_alarms (
    alarm_id uuid PRIMARY KEY,
    kind text COLLATE "C" NOT NULL,
    gateway_id text COLLATE "C",
    subject text COLLATE "C" NOT NULL,
    detail text NOT NULL,
    proof jsonb,
    at_ms bigint NOT NULL,
    UNIQUE (kind, subject)
  )`,
];

export const evidence: Migration = {
  async up(db: Kysely<unknown>) {
    for (const statement of STATEMENTS) await sql.raw(statement).execute(db);
  },
};

import { type Kysely, sql } from "kysely";
import type { Migration } from "kysely/migration";

/** The logs: the gateways' as they came, the network's as it is made here. Nothing in a tree is ever changed. */
const STATEMENTS = [
  // What goes into the network's log goes in this order: of one gateway, as it came.
  `CREATE SEQUENCE evidence_order`,
  // `gateway_id` null: the network's own log, whose key `public_key` is. `frontier`: the roots of the whole subtrees,
  // joined. `sent_at_ms`: of the newest batch, by the gateway's clock. `halted`: why nothing more is taken of it;
  // `resumed_at_ms`: since when the gateway may begin another. `compared_size`: so many leaves were held against what was
  // stored of their records.
  `CREATE TABLE evidence_logs (
    log_id int GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    origin text COLLATE "C" NOT NULL UNIQUE,
    gateway_id text COLLATE "C" REFERENCES gateways,
    epoch text COLLATE "C",
    size bigint NOT NULL,
    frontier bytea NOT NULL,
    heard_at_ms bigint,
    sent_at_ms bigint,
    compared_size bigint NOT NULL DEFAULT 0,
    public_key bytea,
    halted text,
    resumed_at_ms bigint,
    resumed_by text,
    resume_reason text
  )`,
  `CREATE UNIQUE INDEX one_network_log ON evidence_logs ((1)) WHERE gateway_id IS NULL`,
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
  // Of a gateway's log, `network_index` is its entry in the network's log; null: it waits for one, in its
  // place. The network's own have no place to wait in.
  `CREATE TABLE evidence_checkpoints (
    log_id int NOT NULL REFERENCES evidence_logs,
    size bigint NOT NULL,
    root bytea NOT NULL,
    note text NOT NULL,
    signed_at_ms bigint NOT NULL,
    received_at_ms bigint NOT NULL,
    position bigint DEFAULT nextval('evidence_order'),
    network_index bigint,
    PRIMARY KEY (log_id, size)
  )`,
  `CREATE INDEX evidence_checkpoints_by_entry ON evidence_checkpoints (network_index)`,
  `CREATE INDEX evidence_checkpoints_waiting ON evidence_checkpoints (position) WHERE network_index IS NULL AND position IS NOT NULL`,
  // What is to go into the network's log next, in this order.
  `CREATE TABLE evidence_pending (
    position bigint PRIMARY KEY DEFAULT nextval('evidence_order'),
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
    revoked_by text,
    revoke_reason text,
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

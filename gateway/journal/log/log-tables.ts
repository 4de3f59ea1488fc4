/**
 * Migration 4: the gateway's own log. The tables are as this version made them: never edited once a gateway ran it.
 */
export const LOG_TABLES = `
  CREATE TABLE log_leaf (
    -- Its index in the tree, from 0.
    place INTEGER PRIMARY KEY,
    -- 0 bed-event, 1 readings.
    kind INTEGER NOT NULL,
    lane INTEGER NOT NULL,
    first_seq INTEGER NOT NULL,
    last_seq INTEGER NOT NULL,
    hash BLOB NOT NULL,
    salt BLOB NOT NULL,
    -- Null: the body of the bed event itself.
    payload TEXT,
    -- Of the chain, with this leaf.
    head BLOB NOT NULL
  );

  -- One row, written with every leaf.
  CREATE TABLE log_state (
    id INTEGER PRIMARY KEY,
    size INTEGER NOT NULL,
    head BLOB NOT NULL,
    -- The roots of the whole subtrees, joined.
    frontier BLOB NOT NULL,
    -- How far the leaves cover each lane.
    beds_through INTEGER NOT NULL,
    vitals_through INTEGER NOT NULL,
    environment_through INTEGER NOT NULL,
    -- What the cloud has: so many leaves, and among them every bed event up to this one.
    stored_size INTEGER NOT NULL,
    stored_beds_through INTEGER NOT NULL,
    checksum INTEGER NOT NULL
  );
`;

import { type Kysely, sql } from "kysely";
import type { Migration } from "kysely/migration";

const STATEMENTS = [
  // What is put on a chain: a witnessed checkpoint of the network's log, its note with the cosignatures of that moment.
  // What came of it, and what shows it, is there once it is finalized.
  `CREATE TABLE anchors (
    anchor_id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    chain_id bigint NOT NULL,
    contract text COLLATE "C" NOT NULL,
    size bigint NOT NULL,
    root bytea NOT NULL,
    checkpoint text NOT NULL,
    state text COLLATE "C" NOT NULL
      CHECK (state IN ('queued', 'signed', 'sent', 'mined', 'safe', 'finalized', 'superseded')),
    queued_at_ms bigint NOT NULL,
    block_hash text COLLATE "C",
    block_number bigint,
    block_at_ms bigint,
    transaction_hash text COLLATE "C",
    transaction_index int,
    log_index int,
    header bytea,
    receipt_proof jsonb,
    gas_used bigint,
    finalized_at_ms bigint,
    UNIQUE (chain_id, contract, size),
    CHECK (state <> 'finalized' OR (block_hash IS NOT NULL AND block_number IS NOT NULL AND block_at_ms IS NOT NULL
      AND transaction_hash IS NOT NULL AND transaction_index IS NOT NULL AND log_index IS NOT NULL
      AND header IS NOT NULL AND receipt_proof IS NOT NULL AND gas_used IS NOT NULL))
  )`,
  `CREATE INDEX anchors_unfinished ON anchors (chain_id, contract, size)
    WHERE state NOT IN ('finalized', 'superseded')`,
  // Every transaction that was ever signed for one, stored before anybody else saw it; fees in wei.
  `CREATE TABLE anchor_transactions (
    transaction_hash text COLLATE "C" PRIMARY KEY,
    anchor_id bigint NOT NULL REFERENCES anchors,
    position int NOT NULL,
    nonce bigint NOT NULL,
    raw_transaction text NOT NULL,
    max_fee_wei numeric NOT NULL,
    tip_wei numeric NOT NULL,
    waiting_since_block bigint NOT NULL,
    signed_at_ms bigint NOT NULL,
    sent_at_ms bigint,
    UNIQUE (anchor_id, position)
  )`,
  // The contract that is anchored in now, and how it went when the chain was looked at last; no row: nothing is anchored.
  `CREATE TABLE anchor_target (
    is_only boolean PRIMARY KEY DEFAULT true CHECK (is_only),
    chain_id bigint NOT NULL,
    contract text COLLATE "C" NOT NULL,
    trouble_kind text COLLATE "C",
    trouble text,
    trouble_since_ms bigint
  )`,
];

export const anchors: Migration = {
  async up(db: Kysely<unknown>) {
    for (const statement of STATEMENTS) await sql.raw(statement).execute(db);
  },
};

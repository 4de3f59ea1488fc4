import { type Kysely, sql } from "kysely";
import type { Migration } from "kysely/migration";

/**
 * Documents lie apart from everything that says whose they are, sealed; `entry_id` leads to what the network's log says
 * of each. Of one that was erased the row stays, without anything that was in it or could open a copy of it.
 */
const STATEMENTS = [
  `CREATE TABLE documents (
    document_id uuid PRIMARY KEY,
    encounter_id uuid NOT NULL REFERENCES encounters,
    -- That stored it.
    hospital_id text COLLATE "C" NOT NULL REFERENCES hospitals,
    type text,
    bytes int,
    -- Of what is stored, sealed as it is.
    cid text,
    key_id text,
    wrapped_key bytea,
    sealed_name bytea,
    entry_id uuid NOT NULL UNIQUE,
    stored_at_ms bigint NOT NULL,
    role text NOT NULL,
    session_sha256 text NOT NULL,
    erased_at_ms bigint,
    CONSTRAINT erased_means_gone CHECK (CASE WHEN erased_at_ms IS NULL
      THEN num_nulls(type, bytes, cid, key_id, wrapped_key, sealed_name) = 0
      ELSE num_nonnulls(type, bytes, cid, key_id, wrapped_key, sealed_name) = 0 END)
  )`,
  `CREATE INDEX documents_by_encounter ON documents (encounter_id, stored_at_ms)`,
  `CREATE TABLE document_blocks (
    document_id uuid NOT NULL REFERENCES documents,
    place smallint NOT NULL,
    cid text NOT NULL,
    bytes bytea NOT NULL,
    PRIMARY KEY (document_id, place)
  )`,
  // Sealed bytes do not get smaller, and trying takes time.
  `ALTER TABLE document_blocks ALTER COLUMN bytes SET STORAGE EXTERNAL`,
  // Copies outside of this database: one that is to be made, is there, or is to be removed. Removed, the row goes.
  `CREATE TABLE document_copies (
    cid text PRIMARY KEY,
    -- Null once the document is erased.
    document_id uuid REFERENCES documents,
    state text NOT NULL CHECK (state IN ('wanted', 'kept', 'unwanted')),
    block_cids jsonb NOT NULL,
    attempts int NOT NULL,
    next_attempt_at_ms bigint NOT NULL,
    last_error text
  )`,
  `CREATE INDEX document_copies_to_do ON document_copies (next_attempt_at_ms) WHERE state <> 'kept'`,
  // Withdrawn, a row stays; what it said then is in the network's log, by both entries.
  `CREATE TABLE consents (
    consent_id uuid PRIMARY KEY,
    encounter_id uuid NOT NULL REFERENCES encounters,
    kind text NOT NULL,
    -- Who may read by it.
    hospital_id text COLLATE "C" NOT NULL REFERENCES hospitals,
    until_ms bigint NOT NULL,
    form_document_id uuid REFERENCES documents,
    given_at_ms bigint NOT NULL,
    given_role text NOT NULL,
    given_hospital_id text COLLATE "C" NOT NULL REFERENCES hospitals,
    given_session_sha256 text NOT NULL,
    given_entry_id uuid NOT NULL UNIQUE,
    withdrawn_at_ms bigint,
    withdrawn_role text,
    withdrawn_hospital_id text COLLATE "C" REFERENCES hospitals,
    withdrawn_session_sha256 text,
    withdrawn_entry_id uuid UNIQUE
  )`,
  `CREATE INDEX consents_by_encounter ON consents (encounter_id, given_at_ms)`,
  // Nothing in it says of which bed or patient it was. One erasure has a row for each leaf that it emptied.
  `CREATE TABLE erasures (
    origin text COLLATE "C" NOT NULL,
    index bigint NOT NULL,
    erasure_id uuid NOT NULL,
    hospital_id text COLLATE "C" NOT NULL REFERENCES hospitals,
    kind text NOT NULL,
    entry_id uuid NOT NULL UNIQUE,
    reason text NOT NULL,
    at_ms bigint NOT NULL,
    role text NOT NULL,
    session_sha256 text NOT NULL,
    PRIMARY KEY (origin, index)
  )`,
  `CREATE INDEX erasures_by_hospital ON erasures (hospital_id, at_ms)`,
  // What an archive that is put back must not bring back.
  `CREATE INDEX evidence_leaves_erased ON evidence_leaves (log_id, first_seq) WHERE erased_at_ms IS NOT NULL`,
];

export const documents: Migration = {
  async up(db: Kysely<unknown>) {
    for (const statement of STATEMENTS) await sql.raw(statement).execute(db);
  },
};

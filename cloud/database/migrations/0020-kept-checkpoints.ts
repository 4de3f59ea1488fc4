import { type Kysely, sql } from "kysely";
import type { Migration } from "kysely/migration";

/** `is_kept`: a bed's word rests on it, or it proves one that does. The others may go when they are old. */
const STATEMENTS = [
  `ALTER TABLE evidence_checkpoints ADD COLUMN is_kept boolean NOT NULL DEFAULT false`,
  `CREATE INDEX evidence_checkpoints_loose ON evidence_checkpoints (network_index, size) WHERE NOT is_kept`,
];

export const keptCheckpoints: Migration = {
  async up(db: Kysely<unknown>) {
    for (const statement of STATEMENTS) await sql.raw(statement).execute(db);
  },
};

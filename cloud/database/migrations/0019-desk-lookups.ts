import { type Kysely, sql } from "kysely";
import type { Migration } from "kysely/migration";

/** By which a new request finds a free call name, and an encounter its requests, however many there have been. */
const STATEMENTS = [
  `CREATE INDEX encounters_by_call_name ON encounters (call_name)`,
  `CREATE INDEX bed_requests_by_encounter ON bed_requests (encounter_id)`,
];

export const deskLookups: Migration = {
  async up(db: Kysely<unknown>) {
    for (const statement of STATEMENTS) await sql.raw(statement).execute(db);
  },
};

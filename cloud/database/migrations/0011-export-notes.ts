import { type Kysely, sql } from "kysely";
import type { Migration } from "kysely/migration";

/** What a file that is done lacks, in a sentence for whoever fetches it. */
export const exportNotes: Migration = {
  async up(db: Kysely<unknown>) {
    await sql`ALTER TABLE exports ADD COLUMN note text`.execute(db);
  },
};

import { type Kysely, sql } from "kysely";
import type { Migration } from "kysely/migration";

/** Of beds that were known before nobody knows limits until their gateway tells them. */
export const roomLimits: Migration = {
  async up(db: Kysely<unknown>) {
    await sql.raw("ALTER TABLE beds ADD COLUMN room_limits jsonb NOT NULL DEFAULT '[]'").execute(db);
  },
};

import { type Kysely, sql } from "kysely";
import type { Migration } from "kysely/migration";

/** By which an event that a new journal tells again is found where an older one told it. */
export const eventsByMoment: Migration = {
  async up(db: Kysely<unknown>) {
    await sql.raw("CREATE INDEX bed_events_by_moment ON bed_events (bed_id, observed_at_ms)").execute(db);
  },
};

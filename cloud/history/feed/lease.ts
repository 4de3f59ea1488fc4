/**
 * Of several cloud processes one feeds a store. It says so in the database, for a while at a time and by the database's
 * clock; one that dies is followed by another when its while is over. Two that fed at once would do no harm: the same
 * points come twice, and cursors move only from where they stood.
 */
import { sql } from "kysely";
import type { Database } from "../../database/schema.ts";

export const LEASE_MS = 30_000;

const NOW_MS = sql`(extract(epoch FROM clock_timestamp()) * 1000)::bigint`;

/** False: another process feeds. */
export async function holdLease(db: Database, store: string, holder: string): Promise<boolean> {
  const { rows } = await sql`
    INSERT INTO series_feeders AS feeder (store, holder, until_ms) VALUES (${store}, ${holder}, ${NOW_MS} + ${LEASE_MS})
    ON CONFLICT (store) DO UPDATE SET holder = excluded.holder, until_ms = excluded.until_ms
      WHERE feeder.holder = excluded.holder OR feeder.until_ms < ${NOW_MS}
    RETURNING store`.execute(db);
  return rows.length > 0;
}

/** So that the next one need not wait. */
export async function releaseLease(db: Database, store: string, holder: string): Promise<void> {
  await sql`UPDATE series_feeders SET until_ms = 0 WHERE store = ${store} AND holder = ${holder}`.execute(db);
}

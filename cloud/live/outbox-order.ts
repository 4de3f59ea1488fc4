import { sql } from "kysely";
import type { DatabaseTransaction } from "../database/schema.ts";

/** Any number that nothing else in this database locks. */
const OUTBOX_ORDER_LOCK = 7_208_150;

/** The same as a statement of one row, for one that begins with it. */
export const OUTBOX_ORDER_LOCKED = sql`SELECT pg_advisory_xact_lock(${sql.raw(String(OUTBOX_ORDER_LOCK))})`;

/**
 * Readers follow the positions upwards and would step over one that becomes visible late: from here to the commit, one
 * transaction at a time.
 */
export async function lockOutboxOrder(trx: DatabaseTransaction): Promise<void> {
  await OUTBOX_ORDER_LOCKED.execute(trx);
}

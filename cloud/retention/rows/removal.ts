/** A transaction in which raw rows or roll-ups go: one at a time over all processes, and not while a hold is placed. */
import { sql } from "kysely";
import type { Database, DatabaseTransaction } from "../../database/schema.ts";
import type { Hold } from "../holds/hold.ts";
import { lockHolds } from "../holds/repository.ts";

/** Any number that nothing else in this database locks. */
const REMOVAL_LOCK = 50_007;
/** Whoever waits for a lock keeps others waiting behind it. */
const LOCK_WAIT_MS_MAX = 500;

/** Another process removes just now; this one goes on later. */
export class RemovalBusy extends Error {
  override readonly name = "RemovalBusy";
  override readonly message = "another process removes old data just now";
}

export async function inRemoval<Result>(
  db: Database,
  nowMs: number,
  remove: (trx: DatabaseTransaction, holds: readonly Hold[]) => Promise<Result>,
): Promise<Result> {
  return await db.transaction().execute(async (trx) => {
    await sql`SET LOCAL lock_timeout = ${sql.lit(LOCK_WAIT_MS_MAX)}`.execute(trx);
    const { rows } = await sql<{ isMine: boolean }>`
      SELECT pg_try_advisory_xact_lock(${REMOVAL_LOCK}) AS is_mine`.execute(trx);
    if (rows[0]?.isMine !== true) throw new RemovalBusy();
    return await remove(trx, await lockHolds(trx, nowMs));
  });
}

/** One process at a time signs for the publisher's account. */
import { sql } from "kysely";
import type { Database } from "../database/schema.ts";

export type WriterLock = {
  /** Settles when `work` has, or at once where another process is the one. `isStillOurs` throws where it was lost. */
  whileOurs(signal: AbortSignal, work: (isStillOurs: () => Promise<void>) => Promise<void>): Promise<void>;
};

/** Any number that nothing else takes. */
const ANCHOR_LOCK = 4_103_616;

/** Of the embedded database, whose directory one process has alone. */
export const ownProcess: WriterLock = { whileOurs: (_signal, work) => work(async () => {}) };

/** Of PostgreSQL: held by a connection of its own, and gone with it. */
export function advisoryLock(db: Database): WriterLock {
  return {
    whileOurs: (signal, work) =>
      db.connection().execute(async (own) => {
        const { rows } = await sql<{
          isOurs: boolean;
        }>`SELECT pg_try_advisory_lock(${ANCHOR_LOCK}) AS is_ours`.execute(own);
        if (rows[0]?.isOurs !== true || signal.aborted) return;
        try {
          await work(async () => {
            await sql`SELECT 1`.execute(own);
          });
        } finally {
          // Where the connection broke, the lock went with it.
          await sql`SELECT pg_advisory_unlock(${ANCHOR_LOCK})`.execute(own).catch(() => undefined);
        }
      }),
  };
}

/**
 * The time that claims are measured by. It is the database's, so that replicas of the service whose clocks differ agree
 * on when a hold lapses; a test brings its own.
 */
import { sql } from "kysely";
import type { Database } from "../database/schema.ts";

export type DeskClock = { nowMs(db: Database): Promise<number> };

export const databaseClock: DeskClock = {
  async nowMs(db) {
    // Not now(): that is when the transaction began, and it may have waited for its locks since.
    const { rows } = await sql<{ nowMs: number }>`
      SELECT floor(extract(epoch FROM clock_timestamp()) * 1000)::bigint AS now_ms`.execute(db);
    const [row] = rows;
    if (row === undefined) throw new Error("the database did not tell the time");
    return row.nowMs;
  },
};

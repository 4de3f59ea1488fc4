/** Which partitions there are to be, and the statements that make one. Each begins at a whole multiple of its width since 1970. */
import { sql } from "kysely";
import type { Database, DatabaseTransaction } from "../../database/schema.ts";
import { WEEK_MS } from "../../ingest/reading-blocks.ts";

export type Partitioned = {
  readonly table: "readings" | "rollups_1m" | "rollups_1h";
  readonly timeColumn: "observed_at_ms" | "start_at_ms";
  readonly widthMs: number;
  /** In percent. Rows that are merged into keep room beside them, so that no index has to learn where they went. */
  readonly filledTo: number;
};

export const READINGS: Partitioned = {
  table: "readings",
  timeColumn: "observed_at_ms",
  widthMs: WEEK_MS,
  filledTo: 100,
};
export const PARTITIONED: readonly Partitioned[] = [
  READINGS,
  { table: "rollups_1m", timeColumn: "start_at_ms", widthMs: 4 * WEEK_MS, filledTo: 80 },
  { table: "rollups_1h", timeColumn: "start_at_ms", widthMs: 52 * WEEK_MS, filledTo: 80 },
];

/** Gateways bring what they kept while the cloud was away. */
const BEHIND_MS = 4 * WEEK_MS;
const AHEAD_MS = 4 * WEEK_MS;
/** Beside these, a width gets a partition of its own once as many rows of it lie in the one for all others. */
const STRAY_ROWS_MIN = 10_000;
/** Whoever waits for a lock keeps others waiting behind it. */
const LOCK_WAIT_MS_MAX = 3_000;
/** Of the advisory lock of whoever makes partitions: any number that nothing else takes. */
const KEEPER_LOCK = 40_004;

export const partitionName = (table: string, fromMs: number): string =>
  `${table}_${new Date(fromMs).toISOString().slice(0, 10).replaceAll("-", "")}`;

export const otherName = (table: string): string => `${table}_other`;

/** Where those begin that there are to be at this time, whatever is stored. */
export function wantedStarts({ widthMs }: Partitioned, nowMs: number): number[] {
  const first = Math.floor((nowMs - BEHIND_MS) / widthMs);
  const last = Math.floor((nowMs + AHEAD_MS) / widthMs);
  return Array.from({ length: last - first + 1 }, (_, n) => (first + n) * widthMs);
}

/** Where those begin that much was stored of without a partition. What is of the far future comes from a wrong clock. */
export async function strayStarts(
  db: Database,
  { table, timeColumn, widthMs }: Partitioned,
  nowMs: number,
): Promise<number[]> {
  const column = sql.ref(timeColumn);
  const { rows } = await sql<{ fromMs: number }>`
    SELECT ${column} / ${widthMs}::bigint * ${widthMs}::bigint AS from_ms FROM ${sql.table(otherName(table))}
    WHERE ${column} < ${nowMs + AHEAD_MS}
    GROUP BY 1 HAVING count(*) >= ${STRAY_ROWS_MIN} ORDER BY 1`.execute(db);
  return rows.map(({ fromMs }) => fromMs);
}

/**
 * Rows that belong into it come over in the same transaction: most of them while others go on writing, the rest while
 * nobody may read or write. False: there is one already, or another process is at it.
 */
export async function makePartition(
  db: Database,
  { table, timeColumn, widthMs, filledTo }: Partitioned,
  fromMs: number,
): Promise<boolean> {
  const name = sql.table(partitionName(table, fromMs));
  const other = sql.table(otherName(table));
  const toMs = fromMs + widthMs;
  const isInside = sql`${sql.ref(timeColumn)} >= ${sql.lit(fromMs)} AND ${sql.ref(timeColumn)} < ${sql.lit(toMs)}`;
  const move = sql`WITH moved AS (DELETE FROM ${other} WHERE ${isInside} RETURNING *) INSERT INTO ${name} SELECT * FROM moved`;
  return await db.transaction().execute(async (trx) => {
    await takeTime(trx);
    const { rows } = await sql<{ isMine: boolean; isThere: boolean }>`
      SELECT pg_try_advisory_xact_lock(${KEEPER_LOCK}) AS is_mine,
        to_regclass(${partitionName(table, fromMs)}) IS NOT NULL AS is_there`.execute(trx);
    if (rows[0]?.isMine !== true || rows[0].isThere) return false;
    // Beside its table and attached later: made as a part of it, it would keep away all who read and write.
    await sql`
      CREATE TABLE ${name} (LIKE ${sql.table(table)} INCLUDING ALL, CONSTRAINT is_inside CHECK (${isInside}))
      WITH (fillfactor = ${sql.lit(filledTo)})`.execute(trx);
    await move.execute(trx);
    // The whole table, though briefly: whoever has begun to look for a row's partition while one is attached may be
    // refused by the one for all others, or not learn of the new one.
    await sql`LOCK TABLE ${sql.table(table)} IN ACCESS EXCLUSIVE MODE`.execute(trx);
    await move.execute(trx);
    // The check spares it a look at each row; from here on the bounds say the same.
    await sql`
      ALTER TABLE ${sql.table(table)} ATTACH PARTITION ${name} FOR VALUES FROM (${sql.lit(fromMs)}) TO (${sql.lit(toMs)})`.execute(
      trx,
    );
    await sql`ALTER TABLE ${name} DROP CONSTRAINT is_inside`.execute(trx);
    return true;
  });
}

/** No autovacuum runs in the embedded database; where one runs, there is little left to do. */
export async function tidyPartition(db: Database, { table }: Partitioned, fromMs: number): Promise<void> {
  const name = partitionName(table, fromMs);
  await db.transaction().execute(async (trx) => {
    await takeTime(trx);
    const { rows } = await sql<{ hasGrown: boolean }>`
      SELECT pg_relation_size(oid) / 8192 > 1.5 * greatest(relpages, 0) AS has_grown
      FROM pg_class WHERE oid = to_regclass(${name})`.execute(trx);
    if (rows[0]?.hasGrown === true) await sql`ANALYZE ${sql.table(name)}`.execute(trx);
  });
}

async function takeTime(trx: DatabaseTransaction): Promise<void> {
  await sql`SET LOCAL statement_timeout = 0`.execute(trx);
  await sql`SET LOCAL lock_timeout = ${sql.lit(LOCK_WAIT_MS_MAX)}`.execute(trx);
}

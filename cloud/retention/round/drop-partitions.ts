/**
 * Drops partitions of readings: those that are empty, and those in which everything is due and nothing is to be kept.
 * That takes a lock on the whole table, for as long as it takes to forget a file; whoever stores readings meanwhile waits
 * that long. Where the lock is not had at once, it is tried again in the next round, and rows go one by one.
 */
import { sql } from "kysely";
import type { DatabaseTransaction } from "../../database/schema.ts";
import { READINGS, wantedStarts } from "../../history/postgresql/partitions.ts";
import { WEEK_MS } from "../../ingest/reading-blocks.ts";
import { errorCode } from "../../start-error.ts";
import { type Hold, holdsOver } from "../holds/hold.ts";
import type { Errand } from "../policy.ts";
import type { DueLane } from "../rows/due-lanes.ts";
import { hasHappenedBefore } from "../rows/record-table.ts";
import { inRemoval } from "../rows/removal.ts";
import { type WeekPartition, weekPartitions } from "../week-partitions.ts";
import type { StepDeps } from "./step.ts";

export type DropDeps = StepDeps & { dropped(partition: string): void };
export type ErrandWithLanes = Errand & { readonly lanes: readonly DueLane[] };

const LOCK_NOT_AVAILABLE = "55P03";
const DEADLOCK = "40P01";

/** `errands`: of vitals and environment. */
export async function dropPartitions(deps: DropDeps, errands: readonly ErrandWithLanes[]): Promise<void> {
  const { db, clock, step, dropped } = deps;
  const wanted = new Set(wantedStarts(READINGS, clock.nowMs()));
  const beforeMs = Math.max(...errands.map(({ cutoffs }) => cutoffs.rawMs));
  for (const partition of await weekPartitions(db, "readings")) {
    // One that the service would make again at once.
    if (wanted.has(partition.fromMs) || partition.fromMs + WEEK_MS > beforeMs) continue;
    await step();
    try {
      const isDropped = await inRemoval(db, clock.nowMs(), (trx, holds) =>
        dropIfDue(trx, partition, errands, holds),
      );
      if (isDropped) dropped(partition.name);
    } catch (error) {
      if (![LOCK_NOT_AVAILABLE, DEADLOCK].includes(errorCode(error) ?? "")) throw error;
    }
  }
}

async function dropIfDue(
  trx: DatabaseTransaction,
  partition: WeekPartition,
  errands: readonly ErrandWithLanes[],
  holds: readonly Hold[],
): Promise<boolean> {
  const { name } = partition;
  // Twice: what takes no lock and little time first, and again when nobody can write into it any more.
  if (!(await isAllDue(trx, partition, errands, holds))) return false;
  const beforeMs = Math.min(...errands.map(({ cutoffs }) => cutoffs.rawMs));
  const { rows: young } = await sql`
    SELECT 1 FROM ${sql.table(name)} reading WHERE NOT ${hasHappenedBefore("reading", beforeMs)} LIMIT 1`.execute(
    trx,
  );
  if (young.length > 0) return false;
  await sql`LOCK TABLE ${sql.table(name)} IN SHARE ROW EXCLUSIVE MODE`.execute(trx);
  if (!(await isAllDue(trx, partition, errands, holds))) return false;
  // By the journals, which are few: there is no index by the week alone.
  await sql`
    DELETE FROM reading_blocks block USING journals
    WHERE block.journal_id = journals.journal_id AND block.week = ${partition.fromMs / WEEK_MS}`.execute(trx);
  await sql`DROP TABLE ${sql.table(name)}`.execute(trx);
  return true;
}

/** Of every lane in it: it is to be deleted, its time is over, all of it is with every store, and no hold is over it. */
async function isAllDue(
  trx: DatabaseTransaction,
  { name, fromMs }: WeekPartition,
  errands: readonly ErrandWithLanes[],
  holds: readonly Hold[],
): Promise<boolean> {
  const toMs = fromMs + WEEK_MS;
  for (const { journalId, lane, lastSeq } of await lanesIn(trx, name)) {
    const isOf = (of: DueLane) => of.journalId === journalId && of.lane === lane;
    const errand = errands.find(({ lanes }) => lanes.some(isOf));
    if (errand === undefined || errand.policy.afterwards !== "delete" || toMs > errand.cutoffs.rawMs)
      return false;
    if (holdsOver(holds, { ...errand, fromMs, toMs }).length > 0) return false;
    if (lastSeq > (errand.lanes.find(isOf)?.throughSeq ?? 0)) return false;
  }
  return true;
}

type LaneIn = {
  readonly journalId: number;
  readonly lane: number;
  readonly lastSeq: number;
};

/** By the primary key, a look for each lane that there is. */
async function lanesIn(trx: DatabaseTransaction, name: string): Promise<LaneIn[]> {
  const { rows } = await sql<LaneIn>`
    SELECT journals.journal_id, lane.number AS lane, newest.seq AS last_seq
    FROM journals CROSS JOIN (VALUES (1), (2)) AS lane(number)
      CROSS JOIN LATERAL (
        SELECT seq FROM ${sql.table(name)} WHERE journal_id = journals.journal_id AND lane = lane.number
        ORDER BY journal_id, lane, seq DESC LIMIT 1) newest`.execute(trx);
  return rows;
}

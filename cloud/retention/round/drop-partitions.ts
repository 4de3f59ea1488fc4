/**
 * Drops partitions of readings: those that are empty, and those in which everything is due and nothing is to be kept.
 * That takes a lock on the whole table, for as long as it takes to forget a file; whoever stores readings meanwhile waits
 * that long. Where the lock is not had at once, it is tried again in the next round, and rows go one by one.
 */
import { sql } from "kysely";
import type { HospitalId } from "../../../contracts/wire/ids.ts";
import type { DatabaseTransaction } from "../../database/schema.ts";
import { READINGS, wantedStarts } from "../../history/postgresql/partitions.ts";
import { errorCode } from "../../start-error.ts";
import { type Hold, holdsOver } from "../holds/hold.ts";
import { type Errand, WEEK_MS } from "../policy.ts";
import type { DueLane } from "../rows/due-lanes.ts";
import { inRemoval } from "../rows/removal.ts";
import { type WeekPartition, weekPartitions } from "../week-partitions.ts";
import type { StepDeps } from "./step.ts";

export type DropDeps = StepDeps & { dropped(partition: string): void };
export type ErrandWithLanes = Errand & { readonly lanes: readonly DueLane[] };

const LOCK_NOT_AVAILABLE = "55P03";
const DEADLOCK = "40P01";

/** `errands`: of vitals and environment, each with its lanes. */
export async function dropPartitions(deps: DropDeps, errands: readonly ErrandWithLanes[]): Promise<void> {
  const { db, clock, step, dropped } = deps;
  const wanted = new Set(wantedStarts(READINGS, clock.nowMs()));
  for (const partition of await weekPartitions(db, "readings")) {
    // One that the service would make again at once.
    if (wanted.has(partition.fromMs) || partition.fromMs > clock.nowMs()) continue;
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
  { name, fromMs }: WeekPartition,
  errands: readonly ErrandWithLanes[],
  holds: readonly Hold[],
): Promise<boolean> {
  // Nobody writes into it from here on. Those who do wait at the table for no longer than this takes.
  await sql`LOCK TABLE ${sql.table(name)} IN SHARE ROW EXCLUSIVE MODE`.execute(trx);
  for (const { journalId, lane, lastSeq, hospitalId } of await lanesIn(trx, name)) {
    const errand = errands.find((each) =>
      each.lanes.some((of) => of.journalId === journalId && of.lane === lane),
    );
    if (errand === undefined || errand.hospitalId !== hospitalId || errand.policy.afterwards !== "delete")
      return false;
    const toMs = fromMs + WEEK_MS;
    if (toMs > errand.cutoffs.rawMs || holdsOver(holds, { ...errand, fromMs, toMs }).length > 0) return false;
    const through = errand.lanes.find((of) => of.journalId === journalId)?.throughSeq ?? 0;
    if (lastSeq > through) return false;
  }
  await sql`DROP TABLE ${sql.table(name)}`.execute(trx);
  return true;
}

type LaneIn = {
  readonly journalId: number;
  readonly lane: number;
  readonly lastSeq: number;
  readonly hospitalId: HospitalId;
};

/** By the primary key, a look for each lane that there is. */
async function lanesIn(trx: DatabaseTransaction, name: string): Promise<LaneIn[]> {
  const { rows } = await sql<LaneIn>`
    SELECT journals.journal_id, lane.number AS lane, newest.seq AS last_seq, gateways.hospital_id
    FROM journals JOIN gateways USING (gateway_id) CROSS JOIN (VALUES (1), (2)) AS lane(number)
      CROSS JOIN LATERAL (
        SELECT seq FROM ${sql.table(name)} WHERE journal_id = journals.journal_id AND lane = lane.number
        ORDER BY journal_id, lane, seq DESC LIMIT 1) newest`.execute(trx);
  return rows;
}

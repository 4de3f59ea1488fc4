/** The lanes of a gateway's journals: how far each is stored, and which journal is the current one. */
import { type Epoch, type GatewayId, LANES, type Lane } from "../../contracts/wire/ids.ts";
import type { Database, DatabaseTransaction } from "../database/schema.ts";
import type { LaneState, SeqRange } from "./decide-batch.ts";

export type LaneKey = { readonly gatewayId: GatewayId; readonly epoch: Epoch; readonly lane: Lane };

/** Locked until the transaction ends, so that a batch that comes twice at once is stored once. */
export async function lockLane(trx: DatabaseTransaction, key: LaneKey): Promise<LaneState | null> {
  return (await laneQuery(trx, key).forUpdate().executeTakeFirst()) ?? null;
}

export async function readLane(db: Database, key: LaneKey): Promise<LaneState | null> {
  return (await laneQuery(db, key).executeTakeFirst()) ?? null;
}

const laneQuery = (db: Database, { gatewayId, epoch, lane }: LaneKey) =>
  db
    .selectFrom("lanes")
    .select(["highWaterMarkSeq", "superseded"])
    .where("gatewayId", "=", gatewayId)
    .where("epoch", "=", epoch)
    .where("lane", "=", lane);

/** Begins a journal that was never heard of, which ends all earlier ones of its gateway. */
export async function acceptEpoch(
  trx: DatabaseTransaction,
  { gatewayId, epoch }: Omit<LaneKey, "lane">,
): Promise<void> {
  // Two journals that begin at the same moment do so one after the other.
  await trx
    .selectFrom("gateways")
    .select("gatewayId")
    .where("gatewayId", "=", gatewayId)
    .forNoKeyUpdate()
    .execute();
  const begun = await trx
    .insertInto("lanes")
    .values(LANES.map((lane) => ({ gatewayId, epoch, lane, highWaterMarkSeq: 0, superseded: false })))
    .onConflict((conflict) => conflict.doNothing())
    .returning("lane")
    .execute();
  if (begun.length === 0) return;
  await trx
    .updateTable("lanes")
    .set({ superseded: true })
    .where("gatewayId", "=", gatewayId)
    .where("epoch", "!=", epoch)
    .where("superseded", "=", false)
    .execute();
}

export async function advanceLane(
  trx: DatabaseTransaction,
  { gatewayId, epoch, lane }: LaneKey,
  highWaterMarkSeq: number,
): Promise<void> {
  await trx
    .updateTable("lanes")
    .set({ highWaterMarkSeq })
    .where("gatewayId", "=", gatewayId)
    .where("epoch", "=", epoch)
    .where("lane", "=", lane)
    .execute();
}

/** Numbers that were acknowledged once, by a database that has since been restored from an older copy. */
export async function noteLost(
  trx: DatabaseTransaction,
  key: LaneKey,
  { fromSeq, throughSeq }: SeqRange,
  notedAtMs: number,
): Promise<void> {
  await trx
    .insertInto("lostRanges")
    .values({ ...key, fromSeq, throughSeq, notedAtMs })
    .onConflict((conflict) => conflict.doNothing())
    .execute();
}

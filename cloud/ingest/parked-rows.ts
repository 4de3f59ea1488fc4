/** Records that fit nowhere, kept with their reason. */
import type { DatabaseTransaction } from "../database/schema.ts";
import type { SeqRange } from "./decide-batch.ts";
import type { Parked } from "./fit-records.ts";
import type { GatewayClock } from "./gateway-clock.ts";
import type { LaneKey } from "./lane-rows.ts";

/** Rows in one statement: a parameter for each value, and PostgreSQL takes 65,535 of them. */
const ROWS_PER_STATEMENT = 1_000;

export async function storeParked(
  trx: DatabaseTransaction,
  { gatewayId, epoch, lane }: LaneKey,
  parked: readonly Parked[],
  { receivedAtMs, offsetMs: clockOffsetMs }: GatewayClock,
): Promise<void> {
  for (let from = 0; from < parked.length; from += ROWS_PER_STATEMENT)
    await trx
      .insertInto("parkedRecords")
      .values(
        parked
          .slice(from, from + ROWS_PER_STATEMENT)
          .map((record) => ({ gatewayId, epoch, lane, ...record, receivedAtMs, clockOffsetMs })),
      )
      .execute();
}

/** What was parked of records that came before: their reply may have been lost, and the gateway is to learn of it. */
export async function parkedBetween(
  trx: DatabaseTransaction,
  { gatewayId, epoch, lane }: LaneKey,
  { fromSeq, throughSeq }: SeqRange,
): Promise<Parked[]> {
  if (throughSeq < fromSeq) return [];
  return await trx
    .selectFrom("parkedRecords")
    .select(["seq", "reason", "body"])
    .where("gatewayId", "=", gatewayId)
    .where("epoch", "=", epoch)
    .where("lane", "=", lane)
    .where("seq", ">=", fromSeq)
    .where("seq", "<=", throughSeq)
    .orderBy("seq")
    .execute();
}

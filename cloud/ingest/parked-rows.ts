/** Records that fit nowhere, kept with their reason. */
import type { DatabaseTransaction } from "../database/schema.ts";
import type { Parked } from "./fit-records.ts";
import type { LaneKey } from "./lane-rows.ts";

/** Rows in one statement: a parameter for each value, and PostgreSQL takes 65,535 of them. */
const ROWS_PER_STATEMENT = 1_000;

export async function storeParked(
  trx: DatabaseTransaction,
  { gatewayId, epoch, lane }: LaneKey,
  parked: readonly Parked[],
  receivedAtMs: number,
): Promise<void> {
  for (let from = 0; from < parked.length; from += ROWS_PER_STATEMENT)
    await trx
      .insertInto("parkedRecords")
      .values(
        parked
          .slice(from, from + ROWS_PER_STATEMENT)
          .map((record) => ({ gatewayId, epoch, lane, ...record, receivedAtMs })),
      )
      .execute();
}

export type SeqRange = { readonly firstSeq: number; readonly lastSeq: number };

/** What was parked of records that came before: their reply may have been lost, and the gateway is to learn of it. */
export async function parkedBetween(
  trx: DatabaseTransaction,
  { gatewayId, epoch, lane }: LaneKey,
  { firstSeq, lastSeq }: SeqRange,
): Promise<{ seq: number; reason: string }[]> {
  if (lastSeq < firstSeq) return [];
  return await trx
    .selectFrom("parkedRecords")
    .select(["seq", "reason"])
    .where("gatewayId", "=", gatewayId)
    .where("epoch", "=", epoch)
    .where("lane", "=", lane)
    .where("seq", ">=", firstSeq)
    .where("seq", "<=", lastSeq)
    .orderBy("seq")
    .execute();
}

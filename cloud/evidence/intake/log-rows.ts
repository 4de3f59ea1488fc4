/** The gateways' logs as rows: one at a time for each gateway, with what is stored of it. */
import { sql } from "kysely";
import type { GatewayId } from "../../../contracts/wire/ids.ts";
import type { DatabaseTransaction } from "../../database/schema.ts";
import type { GatewayCheckpoint, ReadBatch } from "./read-log-batch.ts";

export type LogRow = {
  readonly logId: number;
  readonly size: number;
  readonly halted: string | null;
  /** Of the newest batch, by the gateway's clock; null: none came yet. */
  readonly sentAtMs: number | null;
};
export type StoredLeaf = { readonly index: number; readonly leaf: Uint8Array };

/** Any number that nothing else in this database locks; the second is the gateway's. */
const GATEWAY_LOCK = 7_208_151;

/** Until the transaction's end: keys, leaves and the order of their entries change by one transaction at a time. */
export async function lockGateway(trx: DatabaseTransaction, gatewayId: GatewayId): Promise<void> {
  await sql`SELECT pg_advisory_xact_lock(${sql.raw(String(GATEWAY_LOCK))}, hashtext(${gatewayId}))`.execute(
    trx,
  );
}

export async function lockLog(
  trx: DatabaseTransaction,
  { origin }: Pick<ReadBatch, "origin">,
): Promise<LogRow | null> {
  const row = await trx
    .selectFrom("evidenceLogs")
    .select(["logId", "size", "halted", "sentAtMs"])
    .where("origin", "=", origin)
    .forUpdate()
    .executeTakeFirst();
  return row ?? null;
}

export async function beginLog(
  trx: DatabaseTransaction,
  { origin, gatewayId, epoch }: Pick<ReadBatch, "origin" | "gatewayId" | "epoch">,
): Promise<LogRow> {
  const begun = { size: 0, halted: null, sentAtMs: null };
  const { logId } = await trx
    .insertInto("evidenceLogs")
    .values({ origin, gatewayId, epoch, frontier: Buffer.alloc(0), ...begun })
    .returning("logId")
    .executeTakeFirstOrThrow();
  return { logId, ...begun };
}

/** Why nothing is taken of this gateway, whichever of its logs it was; null: nothing stands in the way. */
export async function haltOf(
  trx: DatabaseTransaction,
  gatewayId: GatewayId,
): Promise<{ readonly origin: string; readonly halted: string } | null> {
  const row = await trx
    .selectFrom("evidenceLogs")
    .select(["origin", "halted"])
    .where("gatewayId", "=", gatewayId)
    .where("halted", "is not", null)
    .where("resumedAtMs", "is", null)
    .executeTakeFirst();
  return row === undefined ? null : { origin: row.origin, halted: row.halted ?? "" };
}

export async function leavesBetween(
  trx: DatabaseTransaction,
  { logId }: Pick<LogRow, "logId">,
  { from, to }: { readonly from: number; readonly to: number },
): Promise<readonly StoredLeaf[]> {
  return await trx
    .selectFrom("evidenceLeaves")
    .select(["index", "leaf"])
    .where("logId", "=", logId)
    .where("index", ">=", from)
    .where("index", "<", to)
    .orderBy("index")
    .execute();
}

/** The one of just this size, otherwise the newest: what a contradiction is held against. */
export async function checkpointToHold(
  trx: DatabaseTransaction,
  { logId }: Pick<LogRow, "logId">,
  size: number,
): Promise<string | null> {
  const row = await trx
    .selectFrom("evidenceCheckpoints")
    .select("note")
    .where("logId", "=", logId)
    .orderBy(sql`size = ${size}`, "desc")
    .orderBy("size", "desc")
    .limit(1)
    .executeTakeFirst();
  return row?.note ?? null;
}

/** False: it was there already. */
export async function storeCheckpoint(
  trx: DatabaseTransaction,
  { logId }: Pick<LogRow, "logId">,
  { size, root, text, signedAtMs }: GatewayCheckpoint,
  receivedAtMs: number,
): Promise<boolean> {
  const stored = await trx
    .insertInto("evidenceCheckpoints")
    .values({ logId, size, root: Buffer.from(root), note: text, signedAtMs, receivedAtMs })
    .onConflict((conflict) => conflict.doNothing())
    .executeTakeFirst();
  return stored.numInsertedOrUpdatedRows === 1n;
}

export async function noteHeard(
  trx: DatabaseTransaction,
  { logId, sentAtMs: sentBefore }: LogRow,
  sentAtMs: number,
  nowMs: number,
): Promise<void> {
  await trx
    .updateTable("evidenceLogs")
    .set({ heardAtMs: nowMs, sentAtMs: Math.max(sentBefore ?? 0, sentAtMs) })
    .where("logId", "=", logId)
    .execute();
}

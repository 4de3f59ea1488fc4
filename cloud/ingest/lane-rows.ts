/** The lanes of a gateway's journals: how far each is stored, which journal is the current one, and who runs on it. */
import { sql } from "kysely";
import type { BootId, Epoch, GatewayId, Lane } from "../../contracts/wire/ids.ts";
import { LANES } from "../../contracts/wire/lanes.ts";
import type { Database, DatabaseTransaction } from "../database/schema.ts";
import type { LaneState } from "./decide-batch.ts";

export type LaneKey = { readonly gatewayId: GatewayId; readonly epoch: Epoch; readonly lane: Lane };
export type LaneRow = LaneState & {
  readonly journalId: number;
  /** Of the process that stored something in this journal last. */
  readonly bootId: string | null;
};

/** A lane as a column of readings names it. */
export const laneNumber = (lane: Lane): number => LANES.indexOf(lane);

/** Locked until the transaction ends, so that a batch that comes twice at once is stored once. */
export async function lockLane(trx: DatabaseTransaction, key: LaneKey): Promise<LaneRow | null> {
  return (await laneQuery(trx, key).forUpdate("lanes").executeTakeFirst()) ?? null;
}

export async function readLane(db: Database, key: LaneKey): Promise<LaneRow | null> {
  return (await laneQuery(db, key).executeTakeFirst()) ?? null;
}

const laneQuery = (db: Database, { gatewayId, epoch, lane }: LaneKey) =>
  db
    .selectFrom("lanes")
    .innerJoin("journals", "journals.journalId", "lanes.journalId")
    .select(["lanes.highWaterMarkSeq", "lanes.superseded", "lanes.journalId", "journals.bootId"])
    .where("lanes.gatewayId", "=", gatewayId)
    .where("lanes.epoch", "=", epoch)
    .where("lanes.lane", "=", lane);

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
  const journal = await trx
    .insertInto("journals")
    .values({ gatewayId, epoch, bootId: null })
    .onConflict((conflict) => conflict.doNothing())
    .returning("journalId")
    .executeTakeFirst();
  if (journal === undefined) return;
  const { journalId } = journal;
  const values = LANES.map((lane) => ({
    gatewayId,
    epoch,
    lane,
    highWaterMarkSeq: 0,
    superseded: false,
    journalId,
  }));
  await trx.insertInto("lanes").values(values).execute();
  const measured = LANES.filter((lane) => lane !== "beds");
  await trx
    .insertInto("latestMarks")
    .values(measured.map((lane) => ({ journalId, lane, throughSeq: 0 })))
    .execute();
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

/** A process that speaks again after a later one did. A restarted gateway has an id that was never heard before. */
export async function isOldBoot(
  db: Database,
  { journalId, bootId: newest }: LaneRow,
  bootId: BootId,
): Promise<boolean> {
  if (newest === null || newest === bootId) return false;
  const known = await db
    .selectFrom("boots")
    .select("bootId")
    .where("journalId", "=", journalId)
    .where("bootId", "=", bootId)
    .executeTakeFirst();
  return known !== undefined;
}

export async function noteBoot(
  trx: DatabaseTransaction,
  { journalId, bootId: newest }: LaneRow,
  bootId: BootId,
  nowMs: number,
): Promise<void> {
  if (newest === bootId) return;
  // Two lanes of a gateway that was just started come at once; the second finds its process known.
  await sql`
    WITH boot AS (
      INSERT INTO boots (journal_id, boot_id, first_heard_at_ms) VALUES (${journalId}, ${bootId}, ${nowMs})
      ON CONFLICT DO NOTHING RETURNING journal_id, boot_id
    )
    UPDATE journals SET boot_id = boot.boot_id FROM boot WHERE journals.journal_id = boot.journal_id`.execute(
    trx,
  );
}

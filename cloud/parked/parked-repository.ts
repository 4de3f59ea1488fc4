/** Reads what was parked, in the order of its keys. */
import { sql } from "kysely";
import * as z from "zod";
import { Epoch, GatewayId, HospitalId, Lane, Seq } from "../../contracts/wire/ids.ts";
import { LANES } from "../../contracts/wire/lanes.ts";
import type { ParkedRecordKey } from "../../contracts/wire/parked-records.ts";
import type { Scope } from "../access/scope.ts";
import type { Database, DatabaseTransaction } from "../database/schema.ts";

const StoredParked = z.object({
  gatewayId: GatewayId,
  hospitalId: HospitalId,
  epoch: Epoch,
  lane: Lane,
  seq: Seq,
  reason: z.string(),
  body: z.string(),
  receivedAtMs: z.int(),
  clockOffsetMs: z.int(),
});
export type StoredParked = z.infer<typeof StoredParked>;

/** After this one; lanes by name, as the database orders them. */
export const ParkedPosition = z.tuple([GatewayId, Epoch, z.enum(LANES), Seq]);
export type ParkedPosition = z.infer<typeof ParkedPosition>;

export async function parkedAfter(
  db: Database,
  scope: Scope,
  after: ParkedPosition | undefined,
  limit: number,
): Promise<StoredParked[]> {
  let query = selectParked(db, scope);
  if (after !== undefined) {
    const [gatewayId, epoch, lane, seq] = after;
    query = query.where(
      sql<boolean>`(parked.gateway_id, parked.epoch, parked.lane, parked.seq) > (${gatewayId}, ${epoch}, ${lane}, ${seq}::bigint)`,
    );
  }
  const rows = await query
    .orderBy("parked.gatewayId")
    .orderBy("parked.epoch")
    .orderBy("parked.lane")
    .orderBy("parked.seq")
    .limit(limit)
    .execute();
  return StoredParked.array().parse(rows);
}

/** Locked until the transaction ends; undefined: nobody's, another hospital's, or stored meanwhile. */
export async function lockParked(
  trx: DatabaseTransaction,
  scope: Scope,
  { gatewayId, epoch, lane, seq }: ParkedRecordKey,
): Promise<StoredParked | undefined> {
  const row = await selectParked(trx, scope)
    .where("parked.gatewayId", "=", gatewayId)
    .where("parked.epoch", "=", epoch)
    .where("parked.lane", "=", lane)
    .where("parked.seq", "=", seq)
    .forUpdate("parked")
    .executeTakeFirst();
  return row === undefined ? undefined : StoredParked.parse(row);
}

function selectParked(db: Database, scope: Scope) {
  const query = db
    .selectFrom("parkedRecords as parked")
    .innerJoin("gateways", "gateways.gatewayId", "parked.gatewayId")
    .selectAll("parked")
    .select("gateways.hospitalId");
  return scope.kind === "network" ? query : query.where("gateways.hospitalId", "=", scope.hospitalId);
}

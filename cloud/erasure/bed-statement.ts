/**
 * What a bed said, as it is found for an erasure: the leaf that its gateway logged, and the leaves of later journals that
 * told the very same again.
 */
import { sql } from "kysely";
import * as z from "zod";
import { AtMs, type BedId, Epoch, GatewayId, type HospitalId } from "../../contracts/wire/ids.ts";
import type { DatabaseTransaction } from "../database/schema.ts";
import { CloudError } from "../http/problem.ts";
import { lockLane } from "../ingest/lane-rows.ts";

const Leaf = z.object({
  logId: z.int(),
  origin: z.string(),
  gatewayId: GatewayId,
  epoch: Epoch,
  seq: z.int(),
  index: z.int(),
  payload: z.string().nullable(),
  erasedAtMs: AtMs.nullable(),
});
/** A leaf with the number that its record has in its journal. */
export type StatementLeaf = z.infer<typeof Leaf>;

/** As the gateway wrote it, of whatever kind. */
const Said = z.object({ kind: z.string(), bedId: z.string(), observedAtMs: AtMs });
export type Said = z.infer<typeof Said>;

export type StatementName = { readonly bedId: BedId; readonly epoch: Epoch; readonly seq: number };

const LEAF = sql`
  SELECT log.log_id, log.origin, log.gateway_id, log.epoch, leaf.first_seq AS seq, leaf.index, leaf.payload,
    leaf.erased_at_ms
  FROM evidence_leaves leaf JOIN evidence_logs log ON log.log_id = leaf.log_id`;

/** Locked to the transaction's end, and so is its lane: it does not come again meanwhile. Throws a CloudError. */
export async function lockStatement(
  trx: DatabaseTransaction,
  { bedId, epoch, seq }: StatementName,
  hospitalId: HospitalId,
): Promise<StatementLeaf> {
  const { rows: journals } = await sql<{ gatewayId: GatewayId }>`
    SELECT journal.gateway_id FROM journals journal
      JOIN gateways gateway ON gateway.gateway_id = journal.gateway_id
      JOIN beds bed ON bed.bed_id = ${bedId} AND bed.hospital_id = gateway.hospital_id
    WHERE journal.epoch = ${epoch} AND gateway.hospital_id = ${hospitalId}`.execute(trx);
  const [journal] = journals;
  const lane = journal && (await lockLane(trx, { gatewayId: journal.gatewayId, epoch, lane: "beds" }));
  if (journal === undefined || lane === null || seq > (lane?.highWaterMarkSeq ?? 0)) throw noStatement();
  const { rows } = await sql`
    ${LEAF} WHERE log.gateway_id = ${journal.gatewayId} AND log.epoch = ${epoch} AND leaf.lane = 'beds'
      AND leaf.first_seq = ${seq} FOR UPDATE OF leaf`.execute(trx);
  if (rows[0] !== undefined) return Leaf.parse(rows[0]);
  const { rows: told } = await sql`
    SELECT 1 FROM bed_events
    WHERE gateway_id = ${journal.gatewayId} AND epoch = ${epoch} AND seq = ${seq} AND bed_id = ${bedId}`.execute(
    trx,
  );
  if (told.length === 0) throw noStatement();
  throw new CloudError("ERASURE_NOT_LOGGED", "Its gateway has not told this service yet that it logged it.");
}

/** Null: it is of another bed. */
export function saidIn(payload: string, bedId: BedId): Said | null {
  const said = Said.safeParse(JSON.parse(payload));
  return said.success && said.data.bedId === bedId ? said.data : null;
}

/** The same, told again by other journals of the gateway; locked like the first. */
export async function lockCopies(
  trx: DatabaseTransaction,
  { logId, gatewayId, payload }: StatementLeaf,
): Promise<StatementLeaf[]> {
  const { rows: logs } = await sql<{ logId: number; epoch: Epoch }>`
    SELECT log_id, epoch FROM evidence_logs WHERE gateway_id = ${gatewayId} AND log_id <> ${logId}
    ORDER BY log_id`.execute(trx);
  const copies: StatementLeaf[] = [];
  for (const log of logs) {
    await lockLane(trx, { gatewayId, epoch: log.epoch, lane: "beds" });
    const { rows } = await sql`
      ${LEAF} WHERE leaf.log_id = ${log.logId} AND leaf.lane = 'beds' AND leaf.payload = ${payload}
      ORDER BY leaf.index FOR UPDATE OF leaf`.execute(trx);
    copies.push(...Leaf.array().parse(rows));
  }
  return copies;
}

export const noStatement = () =>
  new CloudError("ERASURE_NOT_FOUND", "None of your hospital's beds has said anything under this number.");

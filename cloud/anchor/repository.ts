/** Anchors in the database: what others read of them. */
import { sql } from "kysely";
import * as z from "zod";
import type { EvidenceHealth } from "../../contracts/wire/evidence.ts";
import type { Database, DatabaseTransaction } from "../database/schema.ts";
import { firstWitnessedSize } from "../evidence/views/witnessed.ts";
import { UNFINISHED_STATES } from "./decide-step.ts";
import { TROUBLE_KINDS, type TroubleKind } from "./trouble.ts";

type AnchorHealth = EvidenceHealth["anchor"];
export const ANCHOR_SHOWN_STATES = [
  "idle",
  ...UNFINISHED_STATES,
  "unreachable",
  "refused",
] as const satisfies readonly NonNullable<AnchorHealth>["state"][];

/** A finalized anchor with everything that a bundle says of it. `root`: of the tree of `size` leaves. */
const FinalizedAnchor = z.object({
  size: z.int(),
  root: z.instanceof(Uint8Array),
  /** The network's note, with the cosignatures that it had when it was chosen. */
  checkpoint: z.string(),
  chainId: z.int(),
  contract: z.string(),
  blockNumber: z.int(),
  blockAtMs: z.int(),
  blockHash: z.string(),
  transactionHash: z.string(),
  header: z.instanceof(Uint8Array),
  /** Nodes in base64, from the root down. */
  receiptProof: z.array(z.string()),
  transactionIndex: z.int(),
  logIndex: z.int(),
});
export type FinalizedAnchor = z.infer<typeof FinalizedAnchor>;

/** The oldest final block in which the contract of now holds a tree of at least `size` leaves; null: there is none. */
export async function firstAnchorCovering(db: Database, size: number): Promise<FinalizedAnchor | null> {
  const { rows } = await sql`
    SELECT anchor.size, anchor.root, anchor.checkpoint, anchor.chain_id, anchor.contract, anchor.block_number,
      anchor.block_at_ms, anchor.block_hash, anchor.transaction_hash, anchor.header, anchor.receipt_proof,
      anchor.transaction_index, anchor.log_index
    FROM anchors anchor JOIN anchor_target USING (chain_id, contract)
    WHERE anchor.size >= ${size} AND anchor.state = 'finalized'
    ORDER BY anchor.size LIMIT 1`.execute(db);
  return rows[0] === undefined ? null : FinalizedAnchor.parse(rows[0]);
}

const HealthRow = z.object({
  chainId: z.int(),
  contract: z.string(),
  troubleKind: z.enum(TROUBLE_KINDS).nullable(),
  trouble: z.string().nullable(),
  anchoredSize: z.int().nullable(),
  blockAtMs: z.int().nullable(),
  blockNumber: z.int().nullable(),
  lastGas: z.int().nullable(),
  unfinished: z.enum(UNFINISHED_STATES).nullable(),
  anchorsCount: z.int(),
  gasSpent: z.string(),
});

/** Null: nothing is anchored by this configuration. */
export async function anchorHealth(db: Database): Promise<AnchorHealth> {
  const { rows } = await sql`
    SELECT target.chain_id, target.contract, target.trouble_kind, target.trouble,
      newest.size AS anchored_size, newest.block_at_ms, newest.block_number, newest.gas_used AS last_gas,
      unfinished.state AS unfinished, total.anchors_count, total.gas_spent
    FROM anchor_target target
    LEFT JOIN LATERAL (SELECT * FROM anchors WHERE (chain_id, contract) = (target.chain_id, target.contract)
      AND state = 'finalized' ORDER BY size DESC LIMIT 1) newest ON true
    LEFT JOIN LATERAL (SELECT state FROM anchors WHERE (chain_id, contract) = (target.chain_id, target.contract)
      AND state NOT IN ('finalized', 'superseded') ORDER BY size LIMIT 1) unfinished ON true
    CROSS JOIN LATERAL (SELECT count(*)::int AS anchors_count, COALESCE(sum(gas_used), 0)::text AS gas_spent
      FROM anchors WHERE (chain_id, contract) = (target.chain_id, target.contract) AND state = 'finalized') total`.execute(
    db,
  );
  if (rows[0] === undefined) return null;
  const row = HealthRow.parse(rows[0]);
  return {
    chainId: row.chainId,
    contract: row.contract,
    anchoredSize: row.anchoredSize ?? 0,
    anchoredAt: row.blockAtMs === null ? null : new Date(row.blockAtMs).toISOString(),
    blockNumber: row.blockNumber,
    state: row.troubleKind === null ? (row.unfinished ?? "idle") : shownAs(row.troubleKind),
    lastError: row.trouble,
    anchorsCount: row.anchorsCount,
    gasSpent: row.gasSpent,
    lastGas: row.lastGas,
  };
}

const shownAs = (kind: TroubleKind) => (kind === "unreachable" ? "unreachable" : "refused");

/** Null: the log has not begun. */
export async function networkLogId(db: Database | DatabaseTransaction): Promise<number | null> {
  const { rows } = await sql<{ logId: number }>`
    SELECT log_id FROM evidence_logs WHERE gateway_id IS NULL`.execute(db);
  return rows[0]?.logId ?? null;
}

/**
 * For how long a witnessed checkpoint has waited for an anchor that covers it, in milliseconds since it was signed; 0: all
 * that is witnessed is anchored, or nothing is to be.
 */
export async function anchorAgeMs(db: Database, witnessesMin: number, nowMs: number): Promise<number> {
  const network = await networkLogId(db);
  if (network === null) return 0;
  const anchored = sql`COALESCE((SELECT max(anchor.size) FROM anchors anchor
    WHERE (anchor.chain_id, anchor.contract) = (target.chain_id, target.contract) AND anchor.state = 'finalized'), 0)`;
  const { rows } = await sql<{ waitingSinceMs: number }>`
    SELECT checkpoint.signed_at_ms AS waiting_since_ms
    FROM anchor_target target JOIN evidence_checkpoints checkpoint ON checkpoint.log_id = ${network}
      AND checkpoint.size = ${firstWitnessedSize(sql`${network}::int`, anchored, sql`NULL`, witnessesMin)}`.execute(
    db,
  );
  const sinceMs = rows[0]?.waitingSinceMs ?? null;
  return sinceMs === null ? 0 : Math.max(0, nowMs - sinceMs);
}

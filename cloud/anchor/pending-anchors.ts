/**
 * Anchors in the database: what the worker keeps of its work. Every change names the state that it starts from, so
 * that a second writer, who should not be there, changes nothing.
 */
import { type RawBuilder, sql } from "kysely";
import * as z from "zod";
import { toHex } from "../../contracts/log/bytes.ts";
import type { Database, DatabaseTransaction } from "../database/schema.ts";
import { cosignaturesOf, newestWitnessedSize } from "../evidence/views/witnessed.ts";
import type { ChainTarget } from "./chain.ts";
import { type Inclusion, type PendingAnchor, UNFINISHED_STATES } from "./decide-step.ts";
import type { Fees } from "./fees.ts";
import type { AnchorProof } from "./prove-inclusion.ts";
import { networkLogId } from "./repository.ts";
import type { AnchorTrouble } from "./trouble.ts";

/** Anchors in blocks that are not final yet; a chain where nothing becomes final is not filled with more. */
const NOT_FINAL_MAX = 8;

const Wei = z.string().regex(/^\d+$/).transform(BigInt);
const PendingRow = z.object({
  anchorId: z.int(),
  size: z.int(),
  root: z.instanceof(Uint8Array),
  state: z.enum(UNFINISHED_STATES),
  blockHash: z.string().nullable(),
  transactions: z.array(
    z.object({
      hash: z.string(),
      nonce: z.int(),
      waitingSinceBlock: z.int(),
      isSent: z.boolean(),
      maxFeeWei: Wei,
      tipWei: Wei,
    }),
  ),
});

/** `rawTransaction`: 0x and the signed bytes, in hexadecimal digits. */
export type NewTransaction = Fees & {
  readonly hash: string;
  readonly nonce: number;
  readonly rawTransaction: string;
  readonly waitingSinceBlock: number;
};

export class PendingAnchors {
  readonly #db: Database;
  readonly #target: ChainTarget;

  constructor(db: Database, { chainId, contract }: ChainTarget) {
    this.#db = db;
    this.#target = { chainId, contract };
  }

  /**
   * Takes the network's newest checkpoint with enough witnesses, where it is larger than all before; whether it did. What
   * was queued before and not touched yet gives way to it. While one waits for its block, or many for being final,
   * nothing is taken: the next one covers it.
   */
  async queueNewest(witnessesMin: number, nowMs: number): Promise<boolean> {
    const { chainId, contract } = this.#target;
    return await this.#db.transaction().execute(async (trx) => {
      const network = await networkLogId(trx);
      const size = network === null ? null : await newestWitnessedSize(trx, network, witnessesMin);
      const { rows } = await sql<{ anchorId: number }>`
        INSERT INTO anchors (chain_id, contract, size, root, checkpoint, state, queued_at_ms)
        SELECT ${chainId}, ${contract}, size, root, note || ${await linesOf(trx, size)}, 'queued', ${nowMs}
        FROM evidence_checkpoints
        WHERE log_id = ${network} AND size = ${size}
          AND size > COALESCE((SELECT max(size) FROM anchors WHERE ${this.#isOurs()}), 0)
          AND NOT EXISTS (SELECT FROM anchors WHERE ${this.#isOurs()} AND state IN ('signed', 'sent'))
          AND (SELECT count(*) FROM anchors WHERE ${this.#isOurs()} AND state IN ('mined', 'safe')) < ${NOT_FINAL_MAX}
        ON CONFLICT DO NOTHING
        RETURNING anchor_id`.execute(trx);
      const added = rows[0];
      if (added === undefined) return false;
      await sql`
        DELETE FROM anchors anchor WHERE ${this.#isOurs()} AND state = 'queued' AND anchor_id <> ${added.anchorId}
          AND NOT EXISTS (SELECT FROM anchor_transactions one WHERE one.anchor_id = anchor.anchor_id)`.execute(
        trx,
      );
      return true;
    });
  }

  /** The smallest tree first, which is the order in which they were queued. */
  async unfinished(): Promise<PendingAnchor[]> {
    const { rows } = await sql`
      SELECT anchor.anchor_id, anchor.size, anchor.root, anchor.state, anchor.block_hash,
        COALESCE((SELECT jsonb_agg(jsonb_build_object('hash', one.transaction_hash, 'nonce', one.nonce,
            'waitingSinceBlock', one.waiting_since_block, 'isSent', one.sent_at_ms IS NOT NULL,
            'maxFeeWei', one.max_fee_wei::text, 'tipWei', one.tip_wei::text) ORDER BY one.position)
          FROM anchor_transactions one WHERE one.anchor_id = anchor.anchor_id), '[]') AS transactions
      FROM anchors anchor WHERE ${this.#isOurs()} AND anchor.state NOT IN ('finalized', 'superseded')
      ORDER BY anchor.size`.execute(this.#db);
    return rows.map((row) => {
      const { root, ...anchor } = PendingRow.parse(row);
      return { ...anchor, root: `0x${toHex(root)}` };
    });
  }

  /** Stored before anybody else sees it; false: the anchor is not as it was. */
  async signed(anchor: PendingAnchor, transaction: NewTransaction, nowMs: number): Promise<boolean> {
    return await this.#db.transaction().execute(async (trx) => {
      if (!(await this.#move(trx, anchor, sql`state = 'signed', block_hash = NULL, block_number = NULL`)))
        return false;
      await sql`
        INSERT INTO anchor_transactions (transaction_hash, anchor_id, position, nonce, raw_transaction, max_fee_wei,
          tip_wei, waiting_since_block, signed_at_ms)
        VALUES (${transaction.hash}, ${anchor.anchorId},
          (SELECT COALESCE(max(position), -1) + 1 FROM anchor_transactions WHERE anchor_id = ${anchor.anchorId}),
          ${transaction.nonce},
          ${transaction.rawTransaction}, ${String(transaction.maxFeeWei)}::numeric, ${String(transaction.tipWei)}::numeric,
          ${transaction.waitingSinceBlock}, ${nowMs})
        -- Signed for the same number at the same price, it is the same transaction.
        ON CONFLICT (transaction_hash) DO UPDATE SET position = excluded.position,
          waiting_since_block = excluded.waiting_since_block, sent_at_ms = NULL`.execute(trx);
      return true;
    });
  }

  async rawTransaction(hash: string): Promise<string> {
    const { rows } = await sql<{ rawTransaction: string }>`
      SELECT raw_transaction FROM anchor_transactions WHERE transaction_hash = ${hash}`.execute(this.#db);
    if (rows[0] === undefined) throw new Error(`transaction ${hash} was to be stored, but is not`);
    return rows[0].rawTransaction;
  }

  async sent(anchor: PendingAnchor, hash: string, nowMs: number): Promise<boolean> {
    return await this.#db.transaction().execute(async (trx) => {
      if (!(await this.#move(trx, anchor, sql`state = 'sent', block_hash = NULL, block_number = NULL`)))
        return false;
      await sql`UPDATE anchor_transactions SET sent_at_ms = ${nowMs} WHERE transaction_hash = ${hash}`.execute(
        trx,
      );
      return true;
    });
  }

  async inBlock(anchor: PendingAnchor, state: "mined" | "safe", inclusion: Inclusion): Promise<boolean> {
    const { blockHash, blockNumber } = inclusion;
    return await this.#move(
      this.#db,
      anchor,
      sql`state = ${state}, block_hash = ${blockHash}, block_number = ${blockNumber}`,
    );
  }

  /** Its block is no more; from `newestBlock` on its transaction waits for another. */
  async blockLost(anchor: PendingAnchor, newestBlock: number): Promise<boolean> {
    const newest = anchor.transactions.at(-1);
    const state = newest === undefined ? "queued" : "sent";
    return await this.#db.transaction().execute(async (trx) => {
      if (!(await this.#move(trx, anchor, sql`state = ${state}, block_hash = NULL, block_number = NULL`)))
        return false;
      await sql`UPDATE anchor_transactions SET waiting_since_block = ${newestBlock}
        WHERE transaction_hash = ${newest?.hash ?? null}`.execute(trx);
      return true;
    });
  }

  async superseded(anchor: PendingAnchor): Promise<boolean> {
    return await this.#move(this.#db, anchor, sql`state = 'superseded'`);
  }

  async finalized(anchor: PendingAnchor, proof: AnchorProof, nowMs: number): Promise<boolean> {
    return await this.#move(
      this.#db,
      anchor,
      sql`state = 'finalized', finalized_at_ms = ${nowMs}, block_hash = ${proof.blockHash},
        block_number = ${proof.blockNumber}, block_at_ms = ${proof.blockAtMs}, header = ${proof.header},
        transaction_hash = ${proof.transactionHash}, transaction_index = ${proof.transactionIndex},
        log_index = ${proof.logIndex}, receipt_proof = ${JSON.stringify(proof.receiptProof)}::jsonb,
        gas_used = ${proof.gasUsed}`,
    );
  }

  /** Null: the chain was reached, and all is as it should be. */
  async noteTrouble(trouble: AnchorTrouble | null, nowMs: number): Promise<void> {
    await sql`
      UPDATE anchor_target SET trouble_kind = ${trouble?.kind ?? null}, trouble = ${trouble?.message ?? null},
        trouble_since_ms = CASE WHEN ${trouble === null} THEN NULL ELSE COALESCE(trouble_since_ms, ${nowMs}) END
      WHERE ${this.#isOurs()}`.execute(this.#db);
  }

  async #move(
    db: Database | DatabaseTransaction,
    anchor: PendingAnchor,
    to: RawBuilder<unknown>,
  ): Promise<boolean> {
    const { numAffectedRows } = await sql`
      UPDATE anchors SET ${to} WHERE anchor_id = ${anchor.anchorId} AND state = ${anchor.state}
        AND block_hash IS NOT DISTINCT FROM ${anchor.blockHash}`.execute(db);
    return numAffectedRows === 1n;
  }

  #isOurs(): RawBuilder<boolean> {
    return sql<boolean>`chain_id = ${this.#target.chainId} AND contract = ${this.#target.contract}`;
  }
}

/** What the witnesses added below the network's checkpoint of that size. */
async function linesOf(trx: DatabaseTransaction, size: number | null): Promise<string> {
  const lines = await cosignaturesOf(trx, size === null ? [] : [size]);
  return lines.map(({ line }) => line).join("");
}

/** Says what is anchored in from now on; null: nothing is. What was anchored elsewhere stays stored and is no longer told. */
export async function declareTarget(db: Database, target: ChainTarget | null): Promise<void> {
  const isAnother =
    target === null ? sql`true` : sql`(chain_id, contract) <> (${target.chainId}, ${target.contract})`;
  await sql`DELETE FROM anchor_target WHERE ${isAnother}`.execute(db);
  if (target !== null)
    await sql`INSERT INTO anchor_target (chain_id, contract) VALUES (${target.chainId}, ${target.contract})
      ON CONFLICT DO NOTHING`.execute(db);
}

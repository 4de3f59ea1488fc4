/** What must be so after a run, whatever befell: asked of the chain itself, and of what the worker stored. */
import { sql } from "kysely";
import { readAnchored } from "../../../cloud/anchor/contract.ts";
import type { Database } from "../../../cloud/database/schema.ts";
import { bytesOf, toHex } from "../../../contracts/log/bytes.ts";
import { hasAnchored, provenReceipt, readHeader } from "../../../contracts/log/receipt-proof.ts";
import type { Anvil } from "../../support/anvil.ts";

export type Judged = {
  readonly misses: readonly string[];
  readonly gas: readonly number[];
  readonly figures: Readonly<Record<string, number>>;
};
export type ToJudge = {
  readonly anvil: Anvil;
  readonly db: Database;
  readonly contract: string;
  readonly publisher: string;
  /** Size → root, as 0x and hexadecimal digits. */
  readonly wanted: ReadonlyMap<number, string>;
  /** Every transaction that came out of the processes, as it was sent. */
  readonly sent: readonly string[];
};

type StoredAnchor = {
  size: number;
  state: string;
  root: Uint8Array;
  blockHash: string;
  blockNumber: number;
  header: Uint8Array;
  receiptProof: string[];
  transactionIndex: number;
  logIndex: number;
  gasUsed: number;
};

export async function judgeChain({ anvil, db, contract, publisher, wanted, sent }: ToJudge): Promise<Judged> {
  const misses: string[] = [];
  const logs = await anvil.call<{ topics: string[]; data: string }[]>("eth_getLogs", [
    { address: contract, fromBlock: "0x0", toBlock: "latest" },
  ]);
  const events = logs.map(({ topics, data }) => readAnchored(topics, data));
  const expected = [...wanted].map(([size, root]) => ({ size, root }));
  if (JSON.stringify(events) !== JSON.stringify(expected))
    misses.push(
      `the chain has the anchors ${sizes(events)}, and ${sizes(expected)} were to be there, each once`,
    );
  const { rows: anchors } = await sql<StoredAnchor>`SELECT * FROM anchors ORDER BY size`.execute(db);
  for (const anchor of anchors) misses.push(...(await missesOf(anvil, contract, anchor)));
  const { rows: stored } = await sql<{ rawTransaction: string; nonce: number }>`
    SELECT raw_transaction, nonce FROM anchor_transactions`.execute(db);
  const known = new Set(stored.map(({ rawTransaction }) => rawTransaction));
  const unknown = new Set(sent.filter((raw) => !known.has(raw)));
  if (unknown.size > 0) misses.push(`${unknown.size} transactions were sent that were not stored`);
  const nonces = new Set(stored.map(({ nonce }) => nonce));
  const used = Number(await anvil.call<string>("eth_getTransactionCount", [publisher, "latest"]));
  if (used !== wanted.size || nonces.size !== used || Math.max(...nonces) !== used - 1)
    misses.push(
      `${wanted.size} anchors took ${used} numbers on the chain, of ${nonces.size} that were signed for`,
    );
  return {
    misses,
    gas: anchors.map(({ gasUsed }) => gasUsed),
    figures: { signed: stored.length, sent: sent.length, "sent-again": sent.length - new Set(sent).size },
  };
}

async function missesOf(anvil: Anvil, contract: string, anchor: StoredAnchor): Promise<string[]> {
  if (anchor.state !== "finalized") return [`the anchor of ${anchor.size} is ${anchor.state}`];
  const at = `0x${anchor.blockNumber.toString(16)}`;
  const block = await anvil.call<{ hash: string } | null>("eth_getBlockByNumber", [at, false]);
  if (block?.hash !== anchor.blockHash)
    return [`the anchor of ${anchor.size} is told to be in a block that the chain does not have`];
  const header = readHeader(anchor.header);
  if (header === null || `0x${toHex(header.hash)}` !== anchor.blockHash)
    return [`the header that is stored with the anchor of ${anchor.size} is of another block`];
  const receipt = provenReceipt(
    header.receiptsRoot,
    anchor.transactionIndex,
    anchor.receiptProof.map(bytesOf),
  );
  return receipt !== null && hasAnchored(receipt, anchor.logIndex, contract, anchor)
    ? []
    : [`the proof that is stored with the anchor of ${anchor.size} does not hold`];
}

const sizes = (heads: readonly ({ readonly size: number } | null)[]) =>
  `[${heads.map((head) => head?.size ?? "?").join(", ")}]`;

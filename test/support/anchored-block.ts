/** A block with an anchor in it, as a chain would have it: made with ethers, which the verifiers do not use. */
import { encodeRlp, getBytes, Interface, keccak256, toBeHex } from "ethers";
import { type RpcReceipt, receiptProof } from "../../cloud/anchor/receipts-trie.ts";
import type { BundleAnchor } from "../../contracts/log/bundle.ts";
import { toBase64, toHex } from "../../contracts/log/bytes.ts";
import type { TreeHead } from "../../contracts/log/tree.ts";

const anchored = new Interface(["event Anchored(uint64 indexed size, bytes32 root)"]).getEvent("Anchored");
const BLOOM = `0x${"00".repeat(256)}`;
const WORD = `0x${"11".repeat(32)}`;
const OTHER_CONTRACT = `0x${"99".repeat(20)}`;

export type AnchoredBlock = Pick<
  BundleAnchor,
  "header" | "logIndex" | "receiptProof" | "transactionIndex"
> & {
  /** 0x and 64 digits. */
  readonly hash: string;
};

export type BlockPlan = {
  readonly contract: string;
  readonly head: TreeHead;
  readonly number: number;
  readonly atS: number;
  /** Of the block, the anchor's among them. */
  readonly transactions?: number;
  readonly transactionIndex?: number;
  /** Logs of other contracts before the event. */
  readonly logsBefore?: number;
  readonly hasFailed?: boolean;
};

export function anchoredBlock({
  contract,
  head,
  number,
  atS,
  transactions = 1,
  transactionIndex = 0,
  logsBefore = 0,
  hasFailed = false,
}: BlockPlan): AnchoredBlock {
  const other = { address: OTHER_CONTRACT, topics: [WORD], data: "0x" };
  const event = {
    address: contract,
    topics: [anchored?.topicHash ?? "", toBeHex(head.size, 32)],
    data: `0x${toHex(head.root)}`,
  };
  const receipts = Array.from({ length: transactions }, (_, at): RpcReceipt => {
    const isAnchor = at === transactionIndex;
    return {
      transactionHash: WORD,
      transactionIndex: toBeHex(at),
      blockHash: WORD,
      blockNumber: toBeHex(number),
      status: isAnchor && hasFailed ? "0x0" : "0x1",
      // Blocks hold old transactions and new ones.
      type: toBeHex(at % 3),
      cumulativeGasUsed: toBeHex(21_000 * (at + 1)),
      gasUsed: "0x5208",
      logsBloom: BLOOM,
      logs: isAnchor ? [...Array<typeof other>(logsBefore).fill(other), event] : [other],
    };
  });
  const { root, nodes } = receiptProof(receipts, transactionIndex);
  const quantity = (count: number) => (count === 0 ? "0x" : toBeHex(count));
  const header = encodeRlp([
    ...[WORD, WORD, OTHER_CONTRACT, WORD, WORD, root, BLOOM, "0x"],
    ...[quantity(number), quantity(30_000_000), quantity(21_000 * transactions), quantity(atS)],
    ...["0x", WORD, `0x${"00".repeat(8)}`, quantity(1_000_000_000), WORD],
  ]);
  return {
    header: toBase64(getBytes(header)),
    hash: keccak256(header),
    receiptProof: nodes.map((node) => toBase64(getBytes(node))),
    transactionIndex,
    logIndex: logsBefore,
  };
}

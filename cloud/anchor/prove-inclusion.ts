/** What makes an anchor something that a stranger can check: the block's header, and the way to the receipt in it. */
import { getBytes, hexlify } from "ethers";
import * as z from "zod";
import { toBase64 } from "../../contracts/log/bytes.ts";
import { hasAnchored, provenReceipt, readHeader } from "../../contracts/log/receipt-proof.ts";
import { encodeHeader, RpcBlock } from "./block-header.ts";
import { isSameHead } from "./chain-calls.ts";
import { type AnchoredHead, readAnchored } from "./contract.ts";
import type { Inclusion } from "./decide-step.ts";
import { RpcReceipt, receiptProof } from "./receipts-trie.ts";
import { type RpcEndpoint, RpcRefusal } from "./rpc-endpoint.ts";
import { AnchorTrouble } from "./trouble.ts";

export type AnchorProof = {
  readonly blockNumber: number;
  readonly blockAtMs: number;
  readonly blockHash: string;
  readonly transactionHash: string;
  /** RLP. */
  readonly header: Uint8Array;
  /** Nodes of the receipts' trie from its root down, in base64. */
  readonly receiptProof: readonly string[];
  readonly transactionIndex: number;
  /** Of the event among the receipt's logs. */
  readonly logIndex: number;
  readonly gasUsed: number;
};

/** Throws an AnchorTrouble where what the endpoint says does not lead from the block's hash to the contract's event. */
export async function proveInclusion(
  endpoint: RpcEndpoint,
  contract: string,
  head: AnchoredHead,
  { transactionHash, blockHash, blockNumber }: Inclusion,
): Promise<AnchorProof> {
  const at = `0x${blockNumber.toString(16)}`;
  const block = await endpoint.ask(RpcBlock, "eth_getBlockByNumber", [at, false]);
  const header = getBytes(encodeHeader(block));
  const read = readHeader(header);
  if (block.hash.toLowerCase() !== blockHash || read?.number !== blockNumber || read.atMs === null)
    throw disbelieved(`${endpoint.name} shows another block ${blockNumber} than a moment ago`);
  const receipts = await receiptsOf(endpoint, at, block);
  const transactionIndex = receipts.findIndex((one) => one.transactionHash.toLowerCase() === transactionHash);
  const receipt = receipts[transactionIndex];
  if (receipt === undefined)
    throw disbelieved(
      `${endpoint.name} says that ${transactionHash} is in block ${blockNumber}, which has no such receipt`,
    );
  const proof = receiptProof(receipts, transactionIndex);
  const nodes = proof.nodes.map((node) => getBytes(node));
  const proven = provenReceipt(read.receiptsRoot, transactionIndex, nodes);
  if (proven === null)
    throw disbelieved(
      `the receipts of block ${blockNumber} by ${endpoint.name} do not lead to the root in its header`,
    );
  const logIndex = receipt.logs.findIndex(
    ({ address, topics, data }) =>
      address.toLowerCase() === contract && isSameHead(readAnchored(topics, data), head),
  );
  if (!hasAnchored(proven, logIndex, contract, { size: head.size, root: getBytes(head.root) }))
    throw disbelieved(
      `the receipt of ${transactionHash} does not say that the tree of ${head.size} was anchored`,
    );
  const gasUsed = Number(receipt.gasUsed);
  if (receipt.gasUsed === "0x" || !Number.isSafeInteger(gasUsed))
    throw disbelieved(`what ${transactionHash} used of gas is said by no number`);
  return {
    blockNumber,
    blockAtMs: read.atMs,
    blockHash: hexlify(read.hash),
    transactionHash,
    header,
    receiptProof: nodes.map((node) => toBase64(node)),
    transactionIndex,
    logIndex,
    gasUsed,
  };
}

/** In the block's order; one by one where the endpoint does not give them together. */
async function receiptsOf(
  endpoint: RpcEndpoint,
  at: string,
  { transactions }: RpcBlock,
): Promise<RpcReceipt[]> {
  const receipts = await allReceipts(endpoint, at, transactions);
  const isWhole =
    receipts.length === transactions.length &&
    receipts.every(
      (one, index) => one.transactionHash === transactions[index] && Number(one.transactionIndex) === index,
    );
  if (isWhole) return receipts;
  throw disbelieved(`${endpoint.name} does not have the receipts of the transactions in block ${Number(at)}`);
}

async function allReceipts(
  endpoint: RpcEndpoint,
  at: string,
  transactions: readonly string[],
): Promise<RpcReceipt[]> {
  try {
    return await endpoint.ask(z.array(RpcReceipt), "eth_getBlockReceipts", [at]);
  } catch (error) {
    if (!(error instanceof RpcRefusal)) throw error;
  }
  const receipts: RpcReceipt[] = [];
  for (const hash of transactions)
    receipts.push(await endpoint.ask(RpcReceipt, "eth_getTransactionReceipt", [hash]));
  return receipts;
}

const disbelieved = (sentence: string) => new AnchorTrouble("disbelieved", sentence);

/** Bundles whose anchors stand on a chain of another make: headers, receipts and their trie's root are anvil's. */
import { encodeHeader, RpcBlock } from "../../../cloud/anchor/block-header.ts";
import { anchorCall } from "../../../cloud/anchor/contract.ts";
import { RpcReceipt, receiptProof } from "../../../cloud/anchor/receipts-trie.ts";
import { type Bundle, type BundleAnchor, encodeBundle } from "../../../contracts/log/bundle.ts";
import { toBase64, toHex } from "../../../contracts/log/bytes.ts";
import { ANVIL_CHAIN_ID, type Anvil } from "../../support/anvil.ts";
import type { World } from "../../support/evidence-world.ts";

/** Transactions of each block beside the anchor: the trie is of another shape with each. */
const BESIDE = [0, 1, 3, 20, 140];

/** One bundle a block. `contract` is on that chain, and its publisher is the chain's first account. */
export async function bundlesOnChain(anvil: Anvil, contract: string, world: World): Promise<Uint8Array[]> {
  const accounts = await anvil.call<string[]>("eth_accounts");
  const [publisher = "", other = ""] = accounts;
  await anvil.call("evm_setAutomine", [false]);
  const bundles: Uint8Array[] = [];
  for (const [round, beside] of BESIDE.entries()) {
    const { size, note } = world.rounds[round] ?? { size: 0, note: "" };
    const pay = { from: other, to: publisher, value: "0x1" };
    for (let count = 0; count < beside; count += 2) await anvil.call("eth_sendTransaction", [pay]);
    const data = anchorCall({ size, root: `0x${toHex(world.networkLog.head(size).root)}` });
    const hash = await anvil.call<string>("eth_sendTransaction", [{ from: publisher, to: contract, data }]);
    for (let count = 1; count < beside; count += 2) await anvil.call("eth_sendTransaction", [pay]);
    await anvil.mine();
    const block = await blockOf(anvil, hash);
    const bundle = world.bundleAt(round);
    const anchor = {
      ...{ chainId: ANVIL_CHAIN_ID, contract, consistency: [], logIndex: 0, ...block },
      checkpoint: toBase64(Uint8Array.from(Buffer.from(note))),
    };
    bundles.push(encodeBundle({ ...bundle, anchor } satisfies Bundle));
  }
  await anvil.call("evm_setAutomine", [true]);
  return bundles;
}

type OnChain = Pick<BundleAnchor, "header" | "receiptProof" | "transactionIndex">;

async function blockOf(anvil: Anvil, transaction: string): Promise<OnChain> {
  const block = RpcBlock.parse(await anvil.call("eth_getBlockByNumber", ["latest", false]));
  const receipts = await Promise.all(
    block.transactions.map(async (hash) =>
      RpcReceipt.parse(await anvil.call("eth_getTransactionReceipt", [hash])),
    ),
  );
  const transactionIndex = block.transactions.indexOf(transaction);
  const { root, nodes } = receiptProof(receipts, transactionIndex);
  if (root !== block.receiptsRoot)
    throw new Error(`the receipts' root was to be ${block.receiptsRoot}, but is ${root}`);
  return { header: base64Of(encodeHeader(block)), receiptProof: nodes.map(base64Of), transactionIndex };
}

const base64Of = (hex: string) => Buffer.from(hex.slice(2), "hex").toString("base64");

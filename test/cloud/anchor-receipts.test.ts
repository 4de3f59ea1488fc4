import { createHash } from "node:crypto";
import { keccak256 } from "ethers";
import { describe, expect, test } from "vitest";
import { encodeHeader, RpcBlock } from "../../cloud/anchor/block-header.ts";
import { anchorInterface } from "../../cloud/anchor/contract.ts";
import { RpcReceipt, receiptProof } from "../../cloud/anchor/receipts-trie.ts";
import { AnchorTrouble } from "../../cloud/anchor/trouble.ts";
import { hasAnchored, provenReceipt } from "../../contracts/log/receipt-proof.ts";

const CONTRACT = `0x${"c0".repeat(20)}`;
const hashOf = (text: string) => `0x${createHash("sha256").update(text).digest("hex")}`;
const bytes = (hex: string) => Uint8Array.from(Buffer.from(hex.slice(2), "hex"));

/** The receipt number `n` of a block, with the event of a tree of `n + 1` leaves behind as many others. */
function receipt(n: number, blockNumber = 1): RpcReceipt {
  const { data, topics } = anchorInterface.encodeEventLog("Anchored", [n + 1, hashOf(`root ${n}`)]);
  const others = Array.from({ length: n % 3 }, () => ({
    address: CONTRACT,
    topics: [hashOf("other")],
    data: "0x",
  }));
  return RpcReceipt.parse({
    transactionHash: hashOf(`transaction ${n}`),
    transactionIndex: `0x${n.toString(16)}`,
    blockHash: hashOf("block"),
    blockNumber: `0x${blockNumber.toString(16)}`,
    status: "0x1",
    type: n % 4 === 0 ? undefined : "0x2",
    cumulativeGasUsed: `0x${((n + 1) * 21_000).toString(16)}`,
    gasUsed: "0x5208",
    logsBloom: `0x${"00".repeat(256)}`,
    logs: [...others, { address: CONTRACT, topics, data }],
  });
}

describe("the way from a block's receipts root to one of its receipts", () => {
  test.each([1, 2, 3, 16, 17, 127, 128, 129, 257, 300])("leads there for each of %i receipts", (count) => {
    const receipts = Array.from({ length: count }, (_, n) => receipt(n));
    const roots = new Set<string>();
    const indexes = [0, 1, 2, 15, 16, 126, 127, 128, 255, 256, count - 1].filter((index) => index < count);
    for (const index of new Set(indexes)) {
      const { root, nodes } = receiptProof(receipts, index);
      roots.add(root);
      const proven = provenReceipt(bytes(root), index, nodes.map(bytes));
      expect(proven).not.toBeNull();
      const head = { size: index + 1, root: bytes(hashOf(`root ${index}`)) };
      expect(proven !== null && hasAnchored(proven, index % 3, CONTRACT, head)).toBe(true);
      // It leads to no other one.
      expect(provenReceipt(bytes(root), index + 1, nodes.map(bytes))).toBeNull();
    }
    expect(roots.size).toBe(1);
  });

  test("has another root where anything in a receipt is another", () => {
    const receipts = Array.from({ length: 5 }, (_, n) => receipt(n));
    const { root } = receiptProof(receipts, 2);
    const changed: Partial<RpcReceipt>[] = [
      { status: "0x0" },
      { type: "0x1" },
      { cumulativeGasUsed: "0x1" },
      { logs: [] },
      { logsBloom: `0x01${"00".repeat(255)}` },
    ];
    for (const what of changed)
      expect(
        receiptProof(
          receipts.map((one, n) => (n === 3 ? { ...one, ...what } : one)),
          2,
        ).root,
      ).not.toBe(root);
  });
});

describe("a block's header", () => {
  // Of Ethereum's first block, as every node of that chain has it.
  const genesis = {
    hash: "0xd4e56740f876aef8c010b86a40d5f56745a118d0906a34e69aec8c0db1cb8fa3",
    parentHash: `0x${"00".repeat(32)}`,
    sha3Uncles: "0x1dcc4de8dec75d7aab85b567b6ccd41ad312451b948a7413f0a142fd40d49347",
    miner: `0x${"00".repeat(20)}`,
    stateRoot: "0xd7f8974fb5ac78d9ac099b9ad5018bedc2ce0a72dad1827a1709da30580f0544",
    transactionsRoot: "0x56e81f171bcc55a6ff8345e692c0f86e5b48e01b996cadc001622fb5e363b421",
    receiptsRoot: "0x56e81f171bcc55a6ff8345e692c0f86e5b48e01b996cadc001622fb5e363b421",
    logsBloom: `0x${"00".repeat(256)}`,
    difficulty: "0x400000000",
    number: "0x0",
    gasLimit: "0x1388",
    gasUsed: "0x0",
    timestamp: "0x0",
    extraData: "0x11bbe8db4e347b4e8c937c1c8370e4b5ed33adb3db69cbdb7a38e1e50b1b82fa",
    mixHash: `0x${"00".repeat(32)}`,
    nonce: "0x0000000000000042",
    transactions: [],
  };

  test("hashes to the block's hash", () => {
    expect(keccak256(encodeHeader(RpcBlock.parse(genesis)))).toBe(genesis.hash);
  });

  test("that does not is not believed", () => {
    for (const what of [{ receiptsRoot: hashOf("other") }, { timestamp: "0x1" }, { baseFeePerGas: "0x7" }])
      expect(() => encodeHeader(RpcBlock.parse({ ...genesis, ...what }))).toThrow(AnchorTrouble);
  });

  test("an empty block's receipts have the root of nothing", () => {
    expect(receiptProof([], 0).root).toBe(genesis.receiptsRoot);
  });
});

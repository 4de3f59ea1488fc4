/** The Merkle-Patricia trie of a block's receipts, made anew from them, and the way from its root to one of them. Pure. */
import { concat, encodeRlp, getBytes, hexlify, keccak256 } from "ethers";
import * as z from "zod";
import { quantity } from "./block-header.ts";

const Hex = z.string().regex(/^0x[0-9a-fA-F]*$/);

export const RpcLog = z.object({ address: Hex, topics: z.array(Hex).max(4), data: Hex });
/** What Ethereum's JSON-RPC tells of a receipt, as far as it is in the block, and where it says that it is. */
export const RpcReceipt = z.object({
  transactionHash: Hex,
  transactionIndex: Hex,
  blockHash: Hex,
  blockNumber: Hex,
  status: Hex.nullish(),
  root: Hex.nullish(),
  type: Hex.default("0x0"),
  cumulativeGasUsed: Hex,
  gasUsed: Hex,
  logsBloom: Hex,
  logs: z.array(RpcLog),
});
export type RpcReceipt = z.infer<typeof RpcReceipt>;

type Entry = { readonly path: readonly number[]; readonly value: string };
/** A node's RLP, and those below it on the way that is asked for. */
type Way = { readonly node: string; readonly below: readonly string[] };

/** `receipts` are all of a block, in its order. The nodes, as 0x and their RLP, from the root down to the one at `index`. */
export function receiptProof(
  receipts: readonly RpcReceipt[],
  index: number,
): { readonly root: string; readonly nodes: readonly string[] } {
  const entries = receipts.map((receipt, at) => ({ path: pathOf(at), value: encodeReceipt(receipt) }));
  const { node, below } = build(entries, pathOf(index));
  return { root: keccak256(node), nodes: [node, ...below] };
}

function encodeReceipt({ status, root, type, cumulativeGasUsed, logsBloom, logs }: RpcReceipt): string {
  const outcome = typeof status === "string" ? quantity(status) : (root ?? "0x");
  const encodedLogs = logs.map(({ address, topics, data }) => [address, topics, data]);
  const body = encodeRlp([outcome, quantity(cumulativeGasUsed), logsBloom, encodedLogs]);
  const typeByte = quantity(type);
  return typeByte === "0x" ? body : concat([typeByte, body]);
}

const pathOf = (index: number) =>
  nibblesOf(encodeRlp(index === 0 ? "0x" : quantity(`0x${index.toString(16)}`)));
const nibblesOf = (hex: string) => [...getBytes(hex)].flatMap((byte) => [byte >> 4, byte & 15]);

/** `wanted`: the rest of the path that is asked for; null: it does not go through here. */
function build(entries: readonly Entry[], wanted: readonly number[] | null): Way {
  const [first] = entries;
  if (first === undefined) return { node: encodeRlp("0x"), below: [] };
  if (entries.length === 1) return { node: encodeRlp([compact(first.path, true), first.value]), below: [] };
  const shared = sharedLength(entries.map(({ path }) => path));
  if (shared > 0) {
    const child = build(cut(entries, shared), wanted?.slice(shared) ?? null);
    const node = encodeRlp([compact(first.path.slice(0, shared), false), keccak256(child.node)]);
    return { node, below: wanted === null ? [] : [child.node, ...child.below] };
  }
  let below: readonly string[] = [];
  const children = Array.from({ length: 16 }, (_, nibble) => {
    const under = entries.filter(({ path }) => path[0] === nibble);
    if (under.length === 0) return "0x";
    const isWanted = wanted !== null && wanted[0] === nibble;
    const child = build(cut(under, 1), isWanted ? wanted.slice(1) : null);
    if (isWanted) below = [child.node, ...child.below];
    // A receipt is never shorter than a hash, so no node stands in its parent itself.
    return keccak256(child.node);
  });
  const here = entries.find(({ path }) => path.length === 0);
  return { node: encodeRlp([...children, here?.value ?? "0x"]), below };
}

const cut = (entries: readonly Entry[], length: number) =>
  entries.map(({ path, value }) => ({ path: path.slice(length), value }));

function sharedLength(paths: readonly (readonly number[])[]): number {
  const [first = []] = paths;
  let length = 0;
  while (length < first.length && paths.every((path) => path[length] === first[length])) length += 1;
  return length;
}

/** The hex-prefix form of a path: a nibble that says leaf or extension and odd or even, padded to whole bytes. */
function compact(path: readonly number[], isLeaf: boolean): string {
  const isOdd = path.length % 2 === 1;
  const flag = (isLeaf ? 2 : 0) + (isOdd ? 1 : 0);
  const nibbles = isOdd ? [flag, ...path] : [flag, 0, ...path];
  const bytes = Array.from(
    { length: nibbles.length / 2 },
    (_, at) => ((nibbles[2 * at] ?? 0) << 4) | (nibbles[2 * at + 1] ?? 0),
  );
  return hexlify(Uint8Array.from(bytes));
}

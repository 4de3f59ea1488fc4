/**
 * What a block's header proves of a transaction: the receipt under the receipts' root, by a proof of Ethereum's
 * Merkle-Patricia trie, and the event that it holds. A receipt has at least the 256 bytes of its bloom filter, so that
 * every node on the way to one is longer than a hash and stands in its parent by its hash.
 */
import { keccak_256 } from "@noble/hashes/sha3.js";
import { isSame, toHex, utf8 } from "./bytes.ts";
import { HASH_BYTES } from "./hash.ts";
import { decodeRlp, minimalBytes, quantityOf, type Rlp } from "./rlp.ts";
import type { TreeHead } from "./tree.ts";

const HEADER_FIELDS_MIN = 15;
const FIELD = { receiptsRoot: 5, number: 8, timestamp: 11 } as const;
const BRANCH_ITEMS = 17;
const BLOOM_BYTES = 256;
const ANCHORED_TOPIC = keccak_256(utf8("Anchored(uint64,bytes32)"));

/** `number` and `atMs` are null where they are beyond 2^53: its hash tells that it is no block. */
export type BlockHeader = {
  readonly receiptsRoot: Uint8Array;
  readonly hash: Uint8Array;
  readonly number: number | null;
  readonly atMs: number | null;
};
export type Receipt = { readonly isSuccess: boolean; readonly logs: readonly Rlp[] };

/**
 * Null where it is not the RLP of a list with at least 15 fields, of which the 6th has 32 bytes and the 9th and 12th are
 * unsigned numbers.
 */
export function readHeader(bytes: Uint8Array): BlockHeader | null {
  const fields = decodeRlp(bytes);
  if (!isList(fields) || fields.length < HEADER_FIELDS_MIN) return null;
  const receiptsRoot = fields[FIELD.receiptsRoot];
  const [number, atSeconds] = [quantityOf(fields[FIELD.number]), quantityOf(fields[FIELD.timestamp])];
  if (!isBytes(receiptsRoot, HASH_BYTES) || number === null || atSeconds === null) return null;
  return { receiptsRoot, hash: keccak_256(bytes), number: safe(number), atMs: safe(atSeconds * 1_000n) };
}

const safe = (count: bigint) => (count <= BigInt(Number.MAX_SAFE_INTEGER) ? Number(count) : null);

/** The receipt of the block's transaction `transactionIndex`; null where `nodes` do not lead to one, each used. */
export function provenReceipt(
  receiptsRoot: Uint8Array,
  transactionIndex: number,
  nodes: readonly Uint8Array[],
): Receipt | null {
  let wanted = receiptsRoot;
  let path: Uint8Array = nibbles(encodedIndex(transactionIndex));
  for (const [depth, node] of nodes.entries()) {
    if (!isSame(keccak_256(node), wanted)) return null;
    const step = stepInto(decodeRlp(node), path);
    if (step === null) return null;
    if (step.path === null) return depth === nodes.length - 1 ? readReceipt(step.content) : null;
    [wanted, path] = [step.content, step.path];
  }
  return null;
}

/**
 * That the log at `logIndex` is the contract's `Anchored(uint64 indexed size, bytes32 root)` of that tree. `contract`
 * is 0x and 40 lower-case hexadecimal digits.
 */
export function hasAnchored(
  { isSuccess, logs }: Receipt,
  logIndex: number,
  contract: string,
  { size, root }: TreeHead,
): boolean {
  const log = logs[logIndex];
  if (!isSuccess || !isList(log) || log.length !== 3) return false;
  const [address, topics, data] = log;
  if (!isList(topics) || topics.length !== 2) return false;
  const [event, indexedSize] = topics;
  return (
    isBytes(address) &&
    `0x${toHex(address)}` === contract &&
    isThe(event, ANCHORED_TOPIC) &&
    isThe(indexedSize, word(size)) &&
    isThe(data, root)
  );
}

/** Where a node leads: `content` is the next node's hash with the rest of the path, or at the end the value. */
type Step = { readonly content: Uint8Array; readonly path: Uint8Array | null };

function stepInto(node: Rlp | null, path: Uint8Array): Step | null {
  if (!isList(node)) return null;
  if (node.length === BRANCH_ITEMS) {
    const at = path[0];
    const content = node[at ?? BRANCH_ITEMS - 1];
    if (at === undefined) return isBytes(content) ? { content, path: null } : null;
    return isBytes(content, HASH_BYTES) ? { content, path: path.subarray(1) } : null;
  }
  const [prefix, content] = node;
  if (node.length !== 2 || !isBytes(prefix) || !isBytes(content)) return null;
  const [flag, ...rest] = nibbles(prefix);
  // 0 and 1 extend the path, 2 and 3 end it; the odd ones have a nibble in the flag's byte, the even ones a zero.
  if (flag === undefined || flag > 3 || (flag % 2 === 0 && rest[0] !== 0)) return null;
  const covered = Uint8Array.from(flag % 2 === 0 ? rest.slice(1) : rest);
  if (!isSame(path.subarray(0, covered.length), covered)) return null;
  const left = path.subarray(covered.length);
  if (flag >= 2) return left.length === 0 ? { content, path: null } : null;
  return covered.length > 0 && content.length === HASH_BYTES ? { content, path: left } : null;
}

/** A list, or after EIP-2718 one byte of the transaction's type and the list. */
function readReceipt(bytes: Uint8Array): Receipt | null {
  const [first = 0] = bytes;
  const isTyped = first >= 0x01 && first <= 0x7f;
  const fields = decodeRlp(isTyped ? bytes.subarray(1) : bytes);
  if (!isList(fields) || fields.length !== 4) return null;
  const [status, gas, bloom, logs] = fields;
  if (!isBytes(status) || !isBytes(gas) || !isBytes(bloom, BLOOM_BYTES) || !isList(logs)) return null;
  return { isSuccess: isThe(status, Uint8Array.of(1)), logs };
}

/** The key in the trie: the index as RLP. */
function encodedIndex(index: number): Uint8Array {
  const bytes = minimalBytes(index);
  return bytes.length === 1 && index < 0x80 ? bytes : Uint8Array.of(0x80 + bytes.length, ...bytes);
}

const nibbles = (bytes: Uint8Array) => Uint8Array.from([...bytes].flatMap((byte) => [byte >> 4, byte & 15]));

/** A word of the chain's machine: 32 bytes, big-endian. */
function word(count: number): Uint8Array {
  const bytes = new Uint8Array(HASH_BYTES);
  const minimal = minimalBytes(count);
  bytes.set(minimal, HASH_BYTES - minimal.length);
  return bytes;
}

const isList = (item: Rlp | null | undefined): item is readonly Rlp[] => Array.isArray(item);
const isBytes = (item: Rlp | undefined, length?: number): item is Uint8Array =>
  item instanceof Uint8Array && (length === undefined || item.length === length);
const isThe = (item: Rlp | undefined, wanted: Uint8Array) => isBytes(item) && isSame(item, wanted);

/**
 * The CID of stored bytes, the same that Kubo gives them with `--cid-version=1 --raw-leaves --chunker=size-1048576`:
 * blocks of 1 MiB; one alone is its own root, several have a UnixFS file in DAG-PB above them. Up to 174 blocks, more
 * would need a second level. Pure.
 */
import { createHash } from "node:crypto";
import { CID } from "multiformats/cid";
import { create } from "multiformats/hashes/digest";

export const BLOCK_BYTES = 1_048_576;
const BLOCKS_MAX = 174;
const RAW = 0x55;
const DAG_PB = 0x70;
const SHA_256 = 0x12;

export type Block = { readonly cid: string; readonly bytes: Uint8Array };
/** `root`: of the whole; in order, the blocks that its bytes stand in. */
export type Blocks = { readonly root: string; readonly blocks: readonly Block[] };

/** Of at least one byte. */
export function blocksOf(bytes: Uint8Array): Blocks {
  const parts: { readonly cid: CID; readonly bytes: Uint8Array }[] = [];
  for (let at = 0; at < bytes.length; at += BLOCK_BYTES) {
    const part = bytes.subarray(at, at + BLOCK_BYTES);
    parts.push({ cid: cidOf(RAW, part), bytes: part });
  }
  const [first, second] = parts;
  if (first === undefined || parts.length > BLOCKS_MAX)
    throw new RangeError(`expected 1 to ${BLOCKS_MAX} blocks, got ${parts.length}`);
  const blocks = parts.map(({ cid, bytes: part }) => ({ cid: cid.toString(), bytes: part }));
  if (second === undefined) return { root: first.cid.toString(), blocks };
  const node = fileNode(parts.map(({ cid, bytes: part }) => ({ cid, size: part.length })));
  return { root: cidOf(DAG_PB, node).toString(), blocks };
}

function cidOf(codec: number, bytes: Uint8Array): CID {
  return CID.createV1(codec, create(SHA_256, createHash("sha256").update(bytes).digest()));
}

/** Protocol buffers, links before data, as DAG-PB asks for. */
function fileNode(parts: readonly { readonly cid: CID; readonly size: number }[]): Uint8Array {
  const links = parts.map(({ cid, size }) =>
    field(2, Buffer.concat([field(1, cid.bytes), field(2, new Uint8Array(0)), number(3, size)])),
  );
  const total = parts.reduce((sum, { size }) => sum + size, 0);
  const FILE = 2;
  const file = Buffer.concat([
    number(1, FILE),
    number(3, total),
    ...parts.map(({ size }) => number(4, size)),
  ]);
  return Buffer.concat([...links, field(1, file)]);
}

const field = (tag: number, bytes: Uint8Array) =>
  Buffer.concat([Uint8Array.of((tag << 3) | 2), varint(bytes.length), bytes]);
const number = (tag: number, value: number) => Buffer.concat([Uint8Array.of(tag << 3), varint(value)]);

function varint(value: number): Uint8Array {
  const bytes: number[] = [];
  let rest = value;
  for (; rest >= 0x80; rest = Math.floor(rest / 0x80)) bytes.push((rest % 0x80) | 0x80);
  return Uint8Array.from([...bytes, rest]);
}

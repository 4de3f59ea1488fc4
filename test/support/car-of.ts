/** CAR files for tests, by hand: what is wrong with one can be chosen. */
import { createHash } from "node:crypto";

const sha256 = (bytes: Uint8Array) => createHash("sha256").update(bytes).digest();
/** CIDv1, `raw`, SHA-256. */
export const rawCid = (bytes: Uint8Array) => Uint8Array.from([0x01, 0x55, 0x12, 0x20, ...sha256(bytes)]);

/** CAR version 1 with one root and one block. `cid`: left out, that of the bytes. */
export function carOf(block: Uint8Array, cid: Uint8Array = rawCid(block)): Uint8Array {
  const header = Buffer.concat([
    Buffer.from([0xa2, 0x65]),
    Buffer.from("roots"),
    Buffer.from([0x81, 0xd8, 0x2a, 0x58, cid.length + 1, 0x00]),
    cid,
    Buffer.from([0x67]),
    Buffer.from("version"),
    Buffer.from([0x01]),
  ]);
  return Uint8Array.from(Buffer.concat([varint(header.length), header, carSection(block, cid)]));
}

/** A block as it stands in a CAR. */
export function carSection(block: Uint8Array, cid: Uint8Array = rawCid(block)): Uint8Array {
  return Uint8Array.from(Buffer.concat([varint(cid.length + block.length), cid, block]));
}

function varint(count: number): Uint8Array {
  const bytes: number[] = [];
  let rest = count;
  for (; rest >= 0x80; rest = Math.floor(rest / 128)) bytes.push((rest % 128) | 0x80);
  return Uint8Array.from([...bytes, rest]);
}

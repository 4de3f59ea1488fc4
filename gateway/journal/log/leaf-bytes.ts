/**
 * A leaf's hashes as contracts/log has them, by the system's own SHA-256 and in one buffer: every bed event takes three
 * of them in the transaction that keeps it. A test holds them against those of contracts/log.
 */
import { hash } from "node:crypto";
import { HASH_BYTES, SALT_BYTES } from "../../../contracts/log/hash.ts";
import { encodeGatewayLeaf, type GatewayLeaf } from "../../../contracts/log/leaf.ts";

const LEAF = 0;
const COMMITMENT = 2;
const CHAIN = 3;
const ROOM_BYTES = 64 * 1024;

const scratch = Buffer.allocUnsafe(ROOM_BYTES);

/** A leaf with what it commits to. */
export type OpenLeaf = Omit<GatewayLeaf, "commitment"> & {
  readonly salt: Uint8Array;
  readonly payload: string;
};

export function hashOfLeaf({ salt, payload, ...leaf }: OpenLeaf): Uint8Array {
  return prefixed(LEAF, encodeGatewayLeaf({ ...leaf, commitment: commitmentOf(salt, payload) }));
}

export function headAfter(before: Uint8Array, leafHash: Uint8Array): Uint8Array {
  scratch[0] = CHAIN;
  scratch.set(before, 1);
  scratch.set(leafHash, 1 + HASH_BYTES);
  return hash("sha256", scratch.subarray(0, 1 + 2 * HASH_BYTES), "buffer");
}

function commitmentOf(salt: Uint8Array, payload: string): Uint8Array {
  const begin = 1 + SALT_BYTES;
  if (begin + 3 * payload.length > ROOM_BYTES)
    return prefixed(COMMITMENT, Buffer.concat([salt, Buffer.from(payload)]));
  scratch[0] = COMMITMENT;
  scratch.set(salt, 1);
  const length = scratch.write(payload, begin);
  return hash("sha256", scratch.subarray(0, begin + length), "buffer");
}

function prefixed(prefix: number, bytes: Uint8Array): Uint8Array {
  if (bytes.length >= ROOM_BYTES)
    return hash("sha256", Buffer.concat([Uint8Array.of(prefix), bytes]), "buffer");
  scratch[0] = prefix;
  scratch.set(bytes, 1);
  return hash("sha256", scratch.subarray(0, 1 + bytes.length), "buffer");
}

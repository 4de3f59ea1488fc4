/**
 * A bundle as it travels through IPFS: CAR version 1 with one root and one block, the bundle's bytes under their CIDv1
 * of codec `raw` with SHA-256. Of such a file only the hash is free, so that everything else is compared.
 */
import { sha256 } from "@noble/hashes/sha2.js";
import { concat, isSame, utf8 } from "./bytes.ts";
import { HASH_BYTES } from "./hash.ts";

/** CIDv1, codec raw, SHA-256 of 32 bytes. */
const CID_PREFIX = Uint8Array.of(0x01, 0x55, 0x12, 0x20);
const CID_BYTES = CID_PREFIX.length + HASH_BYTES;
/** CBOR `{"roots": [42(CID after a zero)], "version": 1}` in its deterministic form, after its length. */
const BEFORE_ROOT = concat(
  Uint8Array.of(58, 0xa2, 0x65),
  utf8("roots"),
  Uint8Array.of(0x81, 0xd8, 0x2a, 0x58, 0x25, 0x00),
);
const AFTER_ROOT = concat(Uint8Array.of(0x67), utf8("version"), Uint8Array.of(1));
const LENGTH_BYTES_MAX = 4;

export type CarContent =
  | { readonly ok: true; readonly block: Uint8Array }
  | { readonly ok: false; readonly reason: "car-malformed" | "cid-mismatch" };

export function readCar(bytes: Uint8Array): CarContent {
  const rootAt = BEFORE_ROOT.length;
  const lengthAt = rootAt + CID_BYTES + AFTER_ROOT.length;
  const root = bytes.subarray(rootAt, rootAt + CID_BYTES);
  const length = readVarint(bytes, lengthAt);
  if (
    length === null ||
    !isSame(bytes.subarray(0, rootAt), BEFORE_ROOT) ||
    !isSame(root.subarray(0, CID_PREFIX.length), CID_PREFIX) ||
    !isSame(bytes.subarray(rootAt + CID_BYTES, lengthAt), AFTER_ROOT) ||
    !isSame(bytes.subarray(length.end, length.end + CID_BYTES), root) ||
    bytes.length !== length.end + length.value
  )
    return { ok: false, reason: "car-malformed" };
  const block = bytes.subarray(length.end + CID_BYTES);
  const isOfRoot = isSame(sha256(block), root.subarray(CID_PREFIX.length));
  return isOfRoot ? { ok: true, block } : { ok: false, reason: "cid-mismatch" };
}

/** LEB128 in its shortest form; null where it is cut, padded or longer than any bundle. */
function readVarint(bytes: Uint8Array, at: number): { readonly value: number; readonly end: number } | null {
  let value = 0;
  for (let step = 0; step < LENGTH_BYTES_MAX; step += 1) {
    const byte = bytes[at + step];
    if (byte === undefined) return null;
    value += (byte & 0x7f) * 2 ** (7 * step);
    if (byte < 0x80) return byte === 0 && step > 0 ? null : { value, end: at + step + 1 };
  }
  return null;
}

/**
 * Ed25519 (RFC 8032) as strict as it gets: canonical points, no key of so small an order that anybody can sign under it,
 * S below the order, and the equation without the cofactor.
 * Libraries differ in the last, so that a signer who means to can make a signature that only some accept; without the
 * cofactor it is the check that OpenSSL makes.
 */
import { ed25519 } from "@noble/curves/ed25519.js";
import { sha512 } from "@noble/hashes/sha2.js";
import { concat, isSame } from "./bytes.ts";

const { Point } = ed25519;
const { Fn } = Point;
const POINT_BYTES = 32;
export const SIGNATURE_BYTES = 64;

export function verifiesEd25519(signature: Uint8Array, message: Uint8Array, publicKey: Uint8Array): boolean {
  if (signature.length !== SIGNATURE_BYTES || publicKey.length !== POINT_BYTES) return false;
  const [encodedR, s] = [signature.subarray(0, POINT_BYTES), littleEndian(signature.subarray(POINT_BYTES))];
  if (s >= Fn.ORDER) return false;
  try {
    const k = Fn.create(littleEndian(sha512(concat(encodedR, publicKey, message))));
    const key = Point.fromBytes(publicKey, false);
    if (key.isSmallOrder()) return false;
    const r = Point.BASE.multiplyUnsafe(s).subtract(key.multiplyUnsafe(k));
    return isSame(r.toBytes(), encodedR);
  } catch {
    // The key is no point of the curve.
    return false;
  }
}

function littleEndian(bytes: Uint8Array): bigint {
  return bytes.reduceRight((total, byte) => (total << 8n) | BigInt(byte), 0n);
}

/**
 * Seals bytes by AES-256-GCM, so that they open only with their key and only in their place.
 *
 *   format (1 byte, 1) · nonce (12) · tag (16) · ciphertext
 *
 * The nonce is random. With one key few things are ever sealed (a data key: the fields of one version of one row), so
 * that two nonces never meet (NIST SP 800-38D allows 2^32).
 */
import { createCipheriv, createDecipheriv } from "node:crypto";
import type { Randomness } from "../clock.ts";

export const KEY_BYTES = 32;
const FORMAT = 1;
const NONCE_BYTES = 12;
const TAG_BYTES = 16;
const HEAD_BYTES = 1 + NONCE_BYTES + TAG_BYTES;
const CIPHER = "aes-256-gcm";
const OPTIONS = { authTagLength: TAG_BYTES };

/** Says nothing of what was sealed, nor of the key. */
export class SealBrokenError extends Error {
  override readonly name = "SealBrokenError";
}

/** `place`: what the bytes belong to; elsewhere they do not open. */
export function seal(
  plain: Uint8Array,
  key: Uint8Array,
  place: readonly (string | number)[],
  randomness: Randomness,
): Uint8Array {
  const nonce = randomness.bytes(NONCE_BYTES);
  const cipher = createCipheriv(CIPHER, key, nonce, OPTIONS);
  cipher.setAAD(boundTo(place));
  const sealed = Buffer.concat([cipher.update(plain), cipher.final()]);
  return Buffer.concat([Uint8Array.of(FORMAT), nonce, cipher.getAuthTag(), sealed]);
}

export function unseal(sealed: Uint8Array, key: Uint8Array, place: readonly (string | number)[]): Uint8Array {
  if (sealed.length < HEAD_BYTES || sealed[0] !== FORMAT)
    throw new SealBrokenError(`expected sealed bytes of format ${FORMAT}, got ${sealed.length} others`);
  const decipher = createDecipheriv(CIPHER, key, sealed.subarray(1, 1 + NONCE_BYTES), OPTIONS);
  decipher.setAAD(boundTo(place));
  decipher.setAuthTag(sealed.subarray(1 + NONCE_BYTES, HEAD_BYTES));
  try {
    return Buffer.concat([decipher.update(sealed.subarray(HEAD_BYTES)), decipher.final()]);
  } catch {
    throw new SealBrokenError("the bytes do not open here: another key, another place, or they were changed");
  }
}

/** JSON keeps the parts apart: no two places are written the same. */
const boundTo = (place: readonly (string | number)[]) => Buffer.from(JSON.stringify(place));

/** A gateway's new key, said by its old one. Its bytes are described in docs/evidence.md. */
import { ed25519 } from "@noble/curves/ed25519.js";
import { toBase64, utf8 } from "./bytes.ts";
import type { PublicKey } from "./note.ts";

/** What the old key signs. */
export function keyRotationMessage({ name, publicKey }: PublicKey, newPublicKey: Uint8Array): Uint8Array {
  return utf8(`hospitell/key-rotation/v1\n${name}\n${toBase64(publicKey)}\n${toBase64(newPublicKey)}\n`);
}

export function isKeyRotation(old: PublicKey, newPublicKey: Uint8Array, signature: Uint8Array): boolean {
  try {
    return ed25519.verify(signature, keyRotationMessage(old, newPublicKey), old.publicKey, { zip215: false });
  } catch {
    return false;
  }
}

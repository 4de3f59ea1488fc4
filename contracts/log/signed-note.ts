/** Whose signatures of a note are right. */
import { toBase64, utf8 } from "./bytes.ts";
import { SIGNATURE_BYTES, verifiesEd25519 } from "./ed25519.ts";
import { cosignedMessage, keyIdOf, type Note, type PublicKey } from "./note.ts";

/** What is signed, and the lines below it. */
export type SignedBody = Pick<Note, "body" | "signatures">;

/** That the log's own key signed the note. */
export function isSignedBy({ body, signatures }: SignedBody, key: PublicKey): boolean {
  const keyId = keyIdOf(key, "checkpoint");
  return signatures.some(
    (one) =>
      one.name === key.name &&
      toBase64(one.keyId) === toBase64(keyId) &&
      verifiesEd25519(one.signature, utf8(body), key.publicKey),
  );
}

/** When the witness signed, in milliseconds since 1970 (whole seconds); null where it did not. */
export function cosignedAtMs({ body, signatures }: SignedBody, witness: PublicKey): number | null {
  const keyId = toBase64(keyIdOf(witness, "cosignature"));
  for (const { name, keyId: claimed, signature } of signatures) {
    if (name !== witness.name || toBase64(claimed) !== keyId || signature.length !== 8 + SIGNATURE_BYTES)
      continue;
    const atSeconds = Number(new DataView(signature.buffer, signature.byteOffset).getBigUint64(0));
    if (atSeconds * 1_000 > Number.MAX_SAFE_INTEGER) continue;
    if (verifiesEd25519(signature.subarray(8), cosignedMessage(body, atSeconds), witness.publicKey))
      return atSeconds * 1_000;
  }
  return null;
}

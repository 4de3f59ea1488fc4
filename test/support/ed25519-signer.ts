/** Keys of tests, by Node's own Ed25519 and not by the library that the verifiers check with. */
import { createPrivateKey, createPublicKey, sign } from "node:crypto";
import type { Signer } from "../../contracts/log/note.ts";

/** What stands before the 32 secret bytes in PKCS#8 (RFC 8410). */
const BEFORE_SECRET = Buffer.from("302e020100300506032b657004220420", "hex");

/** The same `seed` is the same key. */
export function ed25519Signer(name: string, seed: number): Signer {
  const secret = Buffer.alloc(32, 0xa5);
  secret.writeUInt32BE(seed);
  const key = createPrivateKey({
    key: Buffer.concat([BEFORE_SECRET, secret]),
    format: "der",
    type: "pkcs8",
  });
  const publicKey = createPublicKey(key).export({ format: "der", type: "spki" }).subarray(-32);
  return {
    name,
    publicKey: Uint8Array.from(publicKey),
    sign: (message) => Uint8Array.from(sign(null, message, key)),
  };
}

/**
 * The key of the network's log: Ed25519 in PEM (PKCS #8), readable by its owner alone, made at the first start. Every
 * replica has the same. Whoever has it can sign another history; whoever loses it can sign this one no further.
 */
import { createPrivateKey, createPublicKey, type KeyObject, sign } from "node:crypto";
import { readFileSync, statSync } from "node:fs";
import type { Randomness } from "../clock.ts";
import { makeKeyFile, syncNameOf } from "../make-key-file.ts";
import { errorCode, StartError } from "../start-error.ts";

export type NetworkKey = {
  readonly publicKey: Uint8Array;
  readonly sign: (message: Uint8Array) => Uint8Array;
};

const ANYBODY_ELSE = 0o077;
const SEED_BYTES = 32;
/** RFC 8410: what stands before the 32 bytes of a private and of a public key in DER. */
const PRIVATE_PREFIX = Buffer.from("302e020100300506032b657004220420", "hex");
const PUBLIC_PREFIX_BYTES = 12;

/** Throws a StartError that never shows what the file holds. */
export function openNetworkKey(file: string, randomness: Randomness): NetworkKey {
  const key = readKey(file) ?? makeKey(file, randomness);
  // Its name is to outlast a power cut before the database knows the key, whoever made the file.
  syncNameOf(file);
  const spki = createPublicKey(key).export({ format: "der", type: "spki" });
  return {
    publicKey: new Uint8Array(spki.subarray(PUBLIC_PREFIX_BYTES)),
    sign: (message) => new Uint8Array(sign(null, message, key)),
  };
}

function readKey(file: string): KeyObject | null {
  let pem: string;
  try {
    if ((statSync(file).mode & ANYBODY_ELSE) !== 0)
      throw new StartError(
        `The network's key file ${file} is open to others than its owner. Run chmod 600 ${file}; if others may have read it, they can sign in the network's name.`,
      );
    pem = readFileSync(file, "utf8");
  } catch (error) {
    if (error instanceof StartError) throw error;
    if (errorCode(error) === "ENOENT") return null;
    throw new StartError(
      `The network's key file ${file} cannot be read (${errorCode(error) ?? "unreadable"}). Check the path and who may read it.`,
      { cause: error },
    );
  }
  const key = parsed(pem);
  if (key?.asymmetricKeyType === "ed25519") return key;
  throw new StartError(
    `The network's key file ${file} is not one: expected an Ed25519 private key in PEM. Restore it from its backup; the log cannot be signed on with another.`,
  );
}

function parsed(pem: string): KeyObject | null {
  try {
    return createPrivateKey(pem);
  } catch {
    return null;
  }
}

/** Whole or not at all, and never over one that another process has made meanwhile: that one counts. */
function makeKey(file: string, randomness: Randomness): KeyObject {
  const seed = randomness.bytes(SEED_BYTES);
  const key = createPrivateKey({ key: Buffer.concat([PRIVATE_PREFIX, seed]), format: "der", type: "pkcs8" });
  try {
    makeKeyFile(file, key.export({ format: "pem", type: "pkcs8" }).toString(), randomness);
  } catch (error) {
    throw new StartError(
      `The network's key file ${file} cannot be made (${errorCode(error) ?? "unknown"}). Check that its directory is there and may be written, or set evidence.keyFile.`,
      { cause: error },
    );
  }
  const made = readKey(file);
  if (made === null) throw new StartError(`The network's key file ${file} was removed while it was made.`);
  return made;
}

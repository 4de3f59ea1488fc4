/**
 * The gateway's own key, made at its first start and never sent anywhere: by it the cloud and everybody else know what
 * this gateway has logged, and seen of the network's log.
 */
import { createPrivateKey, createPublicKey, generateKeyPairSync, type KeyObject } from "node:crypto";
import { readFileSync, statSync } from "node:fs";
import type { LogKey } from "../journal/log-port.ts";
import { writeDurably } from "./write-durably.ts";

export const LOG_KEY_FILE = "log-key.pem";

const OTHERS = 0o077;

export class LogKeyError extends Error {}

export const newLogKey = (): LogKey => logKeyOf(generateKeyPairSync("ed25519").privateKey);

export const pemOf = ({ privateKey }: LogKey): string =>
  privateKey.export({ type: "pkcs8", format: "pem" }).toString();

/** Made where there is none. Throws a LogKeyError that says what to do where it cannot be used. */
export function readOrMakeLogKey(file: string): LogKey {
  const found = readLogKey(file);
  if (found !== null) return found;
  const made = newLogKey();
  writeDurably(file, pemOf(made));
  return made;
}

/** Null: there is none. */
export function readLogKey(file: string): LogKey | null {
  const pem = readPem(file);
  if (pem === null) return null;
  const { mode } = statSync(file);
  if ((mode & OTHERS) !== 0) {
    throw new LogKeyError(
      `The gateway's log key ${file} can be read by others (mode ${(mode & 0o777).toString(8)}, expected 600). ` +
        "Set it with chmod 600; where somebody may have read it, make a new one with --rotate-log-key and have the old one revoked.",
    );
  }
  const key = parsed(pem);
  if (key?.asymmetricKeyType !== "ed25519")
    throw new LogKeyError(
      `The gateway's log key ${file} is no Ed25519 key in PEM. Put its backup back, or move it away: a new key is made, ` +
        "which the cloud takes only once its administrator has revoked the old one.",
    );
  return logKeyOf(key);
}

function readPem(file: string): string | null {
  try {
    return readFileSync(file, "utf8");
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException;
    if (code === "ENOENT") return null;
    throw new LogKeyError(`The gateway's log key ${file} cannot be read (${code ?? "unreadable"}).`, {
      cause: error,
    });
  }
}

function parsed(pem: string): KeyObject | null {
  try {
    return createPrivateKey(pem);
  } catch {
    return null;
  }
}

function logKeyOf(privateKey: KeyObject): LogKey {
  const { x } = createPublicKey(privateKey).export({ format: "jwk" });
  return { privateKey, publicKey: new Uint8Array(Buffer.from(x ?? "", "base64url")) };
}

/**
 * A new key in place of the old one, which says so itself. A power cut in between leaves the one or the other in force:
 *
 *   log-key.pem.new ─▶ log-rotation.json ─▶ log-key.pem.new becomes log-key.pem
 */
import { sign } from "node:crypto";
import { existsSync, readFileSync, renameSync, rmSync } from "node:fs";
import { join } from "node:path";
import * as z from "zod";
import { fromBase64, toBase64 } from "../../contracts/log/bytes.ts";
import { keyRotationMessage } from "../../contracts/log/key-rotation.ts";
import { gatewayKeyName } from "../../contracts/log/note.ts";
import type { GatewayId } from "../../contracts/wire/ids.ts";
import { KeyRotation } from "../../contracts/wire/log-sync.ts";
import type { LogKey } from "../journal/log-port.ts";
import { LOG_KEY_FILE, LogKeyError, newLogKey, pemOf, readLogKey } from "./log-key.ts";
import { syncDirectoryOf, writeDurably } from "./write-durably.ts";

const ROTATION_FILE = "log-rotation.json";

const Rotation = KeyRotation.extend({ newPublicKey: z.string() });
type Rotation = z.infer<typeof Rotation>;

/** Throws a LogKeyError where there is no old key, or the cloud has not heard of the last rotation. */
export function rotateLogKey(directory: string, gatewayId: GatewayId): LogKey {
  const file = join(directory, LOG_KEY_FILE);
  finishRotation(directory);
  const old = readLogKey(file);
  if (old === null) throw new LogKeyError(`There is no log key ${file} yet: the first start makes one.`);
  if (rotationOf(directory, old) !== null)
    throw new LogKeyError(
      "The cloud has not heard of the last new log key yet. Start the gateway, and ask for another one once its status page tells that its log is in step.",
    );
  const made = newLogKey();
  const message = keyRotationMessage(
    { name: gatewayKeyName(gatewayId), publicKey: old.publicKey },
    made.publicKey,
  );
  const rotation: Rotation = {
    oldPublicKey: toBase64(old.publicKey),
    newPublicKey: toBase64(made.publicKey),
    signature: toBase64(sign(null, message, old.privateKey)),
  };
  writeDurably(`${file}.new`, pemOf(made));
  writeDurably(join(directory, ROTATION_FILE), `${JSON.stringify(rotation)}\n`);
  finishRotation(directory);
  return made;
}

/** At every start, before the key is read. */
export function finishRotation(directory: string): void {
  const file = join(directory, LOG_KEY_FILE);
  const made = existsSync(`${file}.new`) ? readLogKey(`${file}.new`) : null;
  if (made === null) return;
  // Without the old key's word for it nobody would take it.
  if (rotationOf(directory, made) === null) rmSync(`${file}.new`);
  else renameSync(`${file}.new`, file);
  syncDirectoryOf(file);
}

/** What the cloud has still to be told of `key`; null: nothing. */
export function rotationOf(directory: string, key: LogKey): KeyRotation | null {
  const file = join(directory, ROTATION_FILE);
  if (!existsSync(file)) return null;
  const rotation = Rotation.safeParse(parsed(readFileSync(file, "utf8"))).data;
  if (rotation === undefined || rotation.newPublicKey !== toBase64(key.publicKey)) return null;
  const { oldPublicKey, signature } = rotation;
  return [oldPublicKey, signature].every((text) => fromBase64(text) !== null)
    ? { oldPublicKey, signature }
    : null;
}

/** The cloud has stored it. */
export function rotationStored(directory: string): void {
  const file = join(directory, ROTATION_FILE);
  rmSync(file, { force: true });
  syncDirectoryOf(file);
}

function parsed(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return null;
  }
}

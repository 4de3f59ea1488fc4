/**
 * Keys in a file of this machine, the newest first; what older ones sealed stays readable. It is made at the first
 * start, readable by its owner alone. Whoever loses it has lost what is sealed under it.
 *
 *   { "keys": [{ "id": "k-1f0c9a52", "key": "<32 bytes in base64>" }] }
 */
import { readFileSync, statSync } from "node:fs";
import * as z from "zod";
import type { Randomness } from "../clock.ts";
import { makeKeyFile, syncNameOf } from "../make-key-file.ts";
import { errorCode, StartError } from "../start-error.ts";
import { KeyMissingError, type KeyProvider } from "./key-provider.ts";
import { KEY_BYTES, seal, unseal } from "./seal.ts";

const ANYBODY_ELSE = 0o077;
const WRAPPING = "hospitell-data-key";

const KeyFile = z.strictObject({
  keys: z
    .array(z.strictObject({ id: z.string().regex(/^[a-z0-9-]{1,64}$/), key: z.base64() }))
    .min(1)
    .refine((keys) => new Set(keys.map(({ id }) => id)).size === keys.length, "ids must differ")
    .transform((keys) => keys.map(({ id, key }) => ({ id, key: Buffer.from(key, "base64") })))
    .refine((keys) => keys.every(({ key }) => key.length === KEY_BYTES), "each key must have 32 bytes"),
});

/** Throws a StartError that never shows what the file holds. */
export function openKeyFile(file: string, randomness: Randomness): KeyProvider {
  const { keys } = readKeys(file) ?? makeKeys(file, randomness);
  syncNameOf(file);
  const [newest] = keys;
  if (newest === undefined) throw new Error("the schema asks for one key at least");
  return {
    async wrap(dataKey) {
      const wrapped = seal(dataKey, newest.key, [WRAPPING, newest.id], randomness);
      return { keyId: newest.id, wrapped };
    },
    async unwrap({ keyId, wrapped }) {
      const known = keys.find(({ id }) => id === keyId);
      if (known === undefined)
        throw new KeyMissingError(`sealed under key ${keyId}; the key file has ${keys.length} others`);
      return unseal(wrapped, known.key, [WRAPPING, keyId]);
    },
  };
}

function readKeys(file: string): z.infer<typeof KeyFile> | null {
  let text: string;
  try {
    const mode = statSync(file).mode & ANYBODY_ELSE;
    if (mode !== 0)
      throw new StartError(
        `The key file ${file} is open to others than its owner. Run chmod 600 ${file}; if others may have read it, replace its keys.`,
      );
    text = readFileSync(file, "utf8");
  } catch (error) {
    if (error instanceof StartError) throw error;
    if (errorCode(error) === "ENOENT") return null;
    throw new StartError(
      `The key file ${file} cannot be read (${errorCode(error) ?? "unreadable"}). Check the path and who may read it.`,
      { cause: error },
    );
  }
  const known = KeyFile.safeParse(parseOrUndefined(text));
  if (known.success) return known.data;
  throw new StartError(
    `The key file ${file} is not one: expected { "keys": [{ "id", "key" }] } with keys of 32 bytes in base64, the newest first. Restore it from its backup; without its keys, identities stay unreadable.`,
  );
}

function parseOrUndefined(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}

function makeKeys(file: string, randomness: Randomness): z.infer<typeof KeyFile> {
  const id = `k-${Buffer.from(randomness.bytes(4)).toString("hex")}`;
  const key = Buffer.from(randomness.bytes(KEY_BYTES)).toString("base64");
  try {
    makeKeyFile(file, `${JSON.stringify({ keys: [{ id, key }] }, null, 2)}\n`, randomness);
  } catch (error) {
    throw new StartError(
      `The key file ${file} cannot be made (${errorCode(error) ?? "unknown"}). Check that its directory is there and may be written, or set identityKeyFile.`,
      { cause: error },
    );
  }
  const made = readKeys(file);
  if (made === null) throw new StartError(`The key file ${file} was removed while it was made.`);
  return made;
}

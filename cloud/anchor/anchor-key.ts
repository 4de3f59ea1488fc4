/** The publisher's private key, from a file that nobody else may read. It is never printed or logged. */
import { readFileSync, statSync } from "node:fs";
import { resolve } from "node:path";
import { errorCode, StartError } from "../start-error.ts";

const KEY = /^(?:0x)?[0-9a-fA-F]{64}$/;
/** Rights of the group and of others. */
const OTHERS_RIGHTS = 0o077;

/** 0x and 64 hexadecimal digits. `file` is relative to `directory`. Throws a StartError. */
export function readAnchorKey(file: string | undefined, directory: string): string {
  if (file === undefined)
    throw new StartError(
      "anchor: a file with the publisher's private key was expected in anchor.keyFile or HOSPITELL_ANCHOR_KEY_FILE, but neither names one.",
    );
  const path = resolve(directory, file);
  const text = readKeyFile(path).trim();
  if (!KEY.test(text))
    throw new StartError(
      `anchor: the key file ${path} was to hold 64 hexadecimal digits, but holds something else.`,
    );
  return text.startsWith("0x") ? text : `0x${text}`;
}

function readKeyFile(path: string): string {
  try {
    if ((statSync(path).mode & OTHERS_RIGHTS) !== 0)
      throw new StartError(
        `anchor: the key file ${path} was to be readable by its owner alone, but others have rights on it. Run chmod 600 on it.`,
      );
    return readFileSync(path, "utf8");
  } catch (error) {
    if (error instanceof StartError) throw error;
    throw new StartError(
      `anchor: the key file ${path} was to be read, but cannot be (${errorCode(error) ?? "unreadable"}). Check the path and who may read it.`,
      { cause: error },
    );
  }
}

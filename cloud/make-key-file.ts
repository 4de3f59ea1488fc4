/** How a key's file comes to be: whole or not at all, readable by its owner alone, and still there after a power cut. */
import { closeSync, fsyncSync, linkSync, mkdirSync, openSync, rmSync, writeFileSync } from "node:fs";
import { dirname } from "node:path";
import type { Randomness } from "./clock.ts";
import { errorCode } from "./start-error.ts";

const OWNER_ONLY = 0o600;
const OWNER_ONLY_DIRECTORY = 0o700;

/** Never over one that another process has made meanwhile: that one counts. Throws what the system says. */
export function makeKeyFile(file: string, text: string, randomness: Randomness): void {
  const draft = `${file}.${process.pid}.${Buffer.from(randomness.bytes(4)).toString("hex")}`;
  try {
    mkdirSync(dirname(file), { recursive: true, mode: OWNER_ONLY_DIRECTORY });
    const handle = openSync(draft, "wx", OWNER_ONLY);
    try {
      writeFileSync(handle, text);
      fsyncSync(handle);
    } finally {
      closeSync(handle);
    }
    linkUnlessThere(draft, file);
  } finally {
    rmSync(draft, { force: true });
  }
}

/** The file's name is on the disk too, whoever made it: before anything rests on its key. */
export function syncNameOf(file: string): void {
  const directory = openSync(dirname(file), "r");
  try {
    fsyncSync(directory);
  } finally {
    closeSync(directory);
  }
}

function linkUnlessThere(draft: string, file: string): void {
  try {
    linkSync(draft, file);
  } catch (error) {
    if (errorCode(error) !== "EEXIST") throw error;
  }
}

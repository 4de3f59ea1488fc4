/** What a witness keeps when it was shown two histories: both notes as they came, for whoever has to show them. */
import { readdirSync } from "node:fs";
import { join } from "node:path";
import { toBase64 } from "../../contracts/log/bytes.ts";
import type { Seen, Shown } from "./judge-checkpoint.ts";
import { writeDurablyBeside } from "./write-durably.ts";

const FORK_FILE = /^log-fork-.*\.json$/;

/** Null: none was found, or somebody has moved it away and lets the witness go on. */
export function findForkFile(directory: string): string | null {
  const name = readdirSync(directory)
    .filter((one) => FORK_FILE.test(one))
    .sort()
    .at(-1);
  return name === undefined ? null : join(directory, name);
}

type Fork = { readonly reason: string; readonly atMs: number; readonly seen: Seen; readonly shown: Shown };

/** Returns where it is. */
export async function writeForkFile(directory: string, { reason, atMs, seen, shown }: Fork): Promise<string> {
  const at = new Date(atMs).toISOString();
  const file = join(directory, `log-fork-${at.replaceAll(/[:.]/g, "-")}.json`);
  const networkKey = seen.networkKey === null ? null : toBase64(seen.networkKey.publicKey);
  const before = { size: seen.size, root: toBase64(seen.root), note: seen.note, publicKey: networkKey };
  await writeDurablyBeside(file, `${JSON.stringify({ reason, at, seen: before, shown }, null, 2)}\n`);
  return file;
}

import { mkdirSync } from "node:fs";
import { PtyPair } from "../../support/pty-pair.ts";

/** A pseudo-terminal of socat, its two ends in a directory of its own. */
export async function plugged(directory: string): Promise<PtyPair> {
  mkdirSync(directory);
  const pty = new PtyPair(directory);
  await pty.plug();
  return pty;
}

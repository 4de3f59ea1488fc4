/** What this gateway has cosigned last, on its disk: no second history is cosigned after a restart either. */
import { readFileSync } from "node:fs";
import { fromBase64, toBase64 } from "../../contracts/log/bytes.ts";
import { parseNote } from "../../contracts/log/note.ts";
import { NOTHING_SEEN, type Seen } from "./judge-checkpoint.ts";

export const SEEN_FILE = "log-witness.json";

/** Nothing seen where there is no such file. Throws where it is not as it was written. */
export function readSeen(file: string): Seen {
  let text: string;
  try {
    text = readFileSync(file, "utf8");
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === "ENOENT") return NOTHING_SEEN;
    throw error;
  }
  const seen = parsed(text);
  if (seen === null)
    throw new Error(
      `${file} cannot be read: what was cosigned before is not known. Put its backup back; or, to trust what the cloud shows next, move it away and start the gateway again.`,
    );
  return seen;
}

export function seenText({ networkKey, note }: Seen & { readonly note: string }): string {
  const publicKey = networkKey === null ? null : toBase64(networkKey.publicKey);
  return `${JSON.stringify({ version: 1, networkKey: publicKey, note }, null, 2)}\n`;
}

function parsed(text: string): Seen | null {
  try {
    const { version, networkKey, note } = JSON.parse(text) as Record<string, unknown>;
    if (version !== 1 || typeof networkKey !== "string" || typeof note !== "string") return null;
    const publicKey = fromBase64(networkKey);
    const checkpoint = parseNote(note);
    if (publicKey === null || checkpoint === null) return null;
    const { origin: name, size, root } = checkpoint;
    return { size, root, note, networkKey: { name, publicKey } };
  } catch {
    return null;
  }
}

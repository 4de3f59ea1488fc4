/** What of the log goes to the cloud next: leaves as they were committed to, as far as a signed checkpoint goes. */
import type { LoggedLeaf } from "../../../contracts/wire/log-sync.ts";
import { type LeafRow, openLeafOf } from "./leaf-rows.ts";

/** Characters of payload in one batch, about: it is to go through on a thin link too. */
const BATCH_CHARACTERS_MAX = 262_144;

/** Null: the row at this place is not what was hashed. */
export type LeafStretch = { readonly leaves: readonly LoggedLeaf[] } | { readonly damagedPlace: number };

/** Of rows in order from `fromPlace`; as many as fit. */
export function leavesIn(rows: readonly LeafRow[], fromPlace: number): LeafStretch {
  const leaves: LoggedLeaf[] = [];
  let characters = 0;
  for (const row of rows) {
    const leaf = row.place === fromPlace + leaves.length ? openLeafOf(row) : null;
    if (leaf === null) return { damagedPlace: fromPlace + leaves.length };
    characters += leaf.payload.length;
    if (leaves.length > 0 && characters > BATCH_CHARACTERS_MAX) break;
    leaves.push({ ...leaf, salt: Buffer.from(leaf.salt).toString("base64") });
  }
  return { leaves };
}

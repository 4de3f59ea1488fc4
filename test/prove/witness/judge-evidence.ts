/** Whether the file that a witness kept shows what happened, to somebody who was not there. */
import { readFileSync } from "node:fs";
import { fromBase64, isSame } from "../../../contracts/log/bytes.ts";
import { type Note, parseNote } from "../../../contracts/log/note.ts";
import { isSignedBy } from "../../../contracts/log/signed-note.ts";
import { isConsistent } from "../../../contracts/log/tree.ts";
import { NETWORK, type Shown } from "./histories.ts";
import { isProvenByNotes, type Lie } from "./lies.ts";

type Kept = {
  readonly reason?: string;
  readonly seen?: { readonly note?: string };
  readonly shown?: Partial<Shown>;
};

/** Null: it does. Otherwise what is wrong with it. */
export function faultOf(file: string | null, lie: Lie, seen: Shown, shown: Shown): string | null {
  if (file === null) return "there is no evidence file";
  const kept = JSON.parse(readFileSync(file, "utf8")) as Kept;
  if (!kept.reason) return "the evidence file names no reason";
  if (kept.seen?.note !== seen.checkpoint) return "the evidence file has not the note that was cosigned last";
  if (kept.shown?.checkpoint !== shown.checkpoint)
    return "the evidence file has not the note that was refused";
  const notes = [parseNote(kept.seen.note), parseNote(kept.shown.checkpoint)] as const;
  if (notes[0] === null || notes[1] === null) return "the evidence file's notes cannot be read";
  if (!isSignedBy(notes[0], NETWORK)) return "the note that was cosigned is not signed by the network";
  if (isSignedBy(notes[1], NETWORK) !== isProvenByNotes(lie)) return "it is not whose signature it should be";
  return isProvenByNotes(lie) && !contradict(notes[0], notes[1], kept.shown.consistency ?? [])
    ? "the two notes do not contradict each other"
    : null;
}

function contradict(seen: Note, shown: Note, way: readonly string[]): boolean {
  if (shown.size < seen.size) return shown.signedAtMs > seen.signedAtMs;
  if (seen.size === shown.size) return !isSame(seen.root, shown.root);
  const path = way.map((hash) => fromBase64(hash) ?? new Uint8Array());
  return !isConsistent(seen, shown, path);
}

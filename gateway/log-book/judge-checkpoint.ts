/**
 * What a witness makes of a checkpoint of the network's log, given what it has seen before. Pure.
 *
 *   older, and signed before: passed over │ same: known │ newer: the log only grew │ refused: it was shown another history, or another log
 */
import { fromBase64, isSame } from "../../contracts/log/bytes.ts";
import { EMPTY_ROOT } from "../../contracts/log/hash.ts";
import { type Note, type PublicKey, parseNote } from "../../contracts/log/note.ts";
import { isSignedBy } from "../../contracts/log/signed-note.ts";
import { isConsistent, type TreeHead } from "../../contracts/log/tree.ts";
import type { LogReply } from "../../contracts/wire/log-sync.ts";

export type Shown = NonNullable<LogReply["network"]>;

/** `note`: as it came; null with a size of 0: nothing was seen yet. */
export type Seen = TreeHead & { readonly networkKey: PublicKey | null; readonly note: string | null };

export const NOTHING_SEEN: Seen = { size: 0, root: EMPTY_ROOT, networkKey: null, note: null };

export type Judgement =
  | { readonly kind: "older" | "same" }
  | { readonly kind: "newer"; readonly note: Note; readonly networkKey: PublicKey }
  /** It says nothing, and so nothing against anybody. */
  | { readonly kind: "unreadable"; readonly reason: string }
  | { readonly kind: "refused"; readonly reason: string };

/** `configuredKey`: the network's, as somebody told this gateway; null: the first that is seen is kept. */
export function judgeCheckpoint(seen: Seen, shown: Shown, configuredKey: Uint8Array | null): Judgement {
  const note = parseNote(shown.checkpoint);
  const shownKey = fromBase64(shown.publicKey);
  const path = shown.consistency.map(fromBase64);
  if (note === null || shownKey === null || path.includes(null))
    return { kind: "unreadable", reason: "the cloud's checkpoint of the network's log cannot be read" };
  const trusted = configuredKey ?? seen.networkKey?.publicKey ?? shownKey;
  const networkKey = { name: seen.networkKey?.name ?? note.origin, publicKey: trusted };
  if (note.origin !== networkKey.name)
    return refused(`the cloud shows ${note.origin} in place of ${networkKey.name}`);
  if (!isSame(shownKey, trusted) || !isSignedBy(note, networkKey))
    return refused(
      `the checkpoint of ${note.size} leaves is not signed by the network's key that this gateway knows`,
    );
  if (note.size < seen.size)
    return note.signedAtMs > signedAtMsOf(seen)
      ? refused(`the network's log had ${seen.size} leaves, and ${note.size} after that`)
      : { kind: "older" };
  if (note.size === seen.size)
    return isSame(note.root, seen.root)
      ? { kind: "same" }
      : refused(`there are two checkpoints of ${note.size} leaves`);
  if (!isConsistent(seen, note, path as Uint8Array[]))
    return refused(
      `the network's log of ${note.size} leaves does not continue the one of ${seen.size} that was cosigned`,
    );
  return { kind: "newer", note, networkKey };
}

/** A network signs no checkpoint with an earlier time than the one that it continues. */
const signedAtMsOf = ({ note }: Seen): number => (note === null ? 0 : (parseNote(note)?.signedAtMs ?? 0));

const refused = (reason: string): Judgement => ({ kind: "refused", reason });

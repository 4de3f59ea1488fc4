/** What forgeries are made with: worlds to take from, and edits of a bundle, its bytes and its notes. */
import { type Bundle, encodeBundle } from "../../../contracts/log/bundle.ts";
import { fromBase64, toBase64, utf8 } from "../../../contracts/log/bytes.ts";
import { type Signer, signCheckpoint } from "../../../contracts/log/note.ts";
import type { RefusalReason } from "../../../contracts/log/refusals.ts";
import { ed25519Signer } from "../../support/ed25519-signer.ts";
import { evidenceWorld, type World } from "../../support/evidence-world.ts";

/** Every third round's checkpoint is anchored, and the last; the first gateway's key changes in round 4. */
export const ROUNDS = 8;

export type Worlds = {
  readonly honest: World;
  /** The same keys, and from round 3 on another history: what a cloud that shows two has. */
  readonly forked: World;
  /** Another network of its own. */
  readonly other: World;
  /** A stranger who says to be the same network. */
  readonly strangers: World;
  /** The first gateway goes on with its old key after that was revoked. */
  readonly oldKey: World;
  /** The first gateway signs with its new key before that is in the network's log. */
  readonly newKey: World;
};

export function forgeryWorlds(seed: number): Worlds {
  const plan = { seed, rounds: ROUNDS };
  return {
    honest: evidenceWorld(plan),
    forked: evidenceWorld({ ...plan, forkAtRound: 3 }),
    other: evidenceWorld({ ...plan, seed: seed + 7_000, networkId: "ffeeddccbbaa9988" }),
    strangers: evidenceWorld({ ...plan, seed: seed + 9_000 }),
    oldKey: evidenceWorld({ ...plan, newKeyFromRound: ROUNDS }),
    newKey: evidenceWorld({ ...plan, newKeyFromRound: 2 }),
  };
}

/** `bundle` is the honest world's of that `count`, and of its round. */
export type Case = {
  readonly worlds: Worlds;
  readonly bundle: Bundle;
  readonly round: number;
  readonly count: number;
};

export function caseAt(worlds: Worlds, count: number): Case {
  return { worlds, bundle: worlds.honest.bundleAt(count), round: count % ROUNDS, count };
}

/** With the one reason that it is to be refused for. */
export type Forgery = { readonly reason: RefusalReason; readonly make: (forged: Case) => Uint8Array };

export function copied(bundle: Bundle, edit: (copy: Bundle) => void): Uint8Array {
  const copy = structuredClone(bundle);
  edit(copy);
  return encodeBundle(copy);
}

export const edited = (reason: RefusalReason, edit: (copy: Bundle, forged: Case) => void): Forgery => ({
  reason,
  make: (forged) => copied(forged.bundle, (copy) => edit(copy, forged)),
});

export const raw = (reason: RefusalReason, change: (bytes: Uint8Array) => Uint8Array): Forgery => ({
  reason,
  make: ({ bundle }) => change(encodeBundle(bundle)),
});

export const noteEdited = (
  of: "gateway" | "network",
  reason: RefusalReason,
  edit: (text: string, bundle: Bundle) => string,
): Forgery =>
  edited(reason, (copy) => {
    copy[of].checkpoint = noteOf(edit(noteText(copy[of].checkpoint), copy));
  });

export const noteText = (note: string) => new TextDecoder().decode(fromBase64(note) ?? utf8(""));
export const noteOf = (text: string) => toBase64(utf8(text));
export const bodyOf = (text: string) => text.slice(0, text.indexOf("\n\n") + 1);
export const signaturesOf = (text: string) =>
  text
    .slice(text.indexOf("\n\n") + 2)
    .split("\n")
    .slice(0, -1);
export const withSignatures = (text: string, lines: readonly string[]) =>
  `${bodyOf(text)}\n${lines.map((line) => `${line}\n`).join("")}`;

/** The same body under another key, the other lines left. */
export function resigned(text: string, signer: Signer): string {
  const [origin = "", size = "", root = "", signedAt = ""] = bodyOf(text).split("\n");
  const checkpoint = {
    ...{ origin, size: Number(size), root: fromBase64(root) ?? utf8("") },
    signedAtMs: Number(signedAt.slice("signed-at ".length)),
  };
  return withSignatures(text, [
    ...signaturesOf(signCheckpoint(checkpoint, signer)),
    ...signaturesOf(text).slice(1),
  ]);
}

export const stranger = (name: string): Signer => ed25519Signer(name, 4_242);
/** Of the gateway's key. */
export const keyNameOf = (bundle: Bundle) => bundle.keys[0]?.name ?? "";

/**
 * What many bundles share is worked out once: a checkpoint is read once, each of its signatures checked once. Everything
 * is kept under all the bytes that it follows from, so that a cache changes how long an answer takes and never the
 * answer.
 */
import { bytesOf, toBase64 } from "./bytes.ts";
import { type Note, type PublicKey, parseNote } from "./note.ts";
import { cosignedAtMs, isSignedBy } from "./signed-note.ts";

/** Of each kind; a verifier that runs for days starts over now and then. */
const KEPT_MAX = 20_000;

class Remembered<T> {
  readonly #kept = new Map<string, T>();

  get(key: string, make: () => T): T {
    const kept = this.#kept.get(key);
    if (kept !== undefined) return kept;
    if (this.#kept.size >= KEPT_MAX) this.#kept.clear();
    const made = make();
    this.#kept.set(key, made);
    return made;
  }
}

/** A note, and who signed it. */
export class ReadNote {
  readonly note: Note;
  readonly #signed = new Remembered<boolean>();
  readonly #cosigned = new Remembered<number | null>();

  constructor(note: Note) {
    this.note = note;
  }

  isSignedBy(key: PublicKey): boolean {
    return this.#signed.get(keyText(key), () => isSignedBy(this.note, key));
  }

  /** Milliseconds since 1970; null where it did not. */
  cosignedAtMs(witness: PublicKey): number | null {
    return this.#cosigned.get(keyText(witness), () => cosignedAtMs(this.note, witness));
  }
}

/** `Anchor`: what was found out about an anchor. */
export class VerifyCache<Anchor = unknown> {
  readonly #notes = new Remembered<ReadNote | null>();
  readonly #anchors = new Remembered<Anchor>();

  /** The note whose bytes stand in base64 that was checked before; null where they are none. */
  note(encoded: string): ReadNote | null {
    return this.#notes.get(encoded, () => {
      const text = textOf(bytesOf(encoded));
      const note = text === null ? null : parseNote(text);
      return note === null ? null : new ReadNote(note);
    });
  }

  anchor(key: string, make: () => Anchor): Anchor {
    return this.#anchors.get(key, make);
  }
}

/** Null where it is no UTF-8. A byte order mark is a character like others. */
export function textOf(bytes: Uint8Array): string | null {
  try {
    return new TextDecoder("utf-8", { fatal: true, ignoreBOM: true }).decode(bytes);
  } catch {
    return null;
  }
}

const keyText = ({ name, publicKey }: PublicKey) => `${name} ${toBase64(publicKey)}`;

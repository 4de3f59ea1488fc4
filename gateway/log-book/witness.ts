/**
 * This gateway as a witness of the network's log: it cosigns a checkpoint once that continues the last one that it has
 * cosigned, and once it will know so after a restart. Shown anything else it keeps both, and cosigns nothing more until
 * somebody has looked at it.
 */
import { join } from "node:path";
import { toBase64 } from "../../contracts/log/bytes.ts";
import { cosign, parseNote, type Signer } from "../../contracts/log/note.ts";
import type { Cosignature } from "../../contracts/wire/log-sync.ts";
import type { Clock } from "../moment.ts";
import { findForkFile, writeForkFile } from "./fork-file.ts";
import { type Judgement, judgeCheckpoint, NOTHING_SEEN, type Seen, type Shown } from "./judge-checkpoint.ts";
import { readSeen, SEEN_FILE, seenText } from "./seen-file.ts";
import { syncDirectoryOf, writeDurablyBeside } from "./write-durably.ts";

export type WitnessParts = {
  /** Where what was cosigned last is kept, and what shows a fork. */
  readonly directory: string;
  /** Null: the first that the cloud shows. */
  readonly networkKey: Uint8Array | null;
  readonly signer: Signer;
  readonly clock: Clock;
  /** Cosigns nothing more. */
  readonly onRefused: (reason: string) => void;
};

/** `line`: as it stands below the network's note. */
export type ReadyCosignature = Pick<Cosignature, "size" | "root" | "line">;

export type WitnessState = {
  /** Of the network's log, as far as this gateway has cosigned it. */
  readonly size: number;
  readonly cosignedAtMs: number | null;
  /** Why it cosigns nothing more, and what to do; null: it does. */
  readonly refused: string | null;
  /** What kept it from cosigning last, and may be over with the next. */
  readonly trouble: string | null;
};

export class Witness {
  readonly #parts: WitnessParts;
  #seen: Seen = NOTHING_SEEN;
  #pending: ReadyCosignature | null = null;
  #cosignedAtMs: number | null = null;
  #refused: string | null = null;
  #trouble: string | null = null;

  constructor(parts: WitnessParts) {
    this.#parts = parts;
    this.#open();
  }

  get state(): WitnessState {
    return {
      size: this.#seen.size,
      cosignedAtMs: this.#cosignedAtMs,
      refused: this.#refused,
      trouble: this.#trouble,
    };
  }

  /** Size of the checkpoint that was cosigned last. */
  get cosignedSize(): number {
    return this.#seen.size;
  }

  /** What the cloud does not have yet. */
  get pending(): ReadyCosignature | null {
    return this.#pending;
  }

  /** The cloud has it, or will never take it. */
  told(cosignature: ReadyCosignature): void {
    if (this.#pending === cosignature) this.#pending = null;
  }

  /** The cloud shows its newest checkpoint, with the way to it from `cosignedSize`. */
  async look(shown: Shown): Promise<void> {
    if (this.#refused !== null) return;
    const judgement = judgeCheckpoint(this.#seen, shown, this.#parts.networkKey);
    this.#trouble = judgement.kind === "unreadable" ? judgement.reason : null;
    if (judgement.kind === "newer") await this.#cosign(judgement, shown);
    if (judgement.kind === "refused") await this.#refuse(judgement.reason, shown);
  }

  async #cosign({ note, networkKey }: Extract<Judgement, { kind: "newer" }>, shown: Shown): Promise<void> {
    const seen = { size: note.size, root: note.root, note: shown.checkpoint, networkKey };
    try {
      await writeDurablyBeside(this.#seenFile, seenText(seen));
    } catch (error) {
      this.#trouble = `what is cosigned cannot be kept in ${this.#seenFile} (${codeOf(error)}): nothing is cosigned`;
      return;
    }
    this.#seen = seen;
    this.#pending = this.#cosignature(note);
  }

  async #refuse(reason: string, shown: Shown): Promise<void> {
    const { directory, clock, onRefused } = this.#parts;
    const { atMs } = clock.now();
    // First of all: nothing is cosigned any more, whatever becomes of the file.
    this.#refused = `${reason}.`;
    try {
      this.#refused = refusedWords(
        reason,
        await writeForkFile(directory, { reason, atMs, seen: this.#seen, shown }),
      );
    } catch (error) {
      this.#refused = `${reason}. What shows it could not be written (${codeOf(error)}).`;
    }
    onRefused(this.#refused);
  }

  #open(): void {
    const { directory, networkKey, onRefused } = this.#parts;
    try {
      const forkFile = findForkFile(directory);
      if (forkFile !== null)
        this.#refused = refusedWords("the cloud has shown two histories before", forkFile);
      this.#seen = readSeen(this.#seenFile);
      // A kill may have come between the file's new name and the disk.
      if (this.#seen.note !== null) syncDirectoryOf(this.#seenFile);
      const known = this.#seen.networkKey;
      if (known !== null && networkKey !== null && toBase64(known.publicKey) !== toBase64(networkKey))
        this.#refused ??= `cloud.networkKey is not the key that ${this.#seenFile} tells of. Correct it; or, to begin anew with it, move that file away and start the gateway again.`;
    } catch (error) {
      this.#refused ??= (error as Error).message;
    }
    if (this.#refused !== null) {
      onRefused(this.#refused);
      return;
    }
    // Whether the cloud has heard of the last one is not known any more.
    const note = this.#seen.note === null ? null : parseNote(this.#seen.note);
    if (note !== null) this.#pending = this.#cosignature(note);
  }

  #cosignature({ body, size, root }: { body: string; size: number; root: Uint8Array }): ReadyCosignature {
    const { clock, signer } = this.#parts;
    const { atMs } = clock.now();
    this.#cosignedAtMs = atMs;
    return { size, root: toBase64(root), line: cosign(body, Math.max(0, atMs), signer) };
  }

  get #seenFile(): string {
    return join(this.#parts.directory, SEEN_FILE);
  }
}

const codeOf = (error: unknown) => (error as NodeJS.ErrnoException).code ?? String(error);

const refusedWords = (reason: string, file: string) =>
  `${reason}. Both are in ${file}: show them to whoever runs the network, and to the other hospitals. To cosign again, ` +
  `move that file and ${SEEN_FILE} away and start the gateway again: it then trusts what the cloud shows next.`;

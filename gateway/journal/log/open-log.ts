/** The log where its file is open: who writes its leaves, who signs them, and what of it goes to the cloud. */

import { LOG_BATCH_LEAVES_MAX, LOG_BATCH_VERSION } from "../../../contracts/wire/log-limits.ts";
import type { LogBatch, LoggedLeaf } from "../../../contracts/wire/log-sync.ts";
import type { LogEnvelope, LogFacts, NoLogBatch } from "../log-port.ts";
import type { Checkpoints } from "./checkpoints.ts";
import { leavesIn } from "./log-batches.ts";
import type { LogBook } from "./log-book.ts";

type Parts = {
  readonly book: LogBook;
  readonly checkpoints: Checkpoints;
  readonly publicKey: Uint8Array;
  readonly epoch: LogBatch["epoch"];
  /** Ends the process; the next start saves what is whole. */
  readonly onDamage: (what: string) => never;
};

export class OpenLog {
  readonly #parts: Parts;

  constructor(parts: Parts) {
    this.#parts = parts;
  }

  get facts(): LogFacts {
    const { book, checkpoints } = this.#parts;
    const { newest } = checkpoints;
    return {
      size: book.tree.size,
      storedSize: book.storedSize,
      checkpoint: newest === null ? null : { size: newest.size, signedAtMs: newest.signedAtMs },
    };
  }

  /** 0: now. */
  get checkpointDueInMs(): number {
    return this.#parts.checkpoints.dueInMs(this.#parts.book.tree.size);
  }

  signCheckpoint(): void {
    this.#parts.checkpoints.sign(this.#parts.book.tree);
  }

  stored(size: number): void {
    this.#parts.book.stored(size);
  }

  nextBatch(fromIndex: number, leavesMax: number, envelope: LogEnvelope): LogBatch | NoLogBatch {
    const { book, checkpoints, epoch, publicKey } = this.#parts;
    const signed = checkpoints.newest;
    const signedSize = signed?.size ?? 0;
    if (fromIndex > book.tree.size) return "not-kept";
    // Without leaves it says how long the log is, and that is only true where nothing waits for a signature.
    if (fromIndex > signedSize || (fromIndex === signedSize && signedSize < book.tree.size))
      return "not-signed";
    const leaves = this.#leaves(fromIndex, Math.min(leavesMax, LOG_BATCH_LEAVES_MAX, signedSize - fromIndex));
    if (leaves === null) return "not-kept";
    return {
      version: LOG_BATCH_VERSION,
      ...envelope,
      epoch,
      publicKey: Buffer.from(publicKey).toString("base64"),
      firstIndex: fromIndex,
      leaves,
      checkpoint: fromIndex + leaves.length === signedSize ? (signed?.note ?? null) : null,
    };
  }

  /** Null: they were there, and the cloud had them. */
  #leaves(fromIndex: number, leavesMax: number): LoggedLeaf[] | null {
    if (leavesMax === 0) return [];
    const { book, onDamage } = this.#parts;
    const stretch = leavesIn(book.leaves(fromIndex, leavesMax), fromIndex);
    if ("leaves" in stretch && stretch.leaves.length > 0) return [...stretch.leaves];
    const place = "leaves" in stretch ? fromIndex : stretch.damagedPlace;
    // The events that those told of may be gone too.
    return place < book.storedSize ? null : onDamage(`leaf ${place} of the log is wrong`);
  }
}

/** The log where its file is open: who writes its leaves, who signs them, and what of it goes to the cloud. */
import { LOG_BATCH_VERSION, type LogBatch } from "../../../contracts/wire/log-sync.ts";
import type { LogEnvelope, LogFacts } from "../log-port.ts";
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

  /** Null: leaves from there on are not kept any more, or there are none. */
  nextBatch(fromIndex: number, leavesMax: number, envelope: LogEnvelope): LogBatch | null {
    const { book, checkpoints, epoch, publicKey } = this.#parts;
    const signed = checkpoints.newest;
    const endIndex = signed?.size ?? 0;
    if (fromIndex > book.tree.size) return null;
    const rows = book.leaves(fromIndex, Math.max(0, Math.min(leavesMax, endIndex - fromIndex)));
    const [first] = rows;
    if (first !== undefined && first.place > fromIndex && fromIndex < book.storedSize) return null;
    const stretch = leavesIn(rows, fromIndex);
    if ("damagedPlace" in stretch) {
      // The cloud had it once, and the bed event that it tells of is gone since.
      if (stretch.damagedPlace < book.storedSize) return null;
      return this.#parts.onDamage(`leaf ${stretch.damagedPlace} of the log is wrong`);
    }
    const { leaves } = stretch;
    const isToTheEnd = signed !== null && fromIndex + leaves.length === signed.size;
    return {
      version: LOG_BATCH_VERSION,
      ...envelope,
      epoch,
      publicKey: Buffer.from(publicKey).toString("base64"),
      firstIndex: fromIndex,
      leaves: [...leaves],
      checkpoint: isToTheEnd ? signed.note : null,
    };
  }
}

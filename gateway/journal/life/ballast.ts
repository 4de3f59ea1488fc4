/**
 * A file beside the journal whose only use is to be deleted: at a full disk SQLite cannot even delete rows, since its
 * log needs room. It is written, not merely made long, so that its blocks are really taken; in slices, so that nobody
 * waits long. A part of it stays at a full disk: where the journal is found damaged then, the new one needs room, too.
 */
import { closeSync, fdatasyncSync, openSync, statSync, truncateSync, writeSync } from "node:fs";
import { isFull } from "./full-disk.ts";

export const ballastFile = (journal: string): string => `${journal}.ballast`;

/** What of it only a salvage may have. */
const SALVAGE_SHARE = 1 / 4;
const WRITE_BYTES = 1024 * 1024;

export class Ballast {
  readonly #file: string;
  readonly #wantedBytes: number;

  constructor(file: string, wantedBytes: number) {
    this.#file = file;
    this.#wantedBytes = wantedBytes;
  }

  get bytes(): number {
    return bytesOf(this.#file);
  }

  get isWhole(): boolean {
    return this.bytes >= this.#wantedBytes;
  }

  /** Returns the bytes let go. */
  drop(): number {
    return shrink(this.#file, Math.floor(this.#wantedBytes * SALVAGE_SHARE));
  }

  /** Adds up to so many bytes. False: there is no room for them; what was there is let go. */
  grow(bytesMax: number): boolean {
    const zeros = Buffer.alloc(WRITE_BYTES);
    const descriptor = openSync(this.#file, "a", 0o600);
    try {
      let missing = Math.min(bytesMax, this.#wantedBytes - this.bytes);
      while (missing > 0) missing -= writeSync(descriptor, zeros, 0, Math.min(missing, WRITE_BYTES));
      fdatasyncSync(descriptor);
      return true;
    } catch (error) {
      if (!isFull(error, this.#file)) throw error;
      this.drop();
      return false;
    } finally {
      closeSync(descriptor);
    }
  }
}

/** Also where nobody knows how large it was to be. */
export const dropMost = (file: string): number => shrink(file, Math.floor(bytesOf(file) * SALVAGE_SHARE));

const bytesOf = (file: string) => statSync(file, { throwIfNoEntry: false })?.size ?? 0;

function shrink(file: string, keptBytes: number): number {
  const bytes = bytesOf(file);
  if (bytes <= keptBytes) return 0;
  truncateSync(file, keptBytes);
  return bytes - keptBytes;
}

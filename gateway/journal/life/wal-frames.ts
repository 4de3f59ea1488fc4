/**
 * SQLite's write-ahead log, read by ourselves before SQLite opens it: SQLite takes the first frame that is wrong for the
 * log's end and forgets what stands behind it, acknowledged or not. With `synchronous=FULL` only the last transaction can
 * be torn, and nobody was told of that one. Anything else is damage.
 */
import { existsSync, readFileSync } from "node:fs";
import { flipsBetween, type Sum, sumOf } from "./wal-checksum.ts";

/** SQLite's own choice, and never another one here. */
export const PAGE_BYTES = 4_096;
const HEADER_BYTES = 32;
const FRAME_HEADER_BYTES = 24;
const FRAME_BYTES = FRAME_HEADER_BYTES + PAGE_BYTES;
const MAGIC_BIG_ENDIAN = 0x377f0683;
const MAGIC_LITTLE_ENDIAN = 0x377f0682;

export type Frame = {
  readonly index: number;
  readonly page: number;
  /** The last of its transaction. */
  readonly isCommit: boolean;
  readonly bytes: Buffer;
};

export type Wal = {
  readonly isDamaged: boolean;
  /** Of the log's last generation, in order; those with one or two flipped bits put right. */
  readonly frames: readonly Frame[];
  /** The last frame that is beyond repair and has others behind it; −1: none. */
  readonly lostIndex: number;
};

const NOTHING: Wal = { isDamaged: false, frames: [], lostIndex: -1 };

export function readWal(file: string): Wal {
  if (!existsSync(file)) return NOTHING;
  const log = readFileSync(file);
  // Aligned, so that its words can be read where they lie.
  const bytes = Buffer.from(new Uint8Array(log).buffer);
  const count = Math.floor((bytes.length - HEADER_BYTES) / FRAME_BYTES);
  if (bytes.length < HEADER_BYTES || count === 0) return NOTHING;
  return new WalReader(bytes, count).read();
}

class WalReader {
  readonly #bytes: Buffer;
  readonly #count: number;
  readonly #isHeaderSound: boolean;
  readonly #salt: readonly [number, number];
  readonly #isBigEndian: boolean;

  constructor(bytes: Buffer, count: number) {
    this.#bytes = bytes;
    this.#count = count;
    const magic = bytes.readUInt32BE(0);
    this.#isBigEndian = magic === MAGIC_BIG_ENDIAN;
    const sum = sumOf(this.#words(0, 24), [0, 0]);
    this.#isHeaderSound =
      (magic === MAGIC_LITTLE_ENDIAN || magic === MAGIC_BIG_ENDIAN) && isEqual(sum, this.#storedSum(24));
    // Where the header is damaged, its first frame tells as well which generation this is.
    const saltAt = this.#isHeaderSound ? 16 : HEADER_BYTES + 8;
    this.#salt = [bytes.readUInt32BE(saltAt), bytes.readUInt32BE(saltAt + 4)];
  }

  read(): Wal {
    const found = Array.from({ length: this.#count }, (_, index) => this.#frame(index));
    const last = found.findLastIndex(({ kind }) => kind !== "wrong" && kind !== "old");
    const isFlipped = found.some(({ kind }) => kind === "repaired" || kind === "lost");
    const hole = found.findLastIndex(
      ({ kind, isOfThisGeneration }, index) =>
        kind === "lost" || (kind === "wrong" && index < last && isOfThisGeneration),
    );
    const firstHole = found.findIndex(({ kind }) => kind !== "sound" && kind !== "repaired");
    const isTornInside = firstHole >= 0 && firstHole < last && this.#hasCommitBetween(found, firstHole, last);
    const isHeaderDamaged = !this.#isHeaderSound && found.some(({ kind }) => kind === "sound");
    const isDamaged = isFlipped || hole >= 0 || isTornInside || isHeaderDamaged;
    if (!isDamaged)
      return {
        isDamaged,
        frames: found
          .slice(0, firstHole < 0 ? found.length : firstHole)
          .map((_, index) => this.#taken(index)),
        lostIndex: -1,
      };
    const frames = found.flatMap(({ kind }, index) =>
      kind === "sound" || kind === "repaired" ? [this.#taken(index)] : [],
    );
    return { isDamaged, frames, lostIndex: Math.max(hole, isTornInside ? firstHole : -1) };
  }

  #frame(index: number): {
    readonly kind: "sound" | "repaired" | "lost" | "wrong" | "old";
    readonly isOfThisGeneration: boolean;
  } {
    const at = HEADER_BYTES + index * FRAME_BYTES;
    const salt = [this.#bytes.readUInt32BE(at + 8), this.#bytes.readUInt32BE(at + 12)] as const;
    const saltFlips = bitsBetween(salt[0], this.#salt[0]) + bitsBetween(salt[1], this.#salt[1]);
    if (saltFlips > 2 || this.#bytes.readUInt32BE(at) === 0)
      return { kind: "old", isOfThisGeneration: false };
    const stored = this.#storedSum(at + 16);
    const words = this.#frameWords(at);
    const sums = this.#seeds(index).map((seed) => sumOf(words, seed));
    if (sums.some((sum) => isEqual(sum, stored)))
      return { kind: saltFlips === 0 ? "sound" : "repaired", isOfThisGeneration: true };
    for (const sum of sums) {
      if (bitsBetween(sum[0], stored[0]) + bitsBetween(sum[1], stored[1]) <= 2)
        return { kind: "repaired", isOfThisGeneration: true };
      const flips = saltFlips === 0 ? flipsBetween(words, sum, stored) : null;
      if (flips === null) continue;
      for (const { word, bit } of flips.certain ?? []) this.#flip(at, word, bit);
      // Where it is not certain, the page is taken as it is: its rows have checksums of their own.
      if (flips.certain !== null || !flips.mayBeInHeader)
        return { kind: "repaired", isOfThisGeneration: true };
      return { kind: "lost", isOfThisGeneration: true };
    }
    return { kind: "wrong", isOfThisGeneration: saltFlips === 0 };
  }

  /** A frame's sum goes on from the one before it: as that one says, and as it works out, should what it says be damaged. */
  #seeds(index: number): readonly Sum[] {
    const before = HEADER_BYTES + (index - 1) * FRAME_BYTES;
    if (index === 0) return [this.#storedSum(24), sumOf(this.#words(0, 24), [0, 0])];
    const said = this.#storedSum(before + 16);
    const seed = index === 1 ? this.#storedSum(24) : this.#storedSum(before - FRAME_BYTES + 16);
    return [said, sumOf(this.#frameWords(before), seed)];
  }

  #taken(index: number): Frame {
    const at = HEADER_BYTES + index * FRAME_BYTES;
    return {
      index,
      page: this.#bytes.readUInt32BE(at),
      isCommit: this.#bytes.readUInt32BE(at + 4) !== 0,
      bytes: this.#bytes.subarray(at + FRAME_HEADER_BYTES, at + FRAME_BYTES),
    };
  }

  /** Transactions behind the hole: the last one alone can be torn, so this is damage. */
  #hasCommitBetween(found: readonly { readonly kind: string }[], hole: number, last: number): boolean {
    return found
      .slice(hole, last)
      .some(({ kind }, offset) => kind === "sound" && this.#taken(hole + offset).isCommit);
  }

  #storedSum(at: number): Sum {
    return [this.#bytes.readUInt32BE(at), this.#bytes.readUInt32BE(at + 4)];
  }

  /** A frame's sum is over the first eight bytes of its header and its page. */
  #frameWords(at: number): Uint32Array {
    const words = new Uint32Array(2 + PAGE_BYTES / 4);
    words.set(this.#words(at, 8));
    words.set(this.#words(at + FRAME_HEADER_BYTES, PAGE_BYTES), 2);
    return words;
  }

  #words(at: number, bytes: number): Uint32Array {
    const words = new Uint32Array(this.#bytes.buffer, this.#bytes.byteOffset + at, bytes / 4);
    if (!this.#isBigEndian) return words;
    return words.map((_, index) => this.#bytes.readUInt32BE(at + index * 4));
  }

  #flip(at: number, word: number, bit: number): void {
    const byteInWord = this.#isBigEndian ? 3 - (bit >>> 3) : bit >>> 3;
    const offset = word < 2 ? at + word * 4 : at + FRAME_HEADER_BYTES + (word - 2) * 4;
    this.#bytes[offset + byteInWord] = (this.#bytes[offset + byteInWord] as number) ^ (1 << (bit & 7));
  }
}

const isEqual = (a: Sum, b: Sum): boolean => a[0] === b[0] && a[1] === b[1];

function bitsBetween(a: number, b: number): number {
  let count = 0;
  for (let rest = (a ^ b) >>> 0; rest !== 0; rest &= rest - 1) count += 1;
  return count;
}

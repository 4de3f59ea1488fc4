/**
 * Readings as their digest takes them, 41 bytes each (docs/evidence.md): 16 bytes of their series, received and observed
 * time, value, flags; big-endian.
 */
import { createHash } from "node:crypto";
import type { SeriesFacts } from "../../../contracts/wire/reading-columns.ts";

const PRINT_WORDS = 4;
const ROW_BYTES = 41;
/** Handed to the hash together: a call each would cost more than the hashing. */
const CHUNK_ROWS = 256;
const WORD = 2 ** 32;

/** What a series' readings begin with, as four words. */
export function printOfSeries({ deviceId, bedId, roomId, metric, unit }: SeriesFacts): Uint32Array {
  const hash = createHash("sha256")
    .update(JSON.stringify([deviceId, bedId, roomId, metric, unit]))
    .digest();
  return Uint32Array.from({ length: PRINT_WORDS }, (_, word) => hash.readUInt32BE(4 * word));
}

export class ReadingDigest {
  readonly #bytes = Buffer.allocUnsafe(CHUNK_ROWS * ROW_BYTES);
  readonly #view = new DataView(this.#bytes.buffer, this.#bytes.byteOffset, this.#bytes.length);
  #hash = createHash("sha256");
  #filled = 0;

  add(print: Uint32Array, receivedAtMs: number, observedAtMs: number, value: number, flags: number): void {
    if (this.#filled === this.#bytes.length) this.#flush();
    const view = this.#view;
    const at = this.#filled;
    for (let word = 0; word < PRINT_WORDS; word++) view.setUint32(at + 4 * word, print[word] as number);
    setInt64(view, at + 16, receivedAtMs);
    setInt64(view, at + 24, observedAtMs);
    // The file keeps no minus zero.
    view.setFloat64(at + 32, value + 0);
    view.setUint8(at + 40, flags);
    this.#filled += ROW_BYTES;
  }

  /** Of what was added so far, in hexadecimal; more may be added. */
  soFar(): string {
    this.#flush();
    return this.#hash.copy().digest("hex");
  }

  begin(): void {
    this.#hash = createHash("sha256");
    this.#filled = 0;
  }

  #flush(): void {
    if (this.#filled > 0) this.#hash.update(this.#bytes.subarray(0, this.#filled));
    this.#filled = 0;
  }
}

/** A whole number that a double holds. */
function setInt64(view: DataView, at: number, number: number): void {
  const high = Math.floor(number / WORD);
  view.setInt32(at, high);
  view.setUint32(at + 4, number - high * WORD);
}

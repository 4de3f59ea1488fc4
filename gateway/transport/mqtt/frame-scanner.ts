/**
 * Takes whole MQTT frames off a stream of bytes: `give` it a chunk, then `take` until nothing whole is left. A frame that
 * lies within one chunk is never copied; one that comes in pieces is put together in a buffer that grows with what has
 * come, not with what was announced.
 *
 * Chunks are borrowed: what is left of one when its bytes go must be kept by `keep`.
 *
 *   frame = kind and flags (1 byte) │ remaining length (1 to 4 bytes of 7 bits, lowest first) │ as many bytes
 */
export type Taken = "frame" | "need-more" | "bad-length" | "too-long";

/** Where a frame's length cannot be told yet. */
const UNKNOWN = -1;
const BAD_LENGTH = -2;
const TOO_LONG = -3;

const LENGTH_BYTES_MAX = 4;
const FIRST_CAPACITY = 256;

const NOTHING = Buffer.alloc(0);

export class FrameScanner {
  /** What the last frame that was taken lies in, from `start` to `end`: good until the chunk that brought it is gone. */
  bytes: Buffer = NOTHING;
  start = 0;
  end = 0;
  #frameBytesMax: number;
  #chunk: Buffer = NOTHING;
  #at = 0;
  /** The beginning of a frame whose rest has not come. */
  #piece: Buffer = NOTHING;
  #pieceLength = 0;

  constructor(frameBytesMax: number) {
    this.#frameBytesMax = frameBytesMax;
  }

  /** From the next frame on. */
  allow(frameBytesMax: number): void {
    this.#frameBytesMax = frameBytesMax;
  }

  /** The bytes that are held, as whole frames not taken yet or as a piece of one. */
  get heldBytes(): number {
    return this.#chunk.length - this.#at + this.#piece.length;
  }

  give(chunk: Buffer): void {
    this.#chunk =
      this.#at === this.#chunk.length ? chunk : Buffer.concat([this.#chunk.subarray(this.#at), chunk]);
    this.#at = 0;
  }

  /** What has not been taken is copied, so that the chunk it lies in may be written to again. */
  keep(): void {
    this.#chunk = this.#at === this.#chunk.length ? NOTHING : Buffer.from(this.#chunk.subarray(this.#at));
    this.#at = 0;
  }

  take(): Taken {
    if (this.#pieceLength > 0) return this.#takePieced();
    const end = frameEnd(this.#chunk, this.#at, this.#chunk.length, this.#frameBytesMax);
    if (end > this.#chunk.length || end === UNKNOWN) return this.#keepPiece();
    if (end < 0) return refusal(end);
    this.bytes = this.#chunk;
    this.start = this.#at;
    this.end = end;
    this.#at = end;
    return "frame";
  }

  #keepPiece(): Taken {
    this.#append(this.#chunk.length - this.#at);
    return "need-more";
  }

  #takePieced(): Taken {
    let end = frameEnd(this.#piece, 0, this.#pieceLength, this.#frameBytesMax);
    while (end === UNKNOWN && this.#at < this.#chunk.length) {
      this.#append(1);
      end = frameEnd(this.#piece, 0, this.#pieceLength, this.#frameBytesMax);
    }
    if (end === UNKNOWN) return "need-more";
    if (end < 0) return refusal(end);
    this.#append(Math.min(end - this.#pieceLength, this.#chunk.length - this.#at));
    if (this.#pieceLength < end) return "need-more";
    this.bytes = this.#piece;
    this.start = 0;
    this.end = end;
    this.#piece = NOTHING;
    this.#pieceLength = 0;
    return "frame";
  }

  /** Moves so many bytes of the chunk to the piece. */
  #append(count: number): void {
    if (count > 0) {
      const length = this.#pieceLength + count;
      if (length > this.#piece.length) {
        const grown = Buffer.allocUnsafe(Math.max(length, this.#piece.length * 2, FIRST_CAPACITY));
        this.#piece.copy(grown, 0, 0, this.#pieceLength);
        this.#piece = grown;
      }
      this.#chunk.copy(this.#piece, this.#pieceLength, this.#at, this.#at + count);
      this.#pieceLength = length;
      this.#at += count;
    }
    if (this.#at < this.#chunk.length) return;
    this.#chunk = NOTHING;
    this.#at = 0;
  }
}

/** Where the body of the frame at `at` begins; its length must have been found good. */
export function bodyStart(bytes: Uint8Array, at: number): number {
  let start = at + 1;
  while ((bytes[start] ?? 0) > 0x7f) start += 1;
  return start + 1;
}

/** Where the frame at `at` ends, which may be past `until`; negative where that cannot be told, or must not be. */
function frameEnd(bytes: Uint8Array, at: number, until: number, frameBytesMax: number): number {
  let length = 0;
  for (let n = 0; n < LENGTH_BYTES_MAX; n++) {
    const position = at + 1 + n;
    if (position >= until) return UNKNOWN;
    const byte = bytes[position] ?? 0;
    length += (byte & 0x7f) << (7 * n);
    if (byte > 0x7f) continue;
    const end = position + 1 + length;
    return end - at > frameBytesMax ? TOO_LONG : end;
  }
  return BAD_LENGTH;
}

const refusal = (end: number): Taken => (end === BAD_LENGTH ? "bad-length" : "too-long");

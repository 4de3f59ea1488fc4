/**
 * What came on a line and is no frame, gathered for whoever has to find out why: the first bytes of each stretch of noise
 * as one message, soon after it began and then now and then, so that a babbling device does not fill the quarantine.
 */
import type { UnreadableReason } from "../../../devices/decoded.ts";

const FIRST_AFTER_MS = 1_000;
const THEN_EVERY_MS = 10_000;
/** What quarantine keeps of a message; of the rest only the length is told. */
const NOISE_BYTES_MAX = 4_096;

export type Noise = {
  readonly reason: UnreadableReason;
  readonly detail: string;
  readonly bytes: Uint8Array;
};

export class NoiseTray {
  readonly #handOn: (noise: Noise) => void;
  readonly #nowMonoMs: () => number;
  #pieces: Uint8Array[] = [];
  #keptBytes = 0;
  #seenBytes = 0;
  #first: Pick<Noise, "reason" | "detail"> | null = null;
  #timer: NodeJS.Timeout | null = null;
  #handedOnMonoMs = Number.NEGATIVE_INFINITY;

  constructor(nowMonoMs: () => number, handOn: (noise: Noise) => void) {
    this.#nowMonoMs = nowMonoMs;
    this.#handOn = handOn;
  }

  add({ reason, detail, bytes }: Noise): void {
    this.#first ??= { reason, detail };
    this.#seenBytes += bytes.length;
    const kept = bytes.subarray(0, NOISE_BYTES_MAX - this.#keptBytes);
    if (kept.length > 0) this.#pieces.push(Uint8Array.from(kept));
    this.#keptBytes += kept.length;
    const sinceMs = this.#nowMonoMs() - this.#handedOnMonoMs;
    this.#timer ??= setTimeout(() => this.empty(), Math.max(FIRST_AFTER_MS, THEN_EVERY_MS - sinceMs));
  }

  /** Hands on what is in it; at the end of a session too, or the noise before an unplug would be lost. */
  empty(): void {
    if (this.#timer !== null) clearTimeout(this.#timer);
    this.#timer = null;
    if (this.#first === null) return;
    const { reason, detail } = this.#first;
    const bytes = Buffer.concat(this.#pieces);
    const told = `${detail}; ${this.#seenBytes} bytes of noise since the last time, the first ${bytes.length} are kept`;
    this.#pieces = [];
    this.#keptBytes = 0;
    this.#seenBytes = 0;
    this.#first = null;
    this.#handedOnMonoMs = this.#nowMonoMs();
    this.#handOn({ reason, detail: told, bytes });
  }
}

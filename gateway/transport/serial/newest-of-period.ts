/**
 * Thins a stream: the first is handed on at once, and from then on the newest of each period. What a period brings
 * besides gives way, on purpose; a period that brought nothing hands on nothing.
 */
export class NewestOfPeriod {
  readonly #everyMs: number;
  readonly #handOn: (frame: Uint8Array) => void;
  #newest: Uint8Array | null = null;
  #timer: NodeJS.Timeout | null = null;

  constructor(everyMs: number, handOn: (frame: Uint8Array) => void) {
    this.#everyMs = everyMs;
    this.#handOn = handOn;
  }

  take(frame: Uint8Array): void {
    this.#newest = frame;
    if (this.#timer === null) this.#endPeriod();
  }

  stop(): void {
    if (this.#timer !== null) clearTimeout(this.#timer);
  }

  #endPeriod(): void {
    const frame = this.#newest;
    this.#newest = null;
    this.#timer = frame === null ? null : setTimeout(() => this.#endPeriod(), this.#everyMs);
    if (frame !== null) this.#handOn(frame);
  }
}

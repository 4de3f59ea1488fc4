/** Bytes that came over a line and were not yet looked at, and a way to wait for more. */
import type { Clock } from "../../moment.ts";
import type { ByteLine } from "../line/byte-line.ts";

/** What nobody takes is cut down to this, newest kept: a babbling line costs no memory. */
const BYTES_MAX = 4_096;
/** So often is read on after the time has passed, for a process that was busy; a line that never pauses gets no more. */
const LATE_READS_MAX = 4;

export class Inbox {
  readonly #clock: Clock;
  #bytes: Uint8Array = new Uint8Array();
  #lastByteMonoMs: number;
  #lostWhy: string | null = null;
  #lateReads = 0;
  #wake: () => void = () => undefined;

  constructor(line: ByteLine, clock: Clock) {
    this.#clock = clock;
    this.#lastByteMonoMs = clock.now().monoMs;
    line.listen((chunk) => {
      const all = this.#bytes.length === 0 ? chunk : Buffer.concat([this.#bytes, chunk]);
      this.#bytes = all.subarray(Math.max(0, all.length - BYTES_MAX));
      this.#lastByteMonoMs = clock.now().monoMs;
      this.#wake();
    });
    void line.closed.then((why) => {
      this.#lostWhy = why;
      this.#wake();
    });
  }

  get bytes(): Uint8Array {
    return this.#bytes;
  }

  /** Why the line is gone; null while it stands. */
  get lostWhy(): string | null {
    return this.#lostWhy;
  }

  get quietMs(): number {
    return this.#clock.now().monoMs - this.#lastByteMonoMs;
  }

  keep(rest: Uint8Array): void {
    this.#bytes = rest;
  }

  /** Throws away what is there; returns how much that was. */
  discard(): number {
    const count = this.#bytes.length;
    this.#bytes = new Uint8Array();
    return count;
  }

  /** Waits until something comes, the line is lost, or the time has passed. Each wait lets the rest of the process run. */
  async more(untilMonoMs: number): Promise<"more" | "timeout"> {
    if (this.#lostWhy !== null) return "more";
    const withinMs = untilMonoMs - this.#clock.now().monoMs;
    this.#lateReads = withinMs > 0 ? 0 : this.#lateReads + 1;
    if (this.#lateReads > LATE_READS_MAX) return "timeout";
    const came = await new Promise<"more" | "timeout">((resolve) => {
      const timer = setTimeout(() => resolve("timeout"), Math.max(0, withinMs));
      this.#wake = () => {
        clearTimeout(timer);
        resolve("more");
      };
    });
    if (came === "more") return came;
    // A process that was busy finds the timer due before it has read what came in time.
    const before = this.#lastByteMonoMs;
    const length = this.#bytes.length;
    await new Promise<void>((resolve) => setImmediate(resolve));
    return this.#bytes.length !== length || this.#lastByteMonoMs !== before || this.#lostWhy !== null
      ? "more"
      : "timeout";
  }
}

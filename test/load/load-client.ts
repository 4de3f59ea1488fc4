/** One device of the load generator: a raw socket that counts acknowledgements and knows when each was asked for. */
import { connect, type Socket } from "node:net";
import { loadDeviceId, loadDeviceKey } from "./load-device.ts";
import { connectFrame } from "./mqtt-frames.ts";
import { type ClockDigits, ReadingRing } from "./reading-ring.ts";

const CONNACK_BYTES = 4;
const PUBACK_BYTES = 4;
const PUBACK = 0x40;
/** One for all: what was read is done with before anybody else reads. */
const inbox = Buffer.alloc(64 * 1024);

export type LoadClientParts = {
  readonly device: number;
  readonly port: number;
  readonly window: number;
  readonly clock: ClockDigits;
  readonly onAcknowledged: (client: LoadClient, count: number) => void;
  readonly onFailure: (reason: string) => void;
};

export class LoadClient {
  readonly #parts: LoadClientParts;
  readonly #ring: ReadingRing;
  readonly #sentAtMs: Float64Array;
  readonly #socket: Socket;
  #next = 0;
  #oldest = 0;
  #inFlight = 0;
  /** Bytes of an answer that has not come whole yet. */
  #partial = 0;
  #onConnected: (() => void) | null = null;

  constructor(parts: LoadClientParts) {
    this.#parts = parts;
    this.#ring = new ReadingRing(parts.device, parts.window);
    this.#sentAtMs = new Float64Array(parts.window);
    this.#socket = connect({
      host: "127.0.0.1",
      port: parts.port,
      noDelay: true,
      onread: { buffer: inbox, callback: (bytes) => this.#hear(bytes) },
    });
    this.#socket.on("error", (error) => parts.onFailure(`${loadDeviceId(parts.device)}: ${error.message}`));
    this.#socket.on("close", () => parts.onFailure(`${loadDeviceId(parts.device)}: the server hung up`));
  }

  connected(): Promise<void> {
    const clientId = loadDeviceId(this.#parts.device);
    this.#socket.write(connectFrame({ clientId, password: loadDeviceKey(clientId), isClean: true }));
    return new Promise((resolve) => {
      this.#onConnected = resolve;
    });
  }

  get inFlight(): number {
    return this.#inFlight;
  }

  /** Sends up to `count`; returns how many there was room for. */
  send(count: number, nowMs: number): number {
    const { window, clock } = this.#parts;
    const sent = Math.min(count, window - this.#inFlight);
    for (let left = sent; left > 0; ) {
      const upToEnd = Math.min(left, window - this.#next);
      this.#sentAtMs.fill(nowMs, this.#next, this.#next + upToEnd);
      this.#socket.write(this.#ring.fill(this.#next, upToEnd, clock));
      this.#next = (this.#next + upToEnd) % window;
      left -= upToEnd;
    }
    this.#inFlight += sent;
    return sent;
  }

  /** When the oldest unacknowledged message was sent; asked once for each acknowledgement, in their order. */
  takeSentAtMs(): number {
    const sentAtMs = this.#sentAtMs[this.#oldest] ?? 0;
    this.#oldest = (this.#oldest + 1) % this.#parts.window;
    return sentAtMs;
  }

  close(): void {
    this.#socket.removeAllListeners("close");
    this.#socket.destroy();
  }

  #hear(bytes: number): boolean {
    const isFirst = this.#onConnected !== null;
    if (isFirst) this.#welcome(bytes);
    else {
      // Frames of four bytes: one begins where the last, perhaps unfinished one ends.
      const firstAt = (PUBACK_BYTES - this.#partial) % PUBACK_BYTES;
      if (firstAt < bytes && inbox[firstAt] !== PUBACK)
        this.#parts.onFailure(`expected a PUBACK, got a packet of type 0x${inbox[firstAt]?.toString(16)}`);
      const whole = Math.floor((this.#partial + bytes) / PUBACK_BYTES);
      this.#partial = (this.#partial + bytes) % PUBACK_BYTES;
      this.#inFlight -= whole;
      if (whole > 0) this.#parts.onAcknowledged(this, whole);
    }
    return true;
  }

  #welcome(bytes: number): void {
    if (bytes !== CONNACK_BYTES || inbox[3] !== 0) {
      const said = inbox.toString("hex", 0, Math.min(bytes, 16));
      this.#parts.onFailure(`expected a CONNACK that accepts, got ${said}`);
      return;
    }
    const resolve = this.#onConnected;
    this.#onConnected = null;
    resolve?.();
  }
}

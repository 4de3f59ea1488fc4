/**
 * A device that does what MQTT asks of it and forgets nothing: it keeps each message until it is acknowledged, and after
 * every break sends again, in order and marked as repeated, what was not. It knows which readings were acknowledged.
 */
import type { Duplex } from "node:stream";
import { connectFrame, frame, publishFrame, uint16 } from "../../load/mqtt-frames.ts";

const CONNACK = 0x20;
const PUBACK = 0x40;
const PUBREC = 0x50;
const PUBREL = 0x62;
const PUBCOMP = 0x70;
/** Every packet that a server answers here with: a header and two bytes. */
const ANSWER_BYTES = 4;
const COMES_BACK_AFTER_MS = 50;
const PACKET_ID_MAX = 65_535;

export type RememberingParts = {
  readonly deviceId: string;
  readonly key: string;
  readonly qos: 1 | 2;
  readonly topic: string;
  /** The nth message, from 1. */
  readonly payload: (n: number) => Buffer;
  readonly window: number;
  /** Until the next message is made. */
  readonly pauseMs: () => number;
  readonly open: () => Duplex;
};

type InFlight = { readonly n: number; readonly payload: Buffer; isReceived: boolean };

export class RememberingDevice {
  readonly deviceId: string;
  readonly #parts: RememberingParts;
  /** By packet id, oldest first. */
  readonly #inFlight = new Map<number, InFlight>();
  readonly #acknowledged = new Set<number>();
  #made = 0;
  #nextPacketId = 1;
  #stream: Duplex | null = null;
  #isConnected = false;
  #isMaking = true;
  #isClosed = false;
  #repeats = 0;

  constructor(parts: RememberingParts) {
    this.#parts = parts;
    this.deviceId = parts.deviceId;
    this.#connect();
    this.#make();
  }

  /** Messages 1 to this were sent, or were about to be. */
  get made(): number {
    return this.#made;
  }

  /** At QoS 2 a message is the server's from PUBREC on. */
  get acknowledged(): ReadonlySet<number> {
    return this.#acknowledged;
  }

  get repeats(): number {
    return this.#repeats;
  }

  get unacknowledged(): number {
    return this.#inFlight.size;
  }

  /** Makes nothing new, and goes on until everything is acknowledged. */
  stopMaking(): void {
    this.#isMaking = false;
  }

  close(): void {
    this.#isClosed = true;
    this.#isMaking = false;
    this.#stream?.destroy();
  }

  #make(): void {
    if (!this.#isMaking) return;
    if (this.#isConnected && this.#inFlight.size < this.#parts.window) {
      this.#made += 1;
      const message = { n: this.#made, payload: this.#parts.payload(this.#made), isReceived: false };
      const packetId = this.#takePacketId();
      this.#inFlight.set(packetId, message);
      this.#publish(packetId, message, false);
    }
    setTimeout(() => this.#make(), this.#parts.pauseMs());
  }

  #takePacketId(): number {
    const packetId = this.#nextPacketId;
    this.#nextPacketId = packetId === PACKET_ID_MAX ? 1 : packetId + 1;
    return packetId;
  }

  #publish(packetId: number, { payload }: InFlight, isRepeat: boolean): void {
    const { topic, qos } = this.#parts;
    this.#stream?.write(publishFrame({ topic, payload, qos, packetId, isRepeat }));
  }

  #connect(): void {
    if (this.#isClosed) return;
    const stream = this.#parts.open();
    this.#stream = stream;
    let heard = Buffer.alloc(0);
    stream.on("data", (chunk: Buffer) => {
      heard = Buffer.concat([heard, chunk]);
      for (; heard.length >= ANSWER_BYTES; heard = heard.subarray(ANSWER_BYTES))
        this.#hear(heard[0] ?? 0, heard.readUInt16BE(2));
    });
    stream.on("error", () => undefined);
    // A WebSocket's stream that still has something to write would wait for ever.
    stream.once("end", () => stream.destroy());
    stream.once("close", () => {
      this.#isConnected = false;
      setTimeout(() => this.#connect(), COMES_BACK_AFTER_MS);
    });
    const { deviceId: clientId, key: password } = this.#parts;
    stream.write(connectFrame({ clientId, password, isClean: false }));
  }

  #hear(header: number, packetId: number): void {
    if (header === CONNACK) {
      this.#isConnected = true;
      for (const [id, message] of this.#inFlight) {
        this.#repeats += 1;
        if (message.isReceived) this.#release(id);
        else this.#publish(id, message, true);
      }
      return;
    }
    const message = this.#inFlight.get(packetId);
    if (header === PUBREC) {
      if (message !== undefined) {
        message.isReceived = true;
        this.#acknowledged.add(message.n);
      }
      this.#release(packetId);
      return;
    }
    if (header !== PUBACK && header !== PUBCOMP)
      throw new Error(`${this.deviceId} expected an acknowledgement, got a packet of type ${header}`);
    if (message !== undefined) this.#acknowledged.add(message.n);
    this.#inFlight.delete(packetId);
  }

  #release(packetId: number): void {
    this.#stream?.write(frame(PUBREL, [uint16(packetId)]));
  }
}

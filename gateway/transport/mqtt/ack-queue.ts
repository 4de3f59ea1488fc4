/**
 * The acknowledgements that one connection owes, in the order in which its publishes came: a publish that is done waits
 * for those before it. What has no packet id (QoS 0) may stand in it too, takes a place, and is answered with nothing.
 */
import { UNANSWERED_MAX } from "./limits.ts";

const DONE = 0;
/** Waits for the ingest, which tells of its messages in the order in which it took them. */
const WAITS_TO_BE_KEPT = 1;
/** Waits for somebody who will name it. */
const WAITS_FOR_ITS_NUMBER = 2;

const MASK = UNANSWERED_MAX - 1;
export const ACK_BYTES = 4;
const PUBACK = 0x40;

export class AckQueue {
  readonly #packetIds = new Uint16Array(UNANSWERED_MAX);
  readonly #states = new Uint8Array(UNANSWERED_MAX);
  /** Numbers count up for ever; a place is a number's last eight bits. */
  #head = 0;
  #tail = 0;
  #oldestNotKept = 0;

  get isFull(): boolean {
    return this.#tail - this.#head === UNANSWERED_MAX;
  }

  /** One that the ingest has taken; `kept` will tell of it. */
  addTaken(packetId: number): void {
    this.#add(packetId, WAITS_TO_BE_KEPT);
  }

  /** Returns the number by which `done` will tell of it. */
  add(packetId: number): number {
    return this.#add(packetId, WAITS_FOR_ITS_NUMBER);
  }

  /** The oldest of those that the ingest has taken. */
  kept(): void {
    let number = Math.max(this.#oldestNotKept, this.#head);
    while (this.#states[number & MASK] !== WAITS_TO_BE_KEPT) number += 1;
    this.#states[number & MASK] = DONE;
    this.#oldestNotKept = number + 1;
  }

  done(number: number): void {
    this.#states[number & MASK] = DONE;
  }

  /** The PUBACKs of all that may be answered now, one behind the other; null where there is none. */
  take(): Buffer | null {
    const from = this.#head;
    let due = 0;
    while (this.#head < this.#tail && this.#states[this.#head & MASK] === DONE) {
      if (this.#packetIds[this.#head & MASK] !== 0) due += 1;
      this.#head += 1;
    }
    if (due === 0) return null;
    const acks = Buffer.allocUnsafe(due * ACK_BYTES);
    let at = 0;
    for (let number = from; number < this.#head; number++) {
      const packetId = this.#packetIds[number & MASK] ?? 0;
      if (packetId === 0) continue;
      acks[at] = PUBACK;
      acks[at + 1] = 2;
      acks[at + 2] = packetId >> 8;
      acks[at + 3] = packetId & 0xff;
      at += ACK_BYTES;
    }
    return acks;
  }

  #add(packetId: number, state: number): number {
    const number = this.#tail;
    this.#packetIds[number & MASK] = packetId;
    this.#states[number & MASK] = state;
    this.#tail += 1;
    return number;
  }
}

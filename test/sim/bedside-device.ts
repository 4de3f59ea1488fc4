/** A smart bed with a memory: what was not acknowledged is sent again, in order, before anything new. */

import type { RawMessage } from "../../gateway/ingest/raw-message.ts";
import { RECENT_MS } from "../../gateway/journal/prune.ts";
import type { Moment } from "../../gateway/moment.ts";
import { pack, type SenmlRecord } from "../support/messages.ts";

type Sent = {
  readonly packetId: number;
  readonly records: readonly SenmlRecord[];
  readonly token: number | null;
};

export class BedsideDevice {
  readonly deviceId: string;
  #packetId = 0;
  /** Sent and not acknowledged yet, oldest first. */
  #open: Sent[] = [];
  #last: Sent | null = null;
  #lastAtMs = 0;
  readonly #wasSent = new Set<number>();

  constructor(deviceId: string) {
    this.deviceId = deviceId;
  }

  /** `token` marks the message, so that it can be found again wherever it went. */
  say(records: readonly SenmlRecord[], token: number | null, { atMs }: Moment): void {
    this.#lastAtMs = atMs;
    this.#packetId += 1;
    this.#last = { packetId: this.#packetId, records, token };
    this.#open.push(this.#last);
  }

  /**
   * Its newest message once more, though it was acknowledged: the acknowledgement came too late for it. Within ten
   * minutes, as the gateway asks of its devices: what comes again later than that counts as new.
   */
  repeatLast({ atMs }: Moment): void {
    const isYoung = atMs - this.#lastAtMs < RECENT_MS;
    if (this.#last !== null && isYoung && !this.#open.includes(this.#last)) this.#open.push(this.#last);
  }

  get waits(): boolean {
    return this.#open.length > 0;
  }

  /** All that is open; what was sent before says so. */
  send(received: Moment): RawMessage[] {
    return this.#open.map(({ packetId, records }) => {
      const isRepeat = this.#wasSent.has(packetId);
      this.#wasSent.add(packetId);
      return pack(received, records, { deviceId: this.deviceId, packetId, isRepeat });
    });
  }

  /** Every open message is acknowledged; returns their tokens. */
  acknowledged(): number[] {
    const tokens = this.#open.flatMap(({ token }) => (token === null ? [] : [token]));
    this.#open = [];
    return tokens;
  }
}

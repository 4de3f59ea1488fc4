/** What all connections of the broker share: what they hold, who is due an acknowledgement, who waits for room. */
import type { PublishPacket } from "aedes";
import type { DeviceId } from "../../../contracts/wire/ids.ts";
import type { ProblemCounts } from "../../ingest/problem-counts.ts";
import type { Ingest } from "../../ingest/raw-message.ts";
import type { Clock } from "../../moment.ts";
import type { BrokerCounters, Tally } from "./broker-counters.ts";
import { HELD_BYTES_MAX } from "./limits.ts";

/** Then what came meanwhile is read and goes to the disk: a thousand connections take tens of milliseconds to be told. */
const TOLD_AT_ONCE_MAX = 128;

/** A connection, as the hall deals with it. */
export type Guest = {
  readonly isPaused: boolean;
  acknowledge(): void;
  roomIsThere(): void;
  sweep(nowMonoMs: number): void;
};

export type HallParts = {
  readonly clock: Clock;
  readonly ingest: Ingest;
  readonly tally: Tally;
  readonly strangers: ProblemCounts;
  readonly problemsOf: (deviceId: DeviceId) => ProblemCounts;
  /** Tells whoever has subscribed to it; calls back once that is done, and kept where it is to be retained. */
  readonly tell: (packet: PublishPacket, done: (error?: Error) => void) => void;
};

export class Hall {
  readonly clock: Clock;
  readonly ingest: Ingest;
  readonly tally: Tally;
  readonly tell: HallParts["tell"];
  readonly #parts: HallParts;
  readonly #guests = new Set<Guest>();
  readonly #wantRoom = new Set<Guest>();
  #due: Guest[] = [];
  /** How many of those have been told. */
  #told = 0;

  constructor(parts: HallParts) {
    this.#parts = parts;
    this.clock = parts.clock;
    this.ingest = parts.ingest;
    this.tally = parts.tally;
    this.tell = parts.tell;
  }

  /** Null: of somebody who is no device, or not yet. */
  problemsOf(deviceId: DeviceId | null): ProblemCounts {
    return deviceId === null ? this.#parts.strangers : this.#parts.problemsOf(deviceId);
  }

  enter(guest: Guest): void {
    this.#guests.add(guest);
  }

  leave(guest: Guest): void {
    this.#guests.delete(guest);
    this.#wantRoom.delete(guest);
  }

  /** Whether all together may hold so many bytes more (or fewer). */
  hold(moreBytes: number): boolean {
    this.tally.heldBytes += moreBytes;
    return moreBytes <= 0 || this.tally.heldBytes <= HELD_BYTES_MAX;
  }

  /**
   * It has something to acknowledge, or will read on. The ingest tells of hundreds of messages in one go; what is due by
   * the end of it is written at once.
   */
  owes(guest: Guest): void {
    if (this.#due.length === 0) process.nextTick(this.#acknowledge);
    this.#due.push(guest);
  }

  /** Reads on when the disk has caught up. */
  wantsRoom(guest: Guest): void {
    if (this.#wantRoom.size === 0) this.ingest.onRoom(() => this.#roomIsThere());
    this.#wantRoom.add(guest);
  }

  sweep(nowMonoMs: number): void {
    for (const guest of this.#guests) guest.sweep(nowMonoMs);
  }

  counters(): BrokerCounters {
    let paused = 0;
    for (const guest of this.#guests) if (guest.isPaused) paused += 1;
    return this.tally.read(paused);
  }

  readonly #acknowledge = (): void => {
    const due = this.#due;
    const until = Math.min(due.length, this.#told + TOLD_AT_ONCE_MAX);
    while (this.#told < until) due[this.#told++]?.acknowledge();
    if (this.#told < due.length) {
      setImmediate(this.#acknowledge);
      return;
    }
    this.#due = [];
    this.#told = 0;
  };

  /** Those that waited longest first; whoever finds it full again waits on. */
  #roomIsThere(): void {
    const waiting = [...this.#wantRoom];
    this.#wantRoom.clear();
    for (const guest of waiting) {
      if (this.ingest.isFull) this.wantsRoom(guest);
      else guest.roomIsThere();
    }
  }
}

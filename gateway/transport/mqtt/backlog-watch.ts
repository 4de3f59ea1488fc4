/**
 * A broker that keeps messages while the gateway is away delivers them on return, in one go and without a time. Whether
 * such a message is news cannot be read from it; it shows only in how it comes. A device counts as heard live once a message
 * of its own came after a pause in the queue, and at its pace after the one before; a first message has no pace, and needs a
 * longer pause instead. The pause is reckoned from the last message that may have been the queue's. The first of all always
 * may; what is heard live is not, so that others that speak right after it are not held back by it.
 */
import type { DeviceId } from "../../../contracts/wire/ids.ts";

/** A queue is sent as fast as it is acknowledged; a pause as long as this before a message means that it was empty. */
const PAUSE_MS = 25;
/** No broker and no busy process stops for so long in the middle of a queue. */
const PAUSE_BEFORE_FIRST_MS = 2_000;
/** Of its interval, that must lie between two messages of a device, so that they are its pace and not the queue's. */
const PACE_SHARE = 0.5;

export class BacklogWatch {
  readonly #live = new Set<DeviceId>();
  readonly #heardMonoMs = new Map<DeviceId, number>();
  /** When the last one that may have been the queue's was acknowledged; null before the first. */
  #queueMonoMs: number | null = null;
  #mayBeOfQueue = true;

  /** Whether a message that has just come may have been waiting in the broker. */
  mayBeOld(deviceId: DeviceId, expectedIntervalMs: number, nowMonoMs: number): boolean {
    this.#mayBeOfQueue =
      !this.#live.has(deviceId) && !this.#isHeardLive(deviceId, expectedIntervalMs, nowMonoMs);
    if (!this.#mayBeOfQueue) this.#live.add(deviceId);
    this.#heardMonoMs.set(deviceId, nowMonoMs);
    return this.#mayBeOfQueue;
  }

  /** The broker may send the next one from now on. */
  acknowledged(nowMonoMs: number): void {
    if (this.#mayBeOfQueue) this.#queueMonoMs = nowMonoMs;
  }

  #isHeardLive(deviceId: DeviceId, expectedIntervalMs: number, nowMonoMs: number): boolean {
    if (this.#queueMonoMs === null) return false;
    const pauseMs = nowMonoMs - this.#queueMonoMs;
    const before = this.#heardMonoMs.get(deviceId);
    if (before === undefined) return pauseMs >= PAUSE_BEFORE_FIRST_MS;
    return pauseMs >= PAUSE_MS && nowMonoMs - before >= PACE_SHARE * expectedIntervalMs;
  }
}

/**
 * A broker that keeps messages while the gateway is away delivers them on return, in one go and without a time. Whether
 * such a message is news cannot be read from it; it shows only in how it comes. A device counts as heard live once the
 * flow has paused, and either its message came at its own pace after the one before, or the queue must have been over.
 */
import type { DeviceId } from "../../../contracts/wire/ids.ts";

/** A queue is sent as fast as it is acknowledged; a pause as long as this means that it is empty. */
const PAUSE_MS = 25;
/** A queue begins with the connection. What a device says first after this was not in it, if there was a pause. */
const QUEUE_BEGINS_WITHIN_MS = 2_000;
/** Of its interval, that must lie between two messages of a device, so that they are its pace and not the queue's. */
const PACE_SHARE = 0.5;

export class BacklogWatch {
  readonly #connectedMonoMs: number;
  readonly #live = new Set<DeviceId>();
  readonly #heardMonoMs = new Map<DeviceId, number>();
  #acknowledgedMonoMs: number | null = null;
  #hasPaused = false;

  constructor(connectedMonoMs: number) {
    this.#connectedMonoMs = connectedMonoMs;
  }

  /** Whether a message that has just come may have been waiting in the broker. */
  mayBeOld(deviceId: DeviceId, expectedIntervalMs: number, nowMonoMs: number): boolean {
    const idleMs = nowMonoMs - (this.#acknowledgedMonoMs ?? this.#connectedMonoMs);
    if (idleMs >= PAUSE_MS) this.#hasPaused = true;
    if (this.#live.has(deviceId)) return false;
    const before = this.#heardMonoMs.get(deviceId);
    this.#heardMonoMs.set(deviceId, nowMonoMs);
    const isAtItsPace =
      before === undefined
        ? nowMonoMs - this.#connectedMonoMs >= QUEUE_BEGINS_WITHIN_MS
        : nowMonoMs - before >= PACE_SHARE * expectedIntervalMs;
    if (!this.#hasPaused || !isAtItsPace) return true;
    this.#live.add(deviceId);
    return false;
  }

  /** The broker may send the next one from now on. */
  acknowledged(nowMonoMs: number): void {
    this.#acknowledgedMonoMs = nowMonoMs;
  }
}

/**
 * One device's PUBLISH frames, made once: a slot for each that may be in flight, one behind the other, so that several
 * go out in one write. Only the digits of time and value change, so that every message is a reading of its own.
 */
import { loadDeviceId, readingsTopic } from "./load-device.ts";
import { publishFrame } from "./mqtt-frames.ts";

const TIME_SHAPE = "1000000000.000";
/** 70 to 79.999 kg: somebody lies in the bed, whatever the digits behind are. */
const VALUE_SHAPE = "70.000";
const VALUES = 10_000;
const ZERO = 48;

/** The clock's digits, written once a millisecond and copied into each frame from here. */
export class ClockDigits {
  readonly bytes = Buffer.from(TIME_SHAPE);
  #atMs = 0;

  refresh(nowMs: number): void {
    if (nowMs === this.#atMs) return;
    this.#atMs = nowMs;
    this.bytes.write(`${(nowMs / 1_000).toFixed(3)}`, "latin1");
  }
}

export class ReadingRing {
  readonly #bytes: Buffer;
  readonly #frameBytes: number;
  readonly #timeAt: number;
  readonly #valueAt: number;
  #count = 0;

  constructor(device: number, slots: number) {
    const deviceId = loadDeviceId(device);
    const payload = `[{"bn":"urn:dev:ops:32473-${deviceId}:","bt":${TIME_SHAPE},"n":"load","u":"kg","v":${VALUE_SHAPE}}]`;
    const frames = Array.from({ length: slots }, (_, slot) =>
      publishFrame({
        topic: readingsTopic(deviceId),
        payload: Buffer.from(payload),
        qos: 1,
        packetId: slot + 1,
      }),
    );
    this.#bytes = Buffer.concat(frames);
    this.#frameBytes = frames[0]?.length ?? 0;
    const payloadAt = this.#frameBytes - payload.length;
    this.#timeAt = payloadAt + payload.indexOf(TIME_SHAPE);
    this.#valueAt = payloadAt + payload.indexOf(VALUE_SHAPE);
  }

  /** The frames of `count` slots from `slot` on, each with the clock's time and a value that it did not have yet. */
  fill(slot: number, count: number, clock: ClockDigits): Buffer {
    const bytes = this.#bytes;
    for (let n = slot; n < slot + count; n++) {
      const at = n * this.#frameBytes;
      bytes.set(clock.bytes, at + this.#timeAt);
      const value = this.#count;
      this.#count = value + 1 === VALUES ? 0 : value + 1;
      const valueAt = at + this.#valueAt;
      bytes[valueAt + 1] = ZERO + ((value / 1_000) | 0);
      bytes[valueAt + 3] = ZERO + (((value / 100) | 0) % 10);
      bytes[valueAt + 4] = ZERO + (((value / 10) | 0) % 10);
      bytes[valueAt + 5] = ZERO + (value % 10);
    }
    return bytes.subarray(slot * this.#frameBytes, (slot + count) * this.#frameBytes);
  }
}

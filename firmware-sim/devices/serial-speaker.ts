/** What all serial devices have in common: they speak in a rhythm, whoever listens. */
import { chanceFor } from "../ward-day/chance.ts";
import { realTimeAt } from "../ward-day/ward-clock.ts";
import { createBeat } from "./beat.ts";
import type { SerialDevice } from "./device-model.ts";
import { feltAt, type Surroundings } from "./surroundings.ts";

export type Speaker = {
  readonly deviceId: string;
  /** In the device's own, that is real time. */
  readonly everyMs: number;
  /** What it says: what is felt at one moment, said at another, both the same unless it is frozen. */
  readonly speak: (feltAtMs: number, realMs: number) => Buffer;
};

/** A loose ground: at 9600 baud about a thousand bytes a second, all with the highest bit set. */
const babbledBytesPerMs = 0.96;

export function createSerialSpeaker(
  { deviceId, everyMs, speak }: Speaker,
  { pace, seed, speaksFromMs, faultAt }: Surroundings,
): SerialDevice {
  const chance = chanceFor(seed, "serial", deviceId);
  const beat = createBeat({ everyMs: everyMs * pace.speed, phase: chance(), afterMs: speaksFromMs });
  const noise = () =>
    Buffer.from(
      Array.from(
        { length: Math.ceil(everyMs * babbledBytesPerMs) },
        () => 0x80 + Math.floor(chance() * 0x80),
      ),
    );
  return {
    deviceId,
    kind: "serial",
    bytesUntil: (wardTimeMs) =>
      beat.dueUntil(wardTimeMs).flatMap((atMs) => {
        const fault = faultAt(deviceId, atMs);
        if (fault?.kind === "dead") return [];
        if (fault?.kind === "babbling") return [{ bytes: noise(), atMs }];
        return [{ bytes: speak(feltAt(fault, atMs), realTimeAt(pace, atMs)), atMs }];
      }),
  };
}

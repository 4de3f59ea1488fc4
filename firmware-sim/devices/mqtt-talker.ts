/** What all MQTT devices have in common: they feel in one rhythm, report in another, and at once where something changed. */
import { chanceFor } from "../ward-day/chance.ts";
import { realTimeAt } from "../ward-day/ward-clock.ts";
import { createBeat } from "./beat.ts";
import type { MqttDevice, MqttMessage } from "./device-model.ts";
import { feltAt, type Surroundings } from "./surroundings.ts";

export type Talker<Signals> = {
  readonly deviceId: string;
  readonly topic: string;
  /** In the device's own, that is real time. */
  readonly feelsEveryMs: number;
  /** Every so many times it reports, whether or not anything changed. */
  readonly reportsEvery: number;
  readonly feel: (wardTimeMs: number) => Signals;
  readonly saysMore: (before: Signals | undefined, after: Signals) => boolean;
  readonly write: (signals: Signals, clockMs: number) => string;
};

const babbledPerBeat = 10;
const babbledBytes = 64;

export function createMqttTalker<Signals>(talker: Talker<Signals>, surroundings: Surroundings): MqttDevice {
  const { deviceId, topic, feelsEveryMs, reportsEvery, feel, saysMore, write } = talker;
  const { pace, seed, speaksFromMs, faultAt } = surroundings;
  const chance = chanceFor(seed, "mqtt", deviceId);
  const everyMs = feelsEveryMs * pace.speed;
  const beat = createBeat({ everyMs, phase: chance(), afterMs: speaksFromMs });
  let said: Signals | undefined;
  let beatsUntilReport = Math.floor(chance() * reportsEvery);

  const speakAt = (atMs: number): MqttMessage[] => {
    const fault = faultAt(deviceId, atMs);
    if (fault?.kind === "dead") return [];
    if (fault?.kind === "babbling") {
      return Array.from({ length: babbledPerBeat }, (_, place) => ({
        topic,
        payload: Buffer.from(Array.from({ length: babbledBytes }, () => Math.floor(chance() * 256))),
        atMs: atMs + (place * everyMs) / babbledPerBeat,
      }));
    }
    const signals = feel(feltAt(fault, atMs));
    if (beatsUntilReport > 0 && !saysMore(said, signals)) {
      beatsUntilReport -= 1;
      return [];
    }
    said = signals;
    beatsUntilReport = reportsEvery - 1;
    const clockMs = Math.round(realTimeAt(pace, atMs));
    return [{ topic, payload: Buffer.from(write(signals, clockMs)), atMs }];
  };
  return {
    deviceId,
    kind: "mqtt",
    messagesUntil: (wardTimeMs) => beat.dueUntil(wardTimeMs).flatMap(speakAt),
  };
}

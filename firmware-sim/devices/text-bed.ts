/**
 * A bed that writes every value as text, says in its own way that its time is UTC, and writes -100 for "no value":
 *
 *   {"sent":"24.11.2024 22:13:20 UTC","bed":{"occupied":"yes","weight":"71.4"},"heart":"64","breath":"-100"}
 *
 * It feels heart and breath through the mattress, and needs a while after somebody lay down.
 */
import { lyingPatientOf } from "../ward-day/bed-truth.ts";
import { between, chanceAtFor, chanceFor } from "../ward-day/chance.ts";
import { realTimeAt } from "../ward-day/ward-clock.ts";
import type { DeviceOf } from "../ward-file.ts";
import type { MqttDevice } from "./device-model.ts";
import { createMqttTalker } from "./mqtt-talker.ts";
import { patientsRowAt, type Recordings } from "./patients-recording.ts";
import type { Surroundings } from "./surroundings.ts";

export type TextBedSignals = {
  readonly occupied: boolean;
  readonly weightKg: number;
  readonly heartPerMin: number | null;
  readonly breathPerMin: number | null;
};

const occupiedAboveKg = 30;
const scaleNoiseKg = 0.3;
const feelsHeartAfterMs = 20_000;

export function createTextBed(
  device: DeviceOf<"bed-text-json">,
  surroundings: Surroundings,
  recordings: Recordings,
): MqttDevice {
  const { id: deviceId, bed: bedId, mqtt } = device;
  const { ward, seed, pace } = surroundings;
  const noise = chanceAtFor(seed, "text-bed", deviceId);
  const linenKg = between(chanceFor(seed, "text-bed-linen", deviceId), 0.4, 1.3);
  const feel = (atMs: number): TextBedSignals => {
    const { truth, sinceMs, handledKg } = ward.bedAt(bedId, atMs);
    const patient = lyingPatientOf(truth);
    const weightKg =
      (patient?.weightKg ?? 0) + handledKg + linenKg + scaleNoiseKg * (2 * noise(Math.floor(atMs)) - 1);
    const lyingMs = (atMs - sinceMs) / pace.speed;
    const felt = patient !== undefined && lyingMs >= feelsHeartAfterMs ? patient : undefined;
    return {
      occupied: weightKg > occupiedAboveKg,
      weightKg,
      heartPerMin: felt ? patientsRowAt(recordings, felt, realTimeAt(pace, atMs)).pulsePerMin : null,
      breathPerMin: felt ? Math.round(12 + 6 * noise(Math.floor(atMs / 30_000))) : null,
    };
  };
  return createMqttTalker(
    {
      deviceId,
      topic: `beds/${mqtt.name ?? deviceId}/state`,
      feelsEveryMs: 5_000,
      reportsEvery: 1,
      feel,
      saysMore: () => false,
      write: textBedMessage,
    },
    surroundings,
  );
}

export function textBedMessage(signals: TextBedSignals, clockMs: number): string {
  const { occupied, weightKg, heartPerMin, breathPerMin } = signals;
  const [date = "", time = ""] = new Date(clockMs).toISOString().split("T");
  const orNone = (value: number | null) => (value === null ? "-100" : value.toFixed(0));
  return JSON.stringify({
    sent: `${date.split("-").reverse().join(".")} ${time.slice(0, 8)} UTC`,
    bed: { occupied: occupied ? "yes" : "no", weight: weightKg.toFixed(1) },
    heart: orNone(heartPerMin),
    breath: orNone(breathPerMin),
  });
}

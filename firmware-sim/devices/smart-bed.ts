import { between, chanceAtFor, chanceFor } from "../ward-day/chance.ts";
import { realTimeAt } from "../ward-day/ward-clock.ts";
import type { DeviceOf } from "../ward-file.ts";
import { bedSignals, saysMore } from "./bed-signals.ts";
import type { MqttDevice } from "./device-model.ts";
import { createMqttTalker } from "./mqtt-talker.ts";
import { senmlPack } from "./senml-pack.ts";
import type { Surroundings } from "./surroundings.ts";

/** A bed on the mains keeps its battery between these, up and down once in six hours. */
const batteryPct = { min: 80, max: 100 } as const;
const batteryCycleMs = 6 * 60 * 60_000;
const scaleNoiseKg = 0.2;

/** Weighs every second, reports every five and whenever a sensor or button changes. Its clock is the network's, and right. */
export function createSmartBed(device: DeviceOf<"smart-bed-senml">, surroundings: Surroundings): MqttDevice {
  const { id: deviceId, bed: bedId } = device;
  const { ward, seed, pace } = surroundings;
  const chance = chanceFor(seed, "smart-bed", deviceId);
  const noise = chanceAtFor(seed, "smart-bed-scale", deviceId);
  const linenKg = between(chance, 0.4, 1.3);
  const batteryPhase = chance();
  return createMqttTalker(
    {
      deviceId,
      topic: `devices/${deviceId}/readings`,
      feelsEveryMs: 1_000,
      reportsEvery: 5,
      feel: (atMs) => {
        const { truth, handledKg } = ward.bedAt(bedId, atMs);
        return bedSignals({
          truth,
          otherKg: linenKg + handledKg,
          scaleNoiseKg: scaleNoiseKg * (2 * noise(Math.floor(atMs)) - 1),
          batteryPct: batteryAt(batteryPhase + realTimeAt(pace, atMs) / batteryCycleMs),
        });
      },
      saysMore,
      write: (signals, clockMs) => JSON.stringify(senmlPack(deviceId, signals, clockMs)),
    },
    surroundings,
  );
}

/** A triangle: down for half of the cycle, up for the other half. */
function batteryAt(cycles: number): number {
  const full = Math.abs(2 * (cycles % 1) - 1);
  return Math.round(batteryPct.min + (batteryPct.max - batteryPct.min) * full);
}

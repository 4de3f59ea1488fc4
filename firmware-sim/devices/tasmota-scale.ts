/**
 * A bed scale on Tasmota with an HX711 (arendst/Tasmota, xsns_34_hx711.ino, function HxShow): on tele/<name>/SENSOR
 *
 *   {"Time":"2023-09-04T19:03:57","HX711":{"Weight":71.4,"WeightRaw":8568,"AbsRaw":-137991}}
 *
 * Weight in kilograms with the decimals of `WeightRes`, never below zero; the time is local and names no zone.
 */
import { between, chanceAtFor, chanceFor } from "../ward-day/chance.ts";
import type { DeviceOf } from "../ward-file.ts";
import { bedLoadAt } from "./bed-load.ts";
import type { MqttDevice } from "./device-model.ts";
import { createMqttTalker } from "./mqtt-talker.ts";
import type { Surroundings } from "./surroundings.ts";

/** `TelePeriod 10`, the shortest that Tasmota knows. */
const telePeriodMs = 10_000;
const scaleNoiseKg = 0.1;
const rawPerKg = 120;

export function createTasmotaScale(
  device: DeviceOf<"tasmota-hx711">,
  surroundings: Surroundings,
): MqttDevice {
  const { id: deviceId, bed: bedId, mqtt } = device;
  const { ward, seed } = surroundings;
  const chance = chanceFor(seed, "tasmota", deviceId);
  const noise = chanceAtFor(seed, "tasmota-scale", deviceId);
  const linenKg = between(chance, 0.4, 1.3);
  const emptyRaw = Math.round(between(chance, -140_000, -120_000));
  const zoneMs = 60 * 60_000;
  return createMqttTalker(
    {
      deviceId,
      topic: `tele/${mqtt.name ?? deviceId}/SENSOR`,
      feelsEveryMs: telePeriodMs,
      reportsEvery: 1,
      feel: (atMs) => {
        const { patientKg, handledKg } = bedLoadAt(ward, bedId, atMs);
        return patientKg + handledKg + linenKg + scaleNoiseKg * (2 * noise(Math.floor(atMs)) - 1);
      },
      saysMore: () => false,
      write: (loadKg, clockMs) => tasmotaMessage({ loadKg, emptyRaw, localMs: clockMs + zoneMs }),
    },
    surroundings,
  );
}

export type TasmotaState = { readonly loadKg: number; readonly emptyRaw: number; readonly localMs: number };

export function tasmotaMessage({ loadKg, emptyRaw, localMs }: TasmotaState): string {
  const weight = Math.max(0, loadKg).toFixed(1);
  const raw = Math.round(loadKg * rawPerKg);
  const time = new Date(localMs).toISOString().slice(0, 19);
  return `{"Time":"${time}","HX711":{"Weight":${weight},"WeightRaw":${raw},"AbsRaw":${emptyRaw + raw}}}`;
}

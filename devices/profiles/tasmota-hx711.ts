import type { JsonProfile } from "../profile.ts";

/**
 * A bed scale on Tasmota: HX711 amplifier, load cells under the legs, an ESP board. Its `Time` has no zone and is never
 * used. Set `TelePeriod 10`, and the tare once with `Sensor34 10`: left to itself it tares at every start, with whoever
 * lies there. It never says less than 0 kg.
 */
export const tasmotaHx711 = {
  model: "tasmota-hx711",
  source:
    "arendst/Tasmota: tasmota_xsns_sensor/xsns_34_hx711.ino for names and units, messages as printed in its issue 19457",
  protocol: "mqtt-json",
  expectedIntervalMs: 10_000,
  topic: "tele/{device}/SENSOR",
  time: null,
  fields: [{ metric: "load", path: "HX711.Weight", type: "number" }],
} as const satisfies JsonProfile;

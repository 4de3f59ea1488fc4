import { expect, test } from "vitest";
import { tasmotaMessage } from "../../../firmware-sim/devices/tasmota-scale.ts";
import { textBedMessage } from "../../../firmware-sim/devices/text-bed.ts";

const atMs = Date.UTC(2024, 10, 24, 22, 13, 20);

// The shape is the one printed in arendst/Tasmota issue 19457: Time without a zone, HX711 with Weight, WeightRaw, AbsRaw.
test.each([
  [
    71.43,
    -137_991,
    '{"Time":"2024-11-24T22:13:20","HX711":{"Weight":71.4,"WeightRaw":8572,"AbsRaw":-129419}}',
  ],
  [0.5, -137_991, '{"Time":"2024-11-24T22:13:20","HX711":{"Weight":0.5,"WeightRaw":60,"AbsRaw":-137931}}'],
  [-0.2, -120_000, '{"Time":"2024-11-24T22:13:20","HX711":{"Weight":0.0,"WeightRaw":-24,"AbsRaw":-120024}}'],
])("a scale on Tasmota that carries %d kg", (loadKg, emptyRaw, message) =>
  expect(tasmotaMessage({ loadKg, emptyRaw, localMs: atMs })).toBe(message),
);

test.each([
  [
    "somebody lies in it",
    { occupied: true, weightKg: 71.4, heartPerMin: 64, breathPerMin: 14 },
    '{"sent":"24.11.2024 22:13:20 UTC","bed":{"occupied":"yes","weight":"71.4"},"heart":"64","breath":"14"}',
  ],
  [
    "nobody does",
    { occupied: false, weightKg: 0.8, heartPerMin: null, breathPerMin: null },
    '{"sent":"24.11.2024 22:13:20 UTC","bed":{"occupied":"no","weight":"0.8"},"heart":"-100","breath":"-100"}',
  ],
])("a bed that writes text, and %s", (_name, signals, message) =>
  expect(textBedMessage(signals, atMs)).toBe(message),
);

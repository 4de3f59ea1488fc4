import { expect, test } from "vitest";
import { senmlPack } from "../../../firmware-sim/devices/senml-pack.ts";

// Written by hand after RFC 8428 and the units of its registry.
const occupied =
  '[{"bn":"urn:dev:ops:32473-north-smart-bed-12:","bt":1732400000.25,"n":"occupancy","vb":true},' +
  '{"n":"load","u":"kg","v":71.4},{"n":"side-rail","vb":true},{"n":"bed-brake","vb":true},' +
  '{"n":"battery","u":"%EL","v":93},{"n":"cleaning","vb":false}]';

test("an occupied bed's pack, to the character", () => {
  const signals = {
    occupancy: true,
    loadKg: 71.4,
    sideRailUp: true,
    brakeLocked: true,
    batteryPct: 93,
    cleaning: false,
  };
  expect(JSON.stringify(senmlPack("north-smart-bed-12", signals, 1_732_400_000_250))).toBe(occupied);
});

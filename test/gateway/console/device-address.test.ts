import { expect, test } from "vitest";
import { deviceAddress } from "../../../gateway/console/device-address.ts";
import { BED_DEVICE, CLIMATE, MONITOR, topology } from "../../support/wards.ts";

const placeOf = (deviceId: typeof CLIMATE) => {
  const place = topology().devices.get(deviceId);
  if (place === undefined) throw new Error(`the ward has no ${deviceId}`);
  return place;
};

test("a device's address is its unit on a bus, or the name by which its broker knows it", () => {
  const climate = placeOf(CLIMATE);
  const bed = placeOf(BED_DEVICE);
  expect(deviceAddress(climate)).toBe("unit 1");
  const modbusRtu = { line: "/dev/ttyUSB0", unit: 17, baudRate: 9_600, parity: "none", stopBits: 1 } as const;
  expect(deviceAddress({ ...climate, modbusTcp: null, modbusRtu })).toBe("unit 17");
  expect(deviceAddress({ ...bed, mqtt: { broker: "house", name: "tasmota_8A1F" } })).toBe("tasmota_8A1F");
});

test("a device that is alone on its line, or goes by its own name, needs none", () => {
  expect([deviceAddress(placeOf(MONITOR)), deviceAddress(placeOf(BED_DEVICE))]).toEqual([null, null]);
});

import type { ModbusProfile } from "../profile.ts";

/**
 * XY-MD02 temperature and humidity transmitter (SHT20). Input register 1 is °C × 10, signed; 2 is %RH × 10.
 * Read together: request `01 04 00 01 00 02 20 0B` on RTU. The same map on RTU and behind a Modbus TCP gateway.
 */
export const xyMd02 = {
  model: "xy-md02",
  source: "XY-MD02 data sheet: function 04, registers 0x0001 and 0x0002",
  protocol: "modbus",
  expectedIntervalMs: 5_000,
  wordOrder: "abcd",
  fields: [
    { metric: "room-temperature", functionCode: 4, address: 1, type: "i16", scale: 0.1 },
    { metric: "relative-humidity", functionCode: 4, address: 2, type: "u16", scale: 0.1 },
  ],
} as const satisfies ModbusProfile;

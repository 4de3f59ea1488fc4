import type { ModbusProfile } from "../profile.ts";

/**
 * The pressure monitor of an isolation room, room against corridor: input register 0 is pascal × 10, signed, 0x8000 where
 * it has no value; discrete input 0 is the door contact. Mounted the other way round, the ward file turns its sign.
 */
export const roomPressure = {
  model: "room-pressure",
  source: "This project's own map, for want of a public one: a signed register in tenths of a pascal",
  protocol: "modbus",
  expectedIntervalMs: 2_000,
  wordOrder: "abcd",
  fields: [
    {
      metric: "differential-pressure",
      functionCode: 4,
      address: 0,
      type: "i16",
      scale: 0.1,
      noValue: [0x8000],
    },
    { metric: "door-open", functionCode: 2, address: 0, type: "bit" },
  ],
} as const satisfies ModbusProfile;

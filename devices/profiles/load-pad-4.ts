import type { ModbusProfile } from "../profile.ts";

/**
 * A bed pad on four load cells, one under each leg: input registers 0 to 7, four float32 in kilograms. Makers differ in
 * the order of the two registers, so the ward file may name another. A cell without a value says NaN.
 */
export const loadPad4 = {
  model: "load-pad-4",
  source:
    "This project's own map, for want of a public one: float32 pairs from address 0 on, as in the Eastron SDM630's",
  protocol: "modbus",
  expectedIntervalMs: 1_000,
  wordOrder: "abcd",
  fields: [
    { metric: "load-cell-1", functionCode: 4, address: 0, type: "f32" },
    { metric: "load-cell-2", functionCode: 4, address: 2, type: "f32" },
    { metric: "load-cell-3", functionCode: 4, address: 4, type: "f32" },
    { metric: "load-cell-4", functionCode: 4, address: 6, type: "f32" },
  ],
  sum: { metric: "load", of: ["load-cell-1", "load-cell-2", "load-cell-3", "load-cell-4"] },
} as const satisfies ModbusProfile;

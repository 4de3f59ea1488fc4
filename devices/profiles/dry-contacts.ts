import type { ModbusProfile } from "../profile.ts";

/**
 * Dry contacts on a Modbus input module, the honest way in for beds whose makers publish no protocol: discrete input 0 is
 * closed while somebody is on the mat, 1 while the nurse call is on.
 */
export const dryContacts = {
  model: "dry-contacts",
  source: "Modbus application protocol 1.1b3, function 02; the wiring is this project's own",
  protocol: "modbus",
  expectedIntervalMs: 1_000,
  wordOrder: "abcd",
  fields: [
    { metric: "occupancy", functionCode: 2, address: 0, type: "bit" },
    { metric: "nurse-call", functionCode: 2, address: 1, type: "bit" },
  ],
} as const satisfies ModbusProfile;

import type { WordOrder } from "../../../contracts/wire/word-order.ts";
import { decodeRegisters } from "../../../devices/modbus/decode-registers.ts";
import type { ModbusProfile, RegisterField, RegisterType } from "../../../devices/profile.ts";

type One = {
  readonly type: RegisterType;
  readonly scale: number;
  readonly words: readonly number[];
  readonly order: WordOrder;
};

/** One value through our decoder, by a profile of that one field. */
export function decodeOne({ type, scale, words, order }: One): unknown {
  const functionCode = type === "bit" ? 2 : 4;
  const field: RegisterField =
    type === "bit"
      ? { metric: "door-open", functionCode, address: 0, type }
      : { metric: "load", functionCode, address: 0, type, scale };
  const profile: ModbusProfile = {
    model: "one-field",
    source: "the comparison",
    protocol: "modbus",
    expectedIntervalMs: 1_000,
    wordOrder: "abcd",
    fields: [field],
  };
  const options = { wordOrder: order, isSignInverted: false };
  return decodeRegisters(profile, [{ functionCode, address: 0, words }], options).values[0]?.value;
}

import { type Decoded, type DecodedValue, judge, type Unreadable } from "../decoded.ts";
import type { DeviceOptions, ModbusProfile, RegisterField } from "../profile.ts";

/** A run of registers (or, for function codes 1 and 2, bits) to read in one request. */
export type RegisterRange = {
  readonly functionCode: 1 | 2 | 3 | 4;
  readonly address: number;
  readonly count: number;
};

/** What one request brought: each word is 0 to 65,535, each bit 0 or 1. */
export type RegisterBlock = Pick<RegisterRange, "functionCode" | "address"> & {
  readonly words: readonly number[];
};

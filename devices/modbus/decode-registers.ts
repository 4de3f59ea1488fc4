import { type Decoded, type DecodedValue, judge, unreadable } from "../decoded.ts";
import type { ModbusProfile, RegisterField } from "../profile.ts";

/** A run of registers to read in one request. */
export type RegisterRange = { readonly address: number; readonly count: number };

/** The one range that covers all of a profile's fields. */
export function rangeOf(profile: ModbusProfile): RegisterRange {
  const addresses = profile.fields.map((field) => field.address);
  const address = Math.min(...addresses);
  return { address, count: Math.max(...addresses) - address + 1 };
}

/** Turns the registers read from `range.address` on into values. Each word is 0 to 65,535. */
export function decodeRegisters(
  profile: ModbusProfile,
  range: RegisterRange,
  words: readonly number[],
): Decoded {
  if (words.length !== range.count) {
    return unreadable(
      "short-reply",
      `expected ${range.count} registers from ${range.address}, got ${words.length}`,
    );
  }
  const values: DecodedValue[] = [];
  for (const field of profile.fields) {
    const word = words[field.address - range.address];
    if (word === undefined) return unreadable("short-reply", `register ${field.address} is not in the reply`);
    values.push(judge(field.metric, scaled(field, word), undefined, null));
  }
  return { values, unreadable: [] };
}

function scaled(field: RegisterField, word: number): number {
  const raw = field.type === "i16" && word > 0x7fff ? word - 0x1_0000 : word;
  // 214 × 0.1 is 21.400000000000002 in floating point; no sensor of this kind resolves more than six decimals.
  return Number((raw * field.scale).toFixed(6));
}

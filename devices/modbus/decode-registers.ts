import type { WordOrder } from "../../contracts/wire/word-order.ts";
import { type Decoded, type DecodedValue, judge, type Unreadable } from "../decoded.ts";
import type { DeviceOptions, ModbusProfile, RegisterField } from "../profile.ts";
import { numberFromWords, wordsOf } from "./register-number.ts";

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

/**
 * Turns one poll of a unit into values. What the unit refused is not among the blocks, and its metrics are not among the
 * values: nothing was heard of them. A value that is cut off by a block's end is a short reply.
 */
export function decodeRegisters(
  profile: ModbusProfile,
  blocks: readonly RegisterBlock[],
  options: DeviceOptions,
): Decoded {
  const values: DecodedValue[] = [];
  const problems: Unreadable[] = [];
  for (const field of profile.fields) {
    const found = wordsFor(field, blocks);
    if (found.length === 0) continue;
    const wanted = wordsOf(field.type);
    if (found.length < wanted) {
      const detail = `address ${field.address} of function ${field.functionCode}: expected ${wanted} registers, got ${found.length}`;
      problems.push({ reason: "short-reply", detail });
      continue;
    }
    values.push(judge(field.metric, readField(field, found, profile, options), undefined, null));
  }
  if (values.length === 0 && problems.length === 0 && blocks.some(({ words }) => words.length === 0)) {
    problems.push({ reason: "short-reply", detail: "expected registers, got a reply without any" });
  }
  const sum = profile.sum === undefined ? null : sumOf(profile.sum, values);
  return { values: sum === null ? values : [...values, sum], unreadable: problems };
}

/** The registers of a field that were read, in the order of their addresses: all, the first of them, or none. */
function wordsFor(field: RegisterField, blocks: readonly RegisterBlock[]): readonly number[] {
  for (const block of blocks) {
    const from = field.address - block.address;
    if (block.functionCode !== field.functionCode || from < 0 || from >= block.words.length) continue;
    return block.words.slice(from, from + wordsOf(field.type));
  }
  return [];
}

function readField(
  field: RegisterField,
  words: readonly number[],
  profile: { readonly wordOrder: WordOrder },
  options: DeviceOptions,
): number | boolean | null {
  if (field.type === "bit") return words[0] !== 0;
  const number = numberFromWords(words, field, options.wordOrder ?? profile.wordOrder);
  if (number === null) return null;
  const isTurned = options.isSignInverted && field.metric === "differential-pressure";
  // Adding zero turns a negative zero into zero.
  return (isTurned ? -number : number) + 0;
}

/**
 * Null where a part has no good value: the device answered, and the whole is not known. Not among the values at all where
 * a part was not heard of.
 */
function sumOf(
  { metric, of }: NonNullable<ModbusProfile["sum"]>,
  values: readonly DecodedValue[],
): DecodedValue | null {
  const parts = of.map((name) => values.find((value) => value.metric === name));
  if (parts.some((part) => part === undefined)) return null;
  let total = 0;
  for (const part of parts) {
    if (typeof part?.value !== "number" || part.badReason !== null)
      return judge(metric, null, undefined, null);
    total += part.value;
  }
  return judge(metric, Number(total.toPrecision(12)), undefined, null);
}

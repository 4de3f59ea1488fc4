/** Numbers out of registers: one word, or two in any of the four orders that makers use. */
import type { WordOrder } from "../../contracts/wire/word-order.ts";
import type { RegisterField, RegisterType } from "../profile.ts";

export const wordsOf = (type: RegisterType): 1 | 2 =>
  type === "bit" || type === "u16" || type === "i16" ? 1 : 2;

/** Null where the device says that it has no value: by a sentinel of its profile, or by a float that is no number. */
export function numberFromWords(
  words: readonly number[],
  field: Pick<RegisterField, "type" | "scale" | "noValue">,
  order: WordOrder,
): number | null {
  const view = new DataView(new ArrayBuffer(4));
  const width = wordsOf(field.type);
  for (const [at, byte] of bytesOf(words, width, order).entries()) view.setUint8(at, byte);
  const unsigned = width === 1 ? view.getUint16(0) : view.getUint32(0);
  const raw = rawOf(view, field.type);
  const isNoValue = field.noValue?.some((sentinel) =>
    field.type === "f32" ? raw === Math.fround(sentinel) : unsigned === sentinel,
  );
  if (isNoValue === true || !Number.isFinite(raw)) return null;
  const exact = field.type === "f32" ? shortestOf(raw) : raw;
  // 214 × 0.1 is 21.400000000000002 in floating point; no register of 32 bits carries twelve digits.
  return field.scale === undefined ? exact : Number((exact * field.scale).toPrecision(12));
}

function rawOf(view: DataView, type: RegisterType): number {
  switch (type) {
    case "bit":
    case "u16":
      return view.getUint16(0);
    case "i16":
      return view.getInt16(0);
    case "u32":
      return view.getUint32(0);
    case "i32":
      return view.getInt32(0);
    case "f32":
      return view.getFloat32(0);
  }
}

/** The value's bytes, most significant first. The order is that of 32-bit values; a single register is always `ab`. */
function bytesOf([first = 0, second = 0]: readonly number[], width: 1 | 2, order: WordOrder): number[] {
  const [a, b] = [first >> 8, first & 0xff];
  if (width === 1) return [a, b];
  const [c, d] = [second >> 8, second & 0xff];
  switch (order) {
    case "abcd":
      return [a, b, c, d];
    case "cdab":
      return [c, d, a, b];
    case "badc":
      return [b, a, d, c];
    case "dcba":
      return [d, c, b, a];
  }
}

/** A float of 32 bits says 71.4, which read as one of 64 bits is 71.4000015258789: the shortest text that means the same. */
function shortestOf(float: number): number {
  for (let digits = 6; digits < 9; digits++) {
    const short = Number(float.toPrecision(digits));
    if (Math.fround(short) === float) return short;
  }
  return Number(float.toPrecision(9));
}

/** Order of a 32-bit value's bytes in two Modbus registers, `a` the most significant. `abcd` is Modbus' own. */
export const WORD_ORDERS = ["abcd", "cdab", "badc", "dcba"] as const;
export type WordOrder = (typeof WORD_ORDERS)[number];

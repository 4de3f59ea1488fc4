/** Order of a 32-bit value's bytes in its two registers, `a` the most significant. */
export const wordOrders = ["abcd", "cdab", "badc", "dcba"] as const;
export type WordOrder = (typeof wordOrders)[number];

/** The two registers, the one with the lower address first. */
export function float32Words(value: number, order: WordOrder): readonly [number, number] {
  const abcd = Buffer.alloc(4);
  abcd.writeFloatBE(value);
  const sent = Buffer.from([...order].map((letter) => abcd.readUInt8("abcd".indexOf(letter))));
  return [sent.readUInt16BE(0), sent.readUInt16BE(2)];
}

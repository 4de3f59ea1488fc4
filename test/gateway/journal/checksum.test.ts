import { describe, expect, test } from "vitest";
import { checksumOfReading, checksumOfText } from "../../../gateway/journal/checksum.ts";

type Fields = readonly [number, number, number, number, number, number | null, number, number];
const FIELDS: Fields = [1, 77, 123_456, 1_732_400_000_123, 1_732_400_000_077, 1_732_400_000_077, 71.4, 9];

/** Every number that differs from this one in a single bit of how a disk would hold it. */
function flips(value: number): number[] {
  const float = new Float64Array([value]);
  const bits = new BigUint64Array(float.buffer);
  return Array.from({ length: 64 }, (_, bit) => {
    bits[0] = (bits[0] ?? 0n) ^ (1n << BigInt(bit));
    const flipped = float[0] as number;
    bits[0] = (bits[0] ?? 0n) ^ (1n << BigInt(bit));
    return flipped;
  }).filter((flipped) => !Number.isNaN(flipped));
}

describe("a reading's checksum", () => {
  test("changes with any single bit of any of its times, its stamp and its value", () => {
    let looked = 0;
    for (const field of [1, 3, 4, 5, 6] as const) {
      for (const flipped of flips(FIELDS[field] as number)) {
        const changed = FIELDS.with(field, flipped) as unknown as Fields;
        expect(checksumOfReading(...changed)).not.toBe(checksumOfReading(...FIELDS));
        looked += 1;
      }
    }
    expect(looked).toBeGreaterThan(300);
  });

  test("changes with its lane, its number, its series, its flags, and without its stamp", () => {
    const changes: readonly [number, number | null][] = [
      [0, 2],
      [1, 78],
      [2, 123_457],
      [7, 8],
      [5, null],
      [5, 0],
    ];
    const sums = changes.map(([field, value]) =>
      checksumOfReading(...(FIELDS.with(field, value) as unknown as Fields)),
    );
    expect(new Set([...sums, checksumOfReading(...FIELDS)]).size).toBe(changes.length + 1);
  });

  test("is the same for what SQLite keeps alike: minus zero and zero, no stamp and NaN", () => {
    const sum = (stamp: number | null, value: number) => checksumOfReading(1, 1, 1, 1, 1, stamp, value, 0);
    expect(sum(null, -0)).toBe(sum(Number.NaN, 0));
  });

  test("fits SQLite's four bytes", () => {
    for (let seq = 1; seq < 1_000; seq++) {
      const sum = checksumOfReading(1, seq, 0, 0, 0, null, 0, 0);
      expect(sum).toBe(sum | 0);
    }
  });
});

test("a text's checksum tells its parts apart", () => {
  const sums = [["ab", "c"], ["a", "bc"], ["a", null], ["a", "null"], ["1"], [1]].map((parts) =>
    checksumOfText(...parts),
  );
  expect(new Set(sums).size).toBe(sums.length);
});

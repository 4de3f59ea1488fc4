import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { RepeatRing } from "../../../gateway/ingest/repeat-ring.ts";

describe("a ring of stamps and values", () => {
  test("knows what is among the newest entries, and nothing else", () => {
    const stamp = fc.oneof(fc.integer({ min: -5, max: -1 }), fc.integer({ min: 0, max: 40 }));
    const entry = fc.tuple(stamp, fc.integer({ min: 0, max: 2 }));
    fc.assert(
      fc.property(
        fc.array(entry, { maxLength: 120, size: "max" }),
        fc.integer({ min: 8, max: 50 }),
        (entries, entriesMax) => {
          const ring = new RepeatRing();
          const noted: (readonly [number, number])[] = [];
          for (const [stamp, value] of entries) {
            const remembered = noted.slice(-entriesMax);
            const isKnown = remembered.some((one) => one[0] === stamp && one[1] === value);
            expect(ring.has(stamp, value)).toBe(isKnown);
            ring.note(stamp, value, entriesMax);
            noted.push([stamp, value]);
            expect(ring.count).toBe(Math.min(noted.length, entriesMax));
          }
        },
      ),
      { numRuns: 500 },
    );
  });

  test("keeps what it has where it may hold less from now on, and grows no more", () => {
    const ring = new RepeatRing();
    for (let stamp = 0; stamp < 64; stamp++) ring.note(stamp, 1, 64);
    for (let stamp = 64; stamp < 200; stamp++) ring.note(stamp, 1, 8);
    expect(ring.count).toBe(64);
    expect([ring.has(136, 1), ring.has(135, 1)]).toEqual([true, false]);
  });
});

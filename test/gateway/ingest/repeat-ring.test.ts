import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { PACKET_ID_KNOWN_MS, RepeatRing } from "../../../gateway/ingest/repeat-ring.ts";

/** Of the newest message that had this packet id. */
function newestRun(entries: readonly (readonly [number, number])[], stamp: number) {
  const last = entries.findLastIndex((one) => one[0] === stamp);
  const before = entries.slice(0, last + 1).findLastIndex((one) => one[0] !== stamp);
  return entries.slice(before + 1, last + 1);
}

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
            const run = stamp < 0 ? newestRun(remembered, stamp) : remembered;
            const isKnown = run.some((one) => one[0] === stamp && one[1] === value);
            expect(ring.has(stamp, value, 0)).toBe(isKnown);
            ring.note(stamp, value, entriesMax, 0);
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
    for (let stamp = 0; stamp < 64; stamp++) ring.note(stamp, 1, 64, 0);
    for (let stamp = 64; stamp < 200; stamp++) ring.note(stamp, 1, 8, 0);
    expect(ring.count).toBe(64);
    expect([ring.has(136, 1, 0), ring.has(135, 1, 0)]).toEqual([true, false]);
  });

  test("knows a packet id for ten minutes, and less where the clock was set; a device's own time for longer", () => {
    const ring = new RepeatRing();
    const atMs = 5 * PACKET_ID_KNOWN_MS;
    ring.note(-7, 1, 64, atMs);
    ring.note(3_000, 1, 64, atMs);
    const isKnown = (stamp: number, laterMs: number) => ring.has(stamp, 1, atMs + laterMs);
    expect([isKnown(-7, PACKET_ID_KNOWN_MS), isKnown(-7, PACKET_ID_KNOWN_MS + 1)]).toEqual([true, false]);
    expect(isKnown(-7, -PACKET_ID_KNOWN_MS - 1)).toBe(false);
    expect(isKnown(3_000, 100 * PACKET_ID_KNOWN_MS)).toBe(true);
  });

  test("knows of a packet id no more than the newest message that had it", () => {
    const ring = new RepeatRing();
    for (const [stamp, value] of [
      [-1, 70],
      [-2, 71],
      [-1, 72],
      [-1, 73],
    ] as const)
      ring.note(stamp, value, 64, 0);
    expect([70, 72, 73].map((value) => ring.has(-1, value, 0))).toEqual([false, true, true]);
  });
});

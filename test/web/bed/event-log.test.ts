import fc from "fast-check";
import { describe, expect, test } from "vitest";
import {
  EVENT_PAGES_MAX,
  type EventLog,
  extendLog,
  type ReadPage,
} from "../../../cloud/web/bed/event-log.ts";
import { TimelineEntry } from "../../../contracts/wire/board.ts";
import { NOW_MS } from "../a-bed.ts";

const entry = (seq: number): TimelineEntry =>
  TimelineEntry.parse({
    gatewayId: "north-gateway",
    epoch: "00000000deadbeef",
    seq,
    kind: "occupancy-changed",
    to: "present",
    by: null,
    evidence: [],
    observedAt: new Date(NOW_MS + seq * 1_000).toISOString(),
    receivedAt: new Date(NOW_MS + seq * 1_000).toISOString(),
  });

/** A cloud whose newest event is `newest`, one event a second; its cursor is the event that comes next. */
function cloud(newest: number, pageEntries: number) {
  const asked: (string | null)[] = [];
  const readPage: ReadPage = async (cursor) => {
    asked.push(cursor);
    const first = cursor === null ? newest : Number(cursor);
    const last = Math.max(1, first - pageEntries + 1);
    return {
      entries: Array.from({ length: Math.max(0, first - last + 1) }, (_, index) => entry(first - index)),
      nextCursor: last > 1 ? String(last - 1) : null,
    };
  };
  return { asked, readPage };
}

const seqs = ({ entries }: EventLog) => entries.map(({ seq }) => seq);
const fromSeq = (seq: number) => NOW_MS + seq * 1_000;

describe("the log", () => {
  test("is read back until it reaches before the beginning, and no further", async () => {
    const { asked, readPage } = cloud(30, 10);
    const log = await extendLog(null, fromSeq(15), readPage);
    expect(seqs(log).at(-1)).toBe(11);
    expect(asked).toEqual([null, "20"]);
  });

  test("asks for the newest page alone where the rest is known", async () => {
    const known = await extendLog(null, fromSeq(1), cloud(30, 10).readPage);
    const { asked, readPage } = cloud(33, 10);
    const log = await extendLog(known, fromSeq(1), readPage);
    expect(seqs(log)).toEqual(Array.from({ length: 33 }, (_, index) => 33 - index));
    expect(asked).toEqual([null]);
    expect(log.olderCursor).toBeNull();
  });

  test("gives up what it knew where more happened than a page holds", async () => {
    const known = await extendLog(null, fromSeq(1), cloud(10, 10).readPage);
    const log = await extendLog(known, fromSeq(25), cloud(40, 10).readPage);
    expect(seqs(log)).toEqual(Array.from({ length: 20 }, (_, index) => 40 - index));
  });

  test("stops at its limit, and says that there is more", async () => {
    const { asked, readPage } = cloud(1_000, 10);
    const log = await extendLog(null, fromSeq(1), readPage);
    expect(asked).toHaveLength(EVENT_PAGES_MAX);
    expect(log.olderCursor).toBe(String(1_000 - EVENT_PAGES_MAX * 10));
  });

  test("of a bed without events is empty", async () => {
    expect(await extendLog(null, 0, cloud(0, 10).readPage)).toEqual({ entries: [], olderCursor: null });
  });

  test("has no hole and nothing twice, however it grows", async () => {
    const grows = fc.array(fc.tuple(fc.integer({ min: 0, max: 25 }), fc.integer({ min: 1, max: 120 })), {
      minLength: 1,
      maxLength: 8,
    });
    await fc.assert(
      fc.asyncProperty(grows, async (steps) => {
        let newest = 20;
        let log: EventLog | null = null;
        for (const [more, from] of steps) {
          newest += more;
          log = await extendLog(log, fromSeq(from), cloud(newest, 10).readPage);
          const [first = 0] = seqs(log);
          expect(first).toBe(newest);
          expect(seqs(log)).toEqual(seqs(log).map((_, index) => first - index));
          const last = seqs(log).at(-1) ?? 0;
          expect(last <= from || last === 1 || log.entries.length >= EVENT_PAGES_MAX * 10).toBe(true);
        }
      }),
    );
  });
});

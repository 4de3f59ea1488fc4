/** The rules of a feed: slots, shares, pauses, and when a cursor may move. */
import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { backOffMs } from "../../cloud/history/feed/back-off.ts";
import { planChunk } from "../../cloud/history/feed/plan-chunk.ts";
import { Settling } from "../../cloud/history/feed/settling.ts";
import { Slots } from "../../cloud/history/feed/slots.ts";
import { judgeAnswer, retryAfterMs } from "../../cloud/history/influxdb/answers.ts";
import { batchOf, storeAll } from "../../cloud/history/influxdb/store-refusals.ts";
import { StoreTrouble } from "../../cloud/history/series-store.ts";

const never = new AbortController().signal;

describe("slots", () => {
  const reading = fc.record({
    seriesId: fc.integer({ min: 1, max: 4 }),
    atMs: fc.integer({ min: 0, max: 90 }),
  });

  test("count readings of one series and millisecond, from wherever the feed begins and however many it forgets", () => {
    fc.assert(
      fc.property(
        fc.array(reading, { maxLength: 300 }),
        fc.nat(),
        fc.integer({ min: 1, max: 4 }),
        (all, cut, seriesMax) => {
          const begun = all.length === 0 ? 0 : cut % all.length;
          const newestAtMs = Math.max(-1, ...all.slice(0, begun).map(({ atMs }) => atMs));
          const slots = new Slots(newestAtMs, seriesMax);
          let asked = 0;
          for (const [index, { seriesId, atMs }] of all.entries()) {
            if (index < begun) continue;
            const earlier = all
              .slice(0, index)
              .filter((other) => other.seriesId === seriesId && other.atMs === atMs);
            const slot = slots.next(seriesId, atMs);
            if (slot === null) asked += 1;
            else expect(slot).toBe(earlier.length);
          }
          // What comes in order is never asked for.
          if (all.every(({ atMs }, index) => index === 0 || atMs > (all[index - 1]?.atMs ?? 0)))
            expect(asked).toBe(0);
        },
      ),
    );
  });

  test("of a feed from the beginning are known without a question, also where several series share a time", () => {
    const slots = new Slots(-1);
    expect([1, 2, 1, 2, 1].map((seriesId) => slots.next(seriesId, 100))).toEqual([0, 0, 1, 1, 2]);
    expect(slots.next(3, 50)).toBe(0);
  });
});

describe("a chunk", () => {
  const lane = (journalId: number, readThroughSeq: number, highWaterMarkSeq: number) => ({
    journalId,
    lane: 1,
    readThroughSeq,
    highWaterMarkSeq,
  });

  test("takes all of those that have little, and a share of a backlog", () => {
    expect(planChunk([lane(1, 0, 1_000_000), lane(2, 10, 14), lane(3, 7, 7)], 100)).toEqual([
      { journalId: 2, lane: 1, afterSeq: 10, throughSeq: 14 },
      { journalId: 1, lane: 1, afterSeq: 0, throughSeq: 96 },
    ]);
  });

  test("is never larger than its limit, and never empty while there is something", () => {
    const lanes = fc.array(
      fc.nat(50).map((count) => count),
      { maxLength: 40 },
    );
    fc.assert(
      fc.property(lanes, fc.integer({ min: 1, max: 60 }), (counts, max) => {
        const planned = planChunk(
          counts.map((count, index) => lane(index, 5, 5 + count)),
          max,
        );
        const taken = planned.reduce((sum, { afterSeq, throughSeq }) => sum + throughSeq - afterSeq, 0);
        expect(taken).toBe(
          Math.min(
            max,
            counts.reduce((sum, count) => sum + count, 0),
          ),
        );
      }),
    );
  });
});

describe("what the store refuses", () => {
  const points = Array.from({ length: 40 }, (_, at) => String(at));
  const places = points.map((_, at) => at + 100);

  test("is found by halving, and everything else is stored", async () => {
    const bad = new Set(["3", "4", "31"]);
    const stored = new Set<string>();
    let posts = 0;
    const refused = await storeAll(
      batchOf(points, places),
      async (body) => {
        posts += 1;
        const some = body.split("\n");
        for (const line of some) if (!bad.has(line)) stored.add(line);
        return some.some((line) => bad.has(line))
          ? { kind: "lines-refused", reason: "400: no", droppedCount: null }
          : null;
      },
      never,
    );
    expect(refused.map(({ place }) => place)).toEqual([103, 104, 131]);
    expect(stored.size).toBe(37);
    expect(posts).toBeLessThan(30);
  });

  test("as a whole is not asked for one by one", async () => {
    let posts = 0;
    const refused = await storeAll(
      batchOf(points, places),
      async () => {
        posts += 1;
        return { kind: "lines-refused", reason: "beyond its retention", droppedCount: points.length };
      },
      never,
    );
    expect([refused.length, posts]).toEqual([40, 1]);
  });
});

describe("an answer", () => {
  const judged = (status: number, message = "", retryAfter: string | null = null) =>
    judgeAnswer({ status, message, retryAfter }, 0);

  test.each<[number, string, string]>([
    [401, "refused", "INFLUXDB_USERNAME"],
    [403, "refused", "right to write"],
    [404, "refused", "timeSeries.influxdb"],
    [301, "refused", "own address"],
    [429, "busy", "429"],
    [500, "busy", "500"],
    [503, "busy", "503"],
  ])("%i is trouble of the kind %s and says what to do", (status, kind, words) => {
    const trouble = judged(status);
    expect(trouble).toBeInstanceOf(StoreTrouble);
    expect(trouble).toMatchObject({ kind });
    expect((trouble as StoreTrouble).message).toContain(words);
  });

  test("400 is about the lines, unless it speaks of a limit that somebody can raise", () => {
    expect(judged(400, '{"error":"partial write: points beyond retention policy dropped=12"}')).toEqual({
      kind: "lines-refused",
      reason: "400: partial write: points beyond retention policy dropped=12",
      droppedCount: 12,
    });
    expect(
      judged(400, "partial write: max-series-per-database limit exceeded: (1000000) dropped=1"),
    ).toMatchObject({
      kind: "refused",
    });
  });

  test.each<[string | null, number | null]>([
    ["7", 7_000],
    ["Thu, 01 Jan 1970 00:00:09 GMT", 9_000],
    ["Thu, 01 Jan 1970 00:00:00 GMT", 0],
    ["999999", 300_000],
    ["soon", null],
    [null, null],
  ])("Retry-After %s means %s ms", (header, ms) => expect(retryAfterMs(header, 0)).toBe(ms));

  test("what to wait grows, is spread, and is never less than the store asked for", () => {
    const busy = { retryAfterMs: null };
    expect([1, 2, 3, 20].map((attempt) => backOffMs(busy, attempt, 1))).toEqual([500, 1_000, 2_000, 15_000]);
    expect(backOffMs(busy, 3, 0)).toBe(1_000);
    expect(backOffMs({ retryAfterMs: 90_000 }, 1, 0)).toBe(90_000);
  });
});

describe("a cursor", () => {
  const moves = (fromSeq: number, throughSeq: number) => [
    { journalId: 1, lane: 1, fromSeq, throughSeq, newestAtMs: 9 },
  ];
  const storeOf = (answers: (string | null)[]) => ({
    settleAfterMs: 30_000,
    current: async () => answers.shift() ?? null,
  });

  test("moves once for all chunks of its lane that a store has on its disk", () => {
    const settling = new Settling(null);
    settling.accept(moves(0, 5), 0);
    settling.accept(moves(5, 9), 1);
    expect(settling.takeSettled()).toEqual([{ ...moves(0, 9)[0] }]);
    expect(settling.isEmpty).toBe(true);
  });

  test("waits until the process that accepted has lived on for long enough", async () => {
    const settling = new Settling(storeOf(["a", "a", "a"]));
    expect(await settling.hasLost(0, never)).toBe(false);
    settling.accept(moves(0, 5), 1_000);
    settling.accept(moves(5, 9), 20_000);
    expect(await settling.hasLost(30_000, never)).toBe(false);
    expect(settling.takeSettled()).toEqual([]);
    expect(await settling.hasLost(31_000, never)).toBe(false);
    expect(settling.takeSettled()).toEqual(moves(0, 5));
  });

  test("never moves for what another process accepted", async () => {
    const settling = new Settling(storeOf(["a", null, "b", "b"]));
    await settling.hasLost(0, never);
    settling.accept(moves(0, 5), 0);
    // It does not answer: nothing is known by that.
    expect(await settling.hasLost(40_000, never)).toBe(false);
    expect(settling.takeSettled()).toEqual([]);
    expect(await settling.hasLost(41_000, never)).toBe(true);
    expect(settling.takeSettled()).toEqual([]);
    expect(await settling.hasLost(90_000, never)).toBe(false);
  });

  test("of a store that does not tell which process it is goes by broken connections", async () => {
    const settling = new Settling(storeOf([]));
    await settling.hasLost(0, never);
    settling.accept(moves(0, 5), 0);
    expect(settling.hasLostUnseen()).toBe(true);
    settling.accept(moves(0, 5), 1_000);
    await settling.hasLost(31_000, never);
    expect(settling.takeSettled()).toEqual(moves(0, 5));
  });
});

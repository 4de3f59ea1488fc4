import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { Aggregates } from "../../../../gateway/journal/life/aggregate.ts";
import { RowCheck } from "../../../../gateway/journal/life/check-rows.ts";
import { entombDamaged } from "../../../../gateway/journal/life/entomb.ts";
import { GivenUp } from "../../../../gateway/journal/life/given-up.ts";
import { SeriesChecksums } from "../../../../gateway/journal/life/series-checksums.ts";
import { Shedder } from "../../../../gateway/journal/life/shed.ts";
import { Tombstones } from "../../../../gateway/journal/life/tombstones.ts";
import { NOON, WrittenJournal } from "./written-journal.ts";

function shedding(frontierRecords = 0, seriesCount = 1) {
  const journal = new WrittenJournal(":memory:", seriesCount);
  const { database } = journal;
  const seriesChecksums = new SeriesChecksums(database);
  const tombstones = new Tombstones(database, seriesChecksums);
  const givenUp = new GivenUp(database);
  const shedder = new Shedder({ database, tombstones, seriesChecksums, givenUp, frontierRecords });
  return { journal, database, tombstones, givenUp, shedder };
}

describe("readings that are given up", () => {
  test("leave count, least, mean and greatest of every ten seconds, and their rows are gone", () => {
    const { journal, shedder, givenUp } = shedding();
    journal.appendReadings(1, 25);
    expect(shedder.shedOldest(20, NOON)).toEqual({ rows: 20, aggregates: 3 });
    expect(journal.rowsOf(1)).toEqual([21, 22, 23, 24, 25]);
    expect(journal.tombstonesOf(1)).toEqual([
      { fromSeq: 1, throughSeq: 20, stepMs: 10_000, reason: "disk-budget" },
    ]);
    expect(journal.aggregatesOf(1).map(({ count, min, mean, max }) => [count, min, mean, max])).toEqual([
      [9, 1, 5, 9],
      [10, 10, 14.5, 19],
      [1, 20, 20, 20],
    ]);
    expect(givenUp.counts.vitals).toEqual({ "disk-budget": 20, damaged: 0 });
  });

  test("go by age, whichever lane they are in", () => {
    const { journal, shedder } = shedding();
    journal.appendReadings(2, 10, 10);
    journal.appendReadings(1, 10, 1_000);
    shedder.shedOldest(10, NOON);
    expect([journal.rowsOf(1).length, journal.rowsOf(2).length]).toEqual([10, 0]);
  });

  test("that the cloud has go first, and leave no tombstone", () => {
    const { journal, shedder } = shedding();
    journal.appendReadings(1, 3_000);
    journal.acknowledge(1, 2_500);
    expect(shedder.dropAcknowledged(10_000)).toBe(1_500);
    expect(shedder.dropAcknowledged(10_000)).toBe(0);
    expect(journal.tombstonesOf(1)).toEqual([]);
    expect(journal.unanswered(1)).toEqual([]);
  });

  test("may be on their way to the cloud: the next ones to be sent stay", () => {
    const { journal, shedder } = shedding(100);
    journal.appendReadings(1, 150);
    shedder.shedOldest(1_000, NOON);
    expect(journal.rowsOf(1)).toEqual(Array.from({ length: 100 }, (_, n) => n + 1));
    expect(shedder.shedOldest(1_000, NOON)).toBeNull();
  });

  test("of many series are split, so that a tombstone holds no more than goes in one batch", () => {
    const { journal, shedder } = shedding(0, 3_000);
    journal.appendReadings(1, 6_000, 10_000);
    while (shedder.shedOldest(20_000, NOON) !== null);
    const counts = new Map<number, number>();
    for (const { fromSeq } of journal.aggregatesOf(1)) counts.set(fromSeq, (counts.get(fromSeq) ?? 0) + 1);
    expect([...counts.values()]).toEqual([5_000, 1_000]);
    expect(journal.unanswered(1)).toEqual([]);
  });

  test("grow coarser, then lose their aggregates, and end as one tombstone", () => {
    const { journal, shedder } = shedding();
    journal.appendReadings(1, 240);
    // The first holds the next number to be sent: it stays as it is.
    while (shedder.shedOldest(60, NOON) !== null);
    expect(journal.tombstonesOf(1).map(({ fromSeq }) => fromSeq)).toEqual([1, 61]);
    expect(shedder.coarsenOldest()).toBeGreaterThan(0);
    expect(journal.tombstonesOf(1)[1]).toMatchObject({ throughSeq: 240, stepMs: 60_000 });
    expect(shedder.coarsenOldest()).toBe(4);
    expect(shedder.coarsenOldest()).toBeNull();
    expect(journal.tombstonesOf(1)[1]).toMatchObject({ throughSeq: 240, stepMs: null });
    expect(journal.unanswered(1)).toEqual([]);
  });

  test("are counted without those that were bad or had no value", () => {
    const aggregates = new Aggregates(10_000);
    const [good, outOfRange, noValue] = [0, 2, 0b10_0000];
    aggregates.addReading(1, NOON, 5, good);
    aggregates.addReading(1, NOON, 500, outOfRange);
    aggregates.addReading(1, NOON, 0, noValue);
    expect([...aggregates]).toEqual([{ series: 1, startAtMs: NOON, count: 1, min: 5, mean: 5, max: 5 }]);
  });

  test("are never summed up where one of them is damaged", () => {
    const { journal, database, shedder } = shedding();
    journal.appendReadings(1, 2);
    database.prepare("UPDATE vitals SET flags = 1 WHERE seq = 1").run();
    expect(() => shedder.shedOldest(2, NOON)).toThrow("record 1 of lane vitals is wrong");
  });
});

test("records found damaged leave a tombstone where nothing else answers for them", () => {
  const parts = shedding();
  const { journal, shedder, givenUp } = parts;
  journal.appendReadings(1, 30);
  shedder.shedOldest(10, NOON);
  expect(entombDamaged(parts, 1, 5, 12, NOON)).toBe(2);
  expect(journal.tombstonesOf(1)).toMatchObject([
    { fromSeq: 1, throughSeq: 10, reason: "disk-budget" },
    { fromSeq: 11, throughSeq: 12, reason: "damaged" },
  ]);
  expect(givenUp.counts.vitals).toEqual({ "disk-budget": 10, damaged: 2 });
  expect(journal.unanswered(1)).toEqual([]);
});

test("whatever is appended, acknowledged, shed and damaged, each number after the acknowledged mark has one answer", () => {
  const step = fc.oneof(
    fc.record({
      kind: fc.constant("append" as const),
      lane: fc.constantFrom(1 as const, 2 as const),
      count: fc.integer({ min: 1, max: 40 }),
    }),
    fc.record({
      kind: fc.constant("acknowledge" as const),
      lane: fc.constantFrom(1, 2),
      share: fc.double({ min: 0, max: 1, noNaN: true }),
    }),
    fc.record({ kind: fc.constant("shed" as const), rows: fc.integer({ min: 1, max: 50 }) }),
    fc.record({ kind: fc.constantFrom("coarsen" as const, "drop" as const, "forget" as const) }),
    fc.record({
      kind: fc.constant("damage" as const),
      lane: fc.constantFrom(1, 2),
      at: fc.double({ min: 0, max: 1, noNaN: true }),
      count: fc.integer({ min: 1, max: 5 }),
    }),
  );
  fc.assert(
    fc.property(fc.array(step, { maxLength: 40 }), fc.integer({ min: 0, max: 30 }), (steps, frontier) => {
      const parts = shedding(frontier, 3);
      const { journal, shedder, tombstones, database } = parts;
      for (const one of steps) {
        if (one.kind === "append") journal.appendReadings(one.lane, one.count);
        if (one.kind === "acknowledge") {
          const [from = 0, to = 0] = [journal.acknowledged[one.lane], journal.heads[one.lane]];
          journal.acknowledge(one.lane, from + Math.floor((to - from) * one.share));
        }
        if (one.kind === "shed") shedder.shedOldest(one.rows, NOON);
        if (one.kind === "coarsen") shedder.coarsenOldest();
        if (one.kind === "drop") shedder.dropAcknowledged(10);
        if (one.kind === "forget")
          for (const lane of [1, 2]) tombstones.removeAcknowledged(lane, journal.acknowledged[lane] ?? 0, 2);
        if (one.kind === "damage") {
          const [from = 0, to = 0] = [journal.acknowledged[one.lane], journal.heads[one.lane]];
          const at = from + 1 + Math.floor((to - from) * one.at);
          if (at <= to) entombDamaged(parts, one.lane, at, Math.min(to, at + one.count - 1), NOON);
        }
        expect([journal.unanswered(1), journal.unanswered(2)]).toEqual([[], []]);
      }
      expect([...new RowCheck(database).everything()].filter((found) => found !== null)).toEqual([]);
      database.close();
    }),
    { numRuns: 40 },
  );
}, 30_000);

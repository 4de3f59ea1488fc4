import { expect, onTestFinished, test } from "vitest";
import { checksumOfAggregate, checksumOfTombstone } from "../../../gateway/journal/checksum.ts";
import { openDatabase } from "../../../gateway/journal/open-database.ts";
import { SeriesBook } from "../../../gateway/journal/series-book.ts";
import { TombstoneReader } from "../../../gateway/journal/tombstone-reader.ts";
import { BEGIN_MS } from "../../support/moments.ts";

const VITALS = 1;
const facts = (deviceId: string) =>
  ({ deviceId, bedId: "bed-1", roomId: null, metric: "load", unit: "kg" }) as never as { deviceId: string };
const tombstone = {
  fromSeq: 11,
  throughSeq: 20,
  reason: "disk-budget",
  stepMs: 10_000,
  notedAtMs: BEGIN_MS,
};
const ofOne = { startAtMs: BEGIN_MS, count: 4, min: 1, mean: 2.5, max: 4 };
const ofTwo = { startAtMs: BEGIN_MS + 10_000, count: 6, min: -1, mean: 0.25, max: 9 };

function openWithTombstone() {
  const database = openDatabase(":memory:");
  onTestFinished(() => void database.close());
  const series = new SeriesBook();
  const sums = [1, 2].map((id) => series.add({ id, ...facts(`device-${id}`) } as never));
  const { fromSeq, throughSeq, reason, stepMs, notedAtMs } = tombstone;
  database
    .prepare("INSERT INTO tombstone VALUES (?, ?, ?, ?, ?, ?, ?)")
    .run(VITALS, fromSeq, throughSeq, reason, stepMs, notedAtMs, checksumOfTombstone(VITALS, tombstone));
  const insert = database.prepare("INSERT INTO aggregate VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?)");
  for (const [index, one] of [ofOne, ofTwo].entries()) {
    const { startAtMs, count, min, mean, max } = one;
    const sum = checksumOfAggregate(VITALS, fromSeq, sums[index] ?? 0, one);
    insert.run(VITALS, fromSeq, index + 1, startAtMs, count, min, mean, max, sum);
  }
  return { database, reader: new TombstoneReader(database, series) };
}

test("a tombstone is told with what is left of it", () => {
  expect(openWithTombstone().reader.over(VITALS, 11)).toEqual({
    kind: "tombstone",
    throughSeq: 20,
    reason: "disk-budget",
    aggregates: {
      everyMs: 10_000,
      series: [facts("device-1"), facts("device-2")],
      seriesOf: [0, 1],
      startAtMs: [BEGIN_MS, BEGIN_MS + 10_000],
      count: [4, 6],
      min: [1, -1],
      mean: [2.5, 0.25],
      max: [4, 9],
    },
  });
});

test.each([
  [10, null, 11],
  [15, { throughSeq: 20, aggregates: { everyMs: null, count: [] } }, undefined],
  [20, { throughSeq: 20, aggregates: { everyMs: null, count: [] } }, undefined],
  [21, null, undefined],
])("at number %i it is found as far as it reaches, and no mean is told twice", (seq, over, next) => {
  const { reader } = openWithTombstone();
  const found = reader.over(VITALS, seq);
  if (over === null) expect(found).toBeNull();
  else expect(found).toMatchObject(over);
  expect(reader.nextAfter(VITALS, seq)).toBe(next);
  expect(reader.over(2, seq)).toBeNull();
});

test("a mean that was damaged is left out, and the tombstone stands", () => {
  const { database, reader } = openWithTombstone();
  database.exec("UPDATE aggregate SET mean = 3 WHERE series = 1");
  expect(reader.over(VITALS, 11)).toMatchObject({
    throughSeq: 20,
    aggregates: { series: [facts("device-2")], seriesOf: [0], mean: [0.25] },
  });
});

test("a tombstone that was damaged is none", () => {
  const { database, reader } = openWithTombstone();
  database.exec("UPDATE tombstone SET through_seq = 30");
  expect(reader.over(VITALS, 11)).toBeNull();
});

import { describe, expect, test } from "vitest";
import { checksumOfReading, checksumOfText } from "../../../gateway/journal/checksum.ts";
import { openJournalFile } from "../../support/journal-file.ts";
import { appendEvents, appendReadings, emptyGroup, groupOf } from "../../support/journal-groups.ts";
import { readBatch, valuesOf } from "../../support/read-journal.ts";
import { aReading } from "../../support/records.ts";

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

describe("what a disk has changed", () => {
  test.each([
    ["value", "UPDATE vitals SET value = 999 WHERE seq = 5"],
    ["time", "UPDATE vitals SET observed_at_ms = observed_at_ms + 1024 WHERE seq = 5"],
    ["series", "UPDATE vitals SET series = 2 WHERE seq = 5"],
    ["flags", "UPDATE vitals SET flags = 8 WHERE seq = 5"],
    ["checksum", "UPDATE vitals SET checksum = checksum + 1 WHERE seq = 5"],
    ["presence", "DELETE FROM vitals WHERE seq = 5"],
  ])("in a reading's %s is never sent: a tombstone says that something was there", async (_what, sql) => {
    const opened = openJournalFile();
    await appendReadings(opened.journal(), 10);
    opened.inspect((database) => {
      database.exec(
        "INSERT INTO series SELECT 2, device_id, bed_id, room_id, metric, 'g', checksum FROM series",
      );
      expect(database.prepare(sql).run().changes).toBe(1);
    });
    const journal = opened.journal();
    expect(await valuesOf(journal)).toEqual([1, 2, 3, 4, "damaged 5-5", 6, 7, 8, 9, 10]);
    expect(journal.facts.tombstoned.vitals.damaged).toBe(1);
    expect(await valuesOf(opened.reopen(), "vitals", 3)).toEqual([4, "damaged 5-5", 6, 7, 8, 9, 10]);
  });

  test("in a run of readings gives one tombstone, also at the end and across batches", async () => {
    const opened = openJournalFile();
    await appendReadings(opened.journal(), 4_100);
    opened.inspect((database) => database.exec("UPDATE vitals SET value = 0 WHERE seq BETWEEN 3 AND 4100"));
    const values = await valuesOf(opened.journal());
    expect(values.slice(0, 2)).toEqual([1, 2]);
    expect(values.slice(2).every((value) => String(value).startsWith("damaged"))).toBe(true);
    expect(opened.journal().facts.tombstoned.vitals.damaged).toBe(4_098);
  });

  test("in a series takes all of its readings with it, and its number may be given to another", async () => {
    const opened = openJournalFile();
    await appendReadings(opened.journal(), 3);
    opened.inspect((database) => database.exec("UPDATE series SET bed_id = 'bed-2'"));
    const journal = opened.journal();
    expect(journal.start.series).toEqual([]);
    await journal.append(groupOf(journal, "vitals", [aReading({ value: 4, deviceId: "other-bed" })]));
    expect(await valuesOf(journal)).toEqual(["damaged 1-3", 4]);
  });

  test("in a series is mended where the same is heard again: its readings say themselves that it is right", async () => {
    const opened = openJournalFile();
    await appendReadings(opened.journal(), 3);
    opened.inspect((database) => database.exec("UPDATE series SET bed_id = 'bed-2'"));
    await appendReadings(opened.journal(), 1);
    expect(await readBatch(opened.journal(), "vitals", 0)).toMatchObject({
      content: { value: [1, 2, 3, 4], series: [{ bedId: "bed-1" }] },
    });
  });

  test("in a bed event is never sent", async () => {
    const opened = openJournalFile();
    await appendEvents(opened.journal(), 3);
    opened.inspect((database) =>
      database.exec("UPDATE beds SET body = replace(body, 'absent', 'present') WHERE seq = 2"),
    );
    const contents: unknown[] = [];
    for (const after of [0, 1, 2]) contents.push((await readBatch(opened.journal(), "beds", after))?.content);
    expect(contents).toMatchObject([
      { kind: "events", events: [{ to: "present" }] },
      { kind: "tombstone", reason: "damaged", throughSeq: 2 },
      { kind: "events", events: [{ to: "present" }] },
    ]);
  });

  test("in a state leaves that bed without one, and the others as they are", async () => {
    const opened = openJournalFile();
    const states = [["bed:bed-1", "one"] as const, ["bed:bed-2", "two"] as const];
    await opened.journal().append({ ...emptyGroup(), states });
    opened.inspect((database) => database.exec("UPDATE state SET body = 'odd' WHERE subject = 'bed:bed-1'"));
    expect([...opened.journal().start.states]).toEqual([["bed:bed-2", "two"]]);
  });
});

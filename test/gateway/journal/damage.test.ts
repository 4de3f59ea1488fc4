import { describe, expect, onTestFinished, test } from "vitest";
import type { Lane } from "../../../contracts/wire/ids.ts";
import { JournalStore } from "../../../gateway/journal/journal-store.ts";
import { JournalLife } from "../../../gateway/journal/life/journal-life.ts";
import { openDatabase } from "../../../gateway/journal/open-database.ts";
import { openJournalFile } from "../../support/journal-file.ts";
import { appendEvents, appendReadings, emptyGroup } from "../../support/journal-groups.ts";
import { BEGIN_MS } from "../../support/moments.ts";
import { envelope, valuesOf } from "../../support/read-journal.ts";

/** A running journal whose rows can be changed behind its back, as a disk would. */
function openRunning() {
  const database = openDatabase(":memory:");
  onTestFinished(() => void database.close());
  const nowMs = () => BEGIN_MS;
  const life = new JournalLife({
    ...{ database, file: ":memory:", nowMs, monotonicMs: () => performance.now() },
    settings: { bytesMax: 1e9, ballastBytes: 0, reserveBytes: 0 },
    diskFreeBytes: () => 1e9,
  });
  const store = new JournalStore({ database, salvage: null, life, stopwatchMs: () => 0 });
  const next = (lane: Lane, afterSeq: number) => store.nextBatch(lane, afterSeq, 2_000, envelope);
  return {
    database,
    next,
    journal: {
      start: store.start(),
      marks: (lane: Lane) => store.marks(lane),
      append: async (group: Parameters<typeof store.append>[0][number]) => store.append([group]),
    },
    damaged: (lane: Lane) => life.facts().tombstoned[lane].damaged,
    values(): (number | string)[] {
      const found: (number | string)[] = [];
      for (let after = 0; ; ) {
        const batch = next("vitals", after);
        if (batch === null) return found;
        const { firstSeq, content } = batch;
        expect(firstSeq).toBe(after + 1);
        if (content.kind === "readings") found.push(...content.value);
        if (content.kind === "tombstone") found.push(`${content.reason} ${firstSeq}-${content.throughSeq}`);
        after = content.kind === "readings" ? after + content.value.length : lastOf(content);
      }
    },
  };
}
const lastOf = (content: { readonly kind: string; readonly throughSeq?: number }) =>
  content.throughSeq ?? Number.NaN;

describe("what a disk has changed under a running journal", () => {
  test.each([
    ["value", "UPDATE vitals SET value = 999 WHERE seq = 5"],
    ["time", "UPDATE vitals SET observed_at_ms = observed_at_ms + 1024 WHERE seq = 5"],
    ["series", "UPDATE vitals SET series = 2 WHERE seq = 5"],
    ["flags", "UPDATE vitals SET flags = 8 WHERE seq = 5"],
    ["checksum", "UPDATE vitals SET checksum = checksum + 1 WHERE seq = 5"],
    ["presence", "DELETE FROM vitals WHERE seq = 5"],
  ])("in a reading's %s is never sent: a tombstone says that something was there", async (_what, sql) => {
    const { database, journal, values, damaged } = openRunning();
    await appendReadings(journal, 10);
    expect(database.prepare(sql).run().changes).toBe(1);
    expect(values()).toEqual([1, 2, 3, 4, "damaged 5-5", 6, 7, 8, 9, 10]);
    expect(damaged("vitals")).toBe(1);
    expect(values()).toEqual([1, 2, 3, 4, "damaged 5-5", 6, 7, 8, 9, 10]);
  });

  test("in a long run of readings is given up, however many batches it would have been", async () => {
    const { database, journal, values, damaged } = openRunning();
    await appendReadings(journal, 4_100);
    database.exec("UPDATE vitals SET value = 0 WHERE seq BETWEEN 3 AND 4099");
    const found = values();
    expect([found.slice(0, 2), found.at(-1)]).toEqual([[1, 2], 4_100]);
    expect(found.slice(2, -1).every((value) => String(value).startsWith("damaged"))).toBe(true);
    expect(damaged("vitals")).toBe(4_097);
  });

  test("at the end of a lane is given up too", async () => {
    const { database, journal, values } = openRunning();
    await appendReadings(journal, 3);
    database.exec("DELETE FROM vitals WHERE seq >= 2");
    expect(values()).toEqual([1, "damaged 2-3"]);
    await appendReadings(journal, 1);
    expect(values()).toEqual([1, "damaged 2-3", 4]);
  });

  test("in a series' row does not reach its readings: the journal knows what it was told", async () => {
    const { database, journal, next } = openRunning();
    await appendReadings(journal, 3);
    database.exec("UPDATE series SET bed_id = 'bed-2'");
    expect(next("vitals", 0)?.content).toMatchObject({ value: [1, 2, 3], series: [{ bedId: "bed-1" }] });
  });

  test("in a tombstone is sent by no one: the next start has to sort out what is there", async () => {
    const { database, journal, next, values } = openRunning();
    await appendReadings(journal, 6);
    database.exec("DELETE FROM vitals WHERE seq = 2");
    expect(values()).toEqual([1, "damaged 2-2", 3, 4, 5, 6]);
    database.exec("UPDATE tombstone SET through_seq = 4");
    expect(() => next("vitals", 1)).toThrow("The journal is damaged");
  });

  test("in a bed event is never sent", async () => {
    const { database, journal, next } = openRunning();
    await appendEvents(journal, 3);
    database.exec("UPDATE beds SET body = replace(body, 'absent', 'present') WHERE seq = 2");
    expect([0, 1, 2].map((after) => next("beds", after)?.content)).toMatchObject([
      { kind: "events", events: [{ to: "present" }] },
      { kind: "tombstone", reason: "damaged", throughSeq: 2 },
      { kind: "events", events: [{ to: "present" }] },
    ]);
  });
});

describe("what a start finds damaged", () => {
  test("in a reading is given up under a new epoch, and the others stay", async () => {
    const opened = openJournalFile();
    await appendReadings(opened.journal(), 5);
    const before = opened.journal().epoch;
    opened.inspect((database) => database.exec("UPDATE vitals SET value = 0 WHERE seq = 2"));
    const { start, epoch } = opened.journal();
    expect(epoch).not.toBe(before);
    expect(start.salvage).toMatchObject({ oldEpoch: before, savedRecords: 4, lostRecords: 1 });
    expect(await valuesOf(opened.journal())).toEqual([1, "damaged 2-2", 3, 4, 5]);
  });

  test("in a state leaves that bed without one, and the others as they are", async () => {
    const opened = openJournalFile();
    const states = [["bed:bed-1", "one"] as const, ["bed:bed-2", "two"] as const];
    await opened.journal().append({ ...emptyGroup(), states });
    opened.inspect((database) => database.exec("UPDATE state SET body = 'odd' WHERE subject = 'bed:bed-1'"));
    expect([...opened.journal().start.states]).toEqual([["bed:bed-2", "two"]]);
  });
});

import { describe, expect, test } from "vitest";
import type { Journal } from "../../../gateway/journal/journal-port.ts";
import { PRUNE_ROWS_MAX } from "../../../gateway/journal/journal-store.ts";
import { RECENT_MS } from "../../../gateway/journal/prune.ts";
import { forEachRow } from "../../../gateway/journal/reading-rows.ts";
import { unloggedFiles } from "../../support/journal-directory.ts";
import { aQuarantined, openJournalFile } from "../../support/journal-file.ts";
import { appendEvents, appendReadings, emptyGroup, groupOf } from "../../support/journal-groups.ts";
import { BEGIN_MS } from "../../support/moments.ts";
import { readBatch, valuesOf } from "../../support/read-journal.ts";
import { anOccupancyChange, aReading } from "../../support/records.ts";
import { tempDir } from "../../support/temp-dir.ts";

const headsOf = (journal: Journal) =>
  (["beds", "vitals", "environment"] as const).map((lane) => journal.marks(lane).headSeq);

describe("a journal", () => {
  test("numbers each lane from one, without gaps", async () => {
    const journal = openJournalFile().journal();
    await appendReadings(journal, 3);
    await appendEvents(journal, 2);
    await appendReadings(journal, 1);
    expect(headsOf(journal)).toEqual([2, 4, 0]);
    expect(await valuesOf(journal)).toEqual([1, 2, 3, 4]);
  });

  test.each([1, 4, 5, 49, 50, 51, 156, 1_000])(
    "gives %i readings of one group back as they came",
    async (count) => {
      const journal = openJournalFile().journal();
      await appendReadings(journal, count);
      await appendReadings(journal, count);
      expect(await valuesOf(journal)).toEqual(Array.from({ length: 2 * count }, (_, index) => index + 1));
    },
  );

  test("takes a group whole or not at all", async () => {
    const opened = openJournalFile();
    const group = groupOf(opened.journal(), "vitals", [aReading(), aReading()]);
    const broken = {
      ...group,
      events: [{ receivedAtMs: BEGIN_MS, body: JSON.stringify(anOccupancyChange("present")) }],
      states: [["bed:bed-1", "{}"] as const],
      // Nothing that SQLite could store: it throws when everything else is already written.
      quarantined: [{ ...aQuarantined(1), reason: Symbol("not text") as never }],
    };
    await expect(opened.journal().append(broken)).rejects.toThrow();
    const journal = opened.reopen();
    expect([await valuesOf(journal), [...journal.start.states], journal.facts.quarantinedCount]).toEqual([
      [],
      [],
      0,
    ]);
    expect(headsOf(journal)).toEqual([0, 0, 0]);
    await appendReadings(journal, 1);
    expect(await valuesOf(journal)).toEqual([1]);
  });

  test("refuses a reading of a series that it was never told", async () => {
    const journal = openJournalFile().journal();
    const group = groupOf(journal, "vitals", [aReading()]);
    await expect(journal.append({ ...group, newSeries: [] })).rejects.toThrow("expected a known series");
    expect(headsOf(journal)).toEqual([0, 0, 0]);
  });

  test("knows after reopening what it knew, under the same epoch", async () => {
    const opened = openJournalFile();
    const before = opened.journal();
    await appendReadings(before, 5);
    before.acknowledge("vitals", 3);
    const state = (subject: string, body: string) => ({
      ...emptyGroup(),
      states: [[subject, body] as const],
    });
    await before.append(state("bed:bed-1", "old"));
    await before.append(state("room:room-1", "kept"));
    await before.append({ ...state("bed:bed-1", "new"), quarantined: [aQuarantined(1)] });
    const after = opened.reopen();
    expect(after.epoch).toBe(before.epoch);
    expect(after.marks("vitals")).toEqual({ headSeq: 5, acknowledgedSeq: 3 });
    expect(after.start.states).toEqual(
      new Map([
        ["bed:bed-1", "new"],
        ["room:room-1", "kept"],
      ]),
    );
    expect(after.start.series).toEqual([
      expect.objectContaining({ id: 1, deviceId: "smart-bed-1", metric: "load", unit: "kg" }),
    ]);
    expect(after.facts.quarantinedCount).toBe(1);
    await appendReadings(after, 1);
    expect(await valuesOf(after, "vitals", 4)).toEqual([5, 6]);
  });

  test("gives what came in the last ten minutes to a start, with what repetitions are known by", async () => {
    const opened = openJournalFile();
    const journal = opened.journal();
    const old = aReading({ value: 1, observedBy: "device" });
    await journal.append(groupOf(journal, "vitals", [old]));
    const now = BEGIN_MS + RECENT_MS + 1;
    const known = { receivedAtMs: now, observedAtMs: now - 5, observedBy: "device" };
    const records = [aReading({ ...known, value: 2 }), aReading({ value: 3, receivedAtMs: now })];
    await journal.append(groupOf(journal, "vitals", records));
    const found: unknown[] = [];
    forEachRow(opened.reopen().start.recent.vitals, ({ value, stamp, series }) =>
      found.push([value, stamp, series]),
    );
    // The third has nothing by which a repetition could be known.
    expect(found).toEqual([[2, now - 5, 1]]);
  });

  test.each([
    ["decades ahead", 54],
    ["at its epoch's beginning", -54],
  ])("gives them also to a start whose clock is %s", async (_where, years) => {
    const opened = openJournalFile();
    const journal = opened.journal();
    await journal.append(groupOf(journal, "vitals", [aReading({ value: 1, observedBy: "device" })]));
    journal.acknowledge("vitals", 1);
    opened.pass(years * 365 * 24 * 3_600_000);
    for (let start = 1; start <= 2; start++) {
      expect(opened.reopen().start.recent.vitals.count).toBe(1);
      opened.journal().tick();
    }
  });

  test("that is new has an epoch of its own", () => {
    expect(openJournalFile().journal().epoch).not.toBe(openJournalFile().journal().epoch);
  });

  test("is read from behind any number on, as far as asked, and says how much is behind", async () => {
    const journal = openJournalFile().journal();
    await appendReadings(journal, 10);
    expect(await readBatch(journal, "vitals", 4, 3)).toMatchObject({
      epoch: journal.epoch,
      lane: "vitals",
      firstSeq: 5,
      behindCount: 3,
      content: { kind: "readings", value: [5, 6, 7], series: [{ deviceId: "smart-bed-1" }] },
    });
    expect(await readBatch(journal, "vitals", 10, 3)).toBeNull();
    expect(await readBatch(journal, "environment", 0, 3)).toBeNull();
  });

  test("gives bed events back as they came", async () => {
    const journal = openJournalFile().journal();
    await appendEvents(journal, 2);
    expect(await readBatch(journal, "beds", 0)).toMatchObject({
      firstSeq: 1,
      content: { kind: "events", events: [anOccupancyChange("present"), anOccupancyChange("absent")] },
    });
  });

  test("keeps values of every kind: yes and no, none, minus zero, and what was bad", async () => {
    const journal = openJournalFile().journal();
    const values = [true, false, null, -0, -40.5, 1e300];
    const records = values.map((value) => aReading({ value, unit: null }));
    await journal.append(groupOf(journal, "vitals", records));
    const batch = await readBatch(journal, "vitals", 0);
    expect(batch?.content).toMatchObject({ value: [1, 0, 0, 0, -40.5, 1e300], flags: [16, 16, 32, 0, 0, 0] });
  });
});

describe("what the cloud has", () => {
  test("is noted only forward and never beyond what there is", async () => {
    const journal = openJournalFile().journal();
    await appendReadings(journal, 5);
    journal.acknowledge("vitals", 4);
    journal.acknowledge("vitals", 2);
    expect(journal.marks("vitals").acknowledgedSeq).toBe(4);
    expect(() => journal.acknowledge("vitals", 6)).toThrow(
      "the cloud acknowledged 6, but the journal ends at 5",
    );
    expect(journal.marks("vitals").acknowledgedSeq).toBe(4);
  });

  test("is on disk with the next second, without waiting for a reading", async () => {
    const opened = openJournalFile();
    await appendReadings(opened.journal(), 5);
    opened.journal().acknowledge("vitals", 4);
    opened.journal().tick();
    expect(opened.reopen().marks("vitals")).toEqual({ headSeq: 5, acknowledgedSeq: 4 });
  });

  test("is on disk when the journal is closed: a copy made then should know of it", async () => {
    const opened = openJournalFile();
    await appendReadings(opened.journal(), 5);
    opened.journal().acknowledge("vitals", 4);
    expect(opened.reopen().marks("vitals")).toEqual({ headSeq: 5, acknowledgedSeq: 4 });
  });

  test("leaves the journal after ten minutes; what it does not have, and bed events, stay", async () => {
    const opened = openJournalFile(unloggedFiles(tempDir()));
    const journal = opened.journal();
    await appendReadings(journal, 10);
    await appendReadings(journal, 10, "environment");
    await appendEvents(journal, 10);
    for (const lane of ["vitals", "environment", "beds"] as const) journal.acknowledge(lane, 7);
    journal.tick();
    expect(await valuesOf(journal)).toEqual([1, 2, 3, 4, 5, 6, 7, 8, 9, 10]);
    for (const lane of ["vitals", "environment"] as const)
      await appendReadings(journal, 1, lane, BEGIN_MS + RECENT_MS + 1);
    journal.tick();
    for (const lane of ["vitals", "environment"] as const)
      expect(await valuesOf(journal, lane)).toEqual(["acknowledged 1-7", 8, 9, 10, 11]);
    expect((await readBatch(journal, "beds", 0))?.content).toMatchObject({ events: { length: 10 } });
    expect(opened.reopen().marks("vitals")).toEqual({ headSeq: 11, acknowledgedSeq: 7 });
  });

  test("stays while it is young, and goes as it grows old", async () => {
    const opened = openJournalFile(unloggedFiles(tempDir()));
    const journal = opened.journal();
    await appendReadings(journal, 3, "vitals", BEGIN_MS);
    await appendReadings(journal, 3, "vitals", BEGIN_MS + 1_000);
    journal.acknowledge("vitals", 6);
    await appendReadings(journal, 1, "vitals", BEGIN_MS + RECENT_MS + 1);
    journal.tick();
    expect(await valuesOf(journal)).toEqual(["acknowledged 1-3", 4, 5, 6, 7]);
  });

  // To look for what may go costs as much for a few rows as for many.
  test.each([
    { groups: [31], oldest: 1 },
    { groups: [31, 1], oldest: 1 + 2 * 32 },
    { groups: [31, 1, 1], oldest: 1 + 2 * 32 },
  ])(
    "goes with what comes, twice as many, so that a lane never grows: $groups",
    async ({ groups, oldest }) => {
      const opened = openJournalFile(unloggedFiles(tempDir()));
      const journal = opened.journal();
      await appendReadings(journal, 100);
      journal.acknowledge("vitals", 100);
      for (const count of groups) await appendReadings(journal, count, "vitals", BEGIN_MS + RECENT_MS + 1);
      const found = opened.inspect((database) =>
        database.prepare("SELECT min(seq) FROM vitals").pluck().get(),
      );
      expect(found).toBe(oldest);
    },
  );

  test("leaves a bounded number of rows at a time", async () => {
    const opened = openJournalFile(unloggedFiles(tempDir()));
    await appendReadings(opened.journal(), PRUNE_ROWS_MAX + 3);
    opened.journal().acknowledge("vitals", PRUNE_ROWS_MAX + 3);
    await appendReadings(opened.journal(), 1, "vitals", BEGIN_MS + RECENT_MS + 1);
    const counts: number[] = [];
    const before = opened.journal().facts.commits.count;
    opened.journal().tick();
    counts.push(opened.journal().facts.commits.count - before);
    expect(counts).toEqual([2]);
    expect(await valuesOf(opened.journal())).toEqual([
      `acknowledged 1-${PRUNE_ROWS_MAX + 3}`,
      PRUNE_ROWS_MAX + 4,
    ]);
  });

  test("leaves an oldest record that it does not have, with the time it came", async () => {
    const journal = openJournalFile().journal();
    const oldest = () => journal.facts.oldestUnsentAtMs.vitals;
    expect(oldest()).toBeNull();
    await appendReadings(journal, 1, "vitals", BEGIN_MS + 1);
    await appendReadings(journal, 1, "vitals", BEGIN_MS + 2);
    expect(oldest()).toBe(BEGIN_MS + 1);
    journal.acknowledge("vitals", 1);
    expect(oldest()).toBe(BEGIN_MS + 2);
    journal.acknowledge("vitals", 2);
    expect(oldest()).toBeNull();
  });
});

import { existsSync, statSync } from "node:fs";
import { join } from "node:path";
import Database from "better-sqlite3";
import { describe, expect, onTestFinished, test, vi } from "vitest";
import { Journal, OLDEST_AFTER, PRUNE_ROWS_MAX, READ_FORWARD } from "../../../gateway/journal/journal.ts";
import { aQuarantined, openJournalFile } from "../../support/journal-file.ts";
import { appendEvents, appendReadings, emptyGroup, groupOf } from "../../support/journal-groups.ts";
import { BEGIN_MS } from "../../support/moments.ts";
import { aReading } from "../../support/records.ts";
import { tempDir } from "../../support/temp-dir.ts";

const valuesOf = (journal: Journal, afterSeq = 0) =>
  (journal.read("vitals", afterSeq, 100_000)?.bodies ?? []).map((body) => JSON.parse(body).value);
describe("a journal", () => {
  test("numbers each lane from one, without gaps", () => {
    const journal = openJournalFile().journal();
    appendReadings(journal, 3);
    appendEvents(journal, 2);
    appendReadings(journal, 1);
    expect([
      journal.marks("beds").headSeq,
      journal.marks("vitals").headSeq,
      journal.marks("environment").headSeq,
    ]).toEqual([2, 4, 0]);
    expect(valuesOf(journal)).toEqual([1, 2, 3, 4]);
    expect(journal.appendedCount).toBe(6);
  });

  test.each([0, 1, 3])("refuses number %i where 2 is next", (seq) => {
    const journal = openJournalFile().journal();
    appendReadings(journal, 1);
    const record = { lane: "vitals" as const, seq, record: aReading() };
    expect(() => journal.append({ ...emptyGroup, records: [record] })).toThrow("expected seq 2");
    expect(valuesOf(journal)).toEqual([1]);
  });

  test("takes a group whole or not at all", () => {
    const opened = openJournalFile();
    const group = groupOf(opened.journal(), "vitals", [aReading(), aReading()]);
    const broken = {
      ...group,
      states: new Map([["bed:bed-1", "{}"]]),
      identities: [{ identity: "smart-bed-1 load 1", receivedAtMs: BEGIN_MS }],
      // Nothing that SQLite could store: it throws when everything else is already written.
      quarantined: [{ ...aQuarantined(1), reason: Symbol("not text") as never }],
    };
    expect(() => opened.journal().append(broken)).toThrow();
    const journal = opened.reopen();
    expect([
      valuesOf(journal),
      [...journal.states()],
      journal.isRecent("smart-bed-1 load 1"),
      journal.quarantinedCount(),
    ]).toEqual([[], [], false, 0]);
    expect(journal.marks("vitals")).toEqual({ headSeq: 0, acknowledgedSeq: 0 });
    appendReadings(journal, 1);
    expect(valuesOf(journal)).toEqual([1]);
  });

  test("knows after reopening what it knew, under the same epoch", () => {
    const opened = openJournalFile();
    const before = opened.journal();
    appendReadings(before, 5);
    before.acknowledge("vitals", 3);
    before.append({
      ...emptyGroup,
      states: new Map([
        ["bed:bed-1", "old"],
        ["room:room-1", "kept"],
      ]),
    });
    before.append({
      ...emptyGroup,
      states: new Map([["bed:bed-1", "new"]]),
      identities: [{ identity: "a", receivedAtMs: BEGIN_MS }],
      quarantined: [aQuarantined(1)],
    });
    const after = opened.reopen();
    expect(after.epoch).toBe(before.epoch);
    expect(after.marks("vitals")).toEqual({ headSeq: 5, acknowledgedSeq: 3 });
    expect(after.states()).toEqual(
      new Map([
        ["bed:bed-1", "new"],
        ["room:room-1", "kept"],
      ]),
    );
    expect([after.isRecent("a"), after.isRecent("b"), after.quarantinedCount()]).toEqual([true, false, 1]);
    appendReadings(after, 1);
    expect(valuesOf(after, 4)).toEqual([5, 6]);
  });

  test("that is new has an epoch of its own", () => {
    expect(openJournalFile().journal().epoch).not.toBe(openJournalFile().journal().epoch);
  });

  test("is read from behind any number on, as far as asked", () => {
    const journal = openJournalFile().journal();
    appendReadings(journal, 10);
    expect(journal.read("vitals", 4, 3)).toMatchObject({ firstSeq: 5, bodies: { length: 3 } });
    expect(journal.read("vitals", 10, 3)).toBeNull();
    expect(journal.read("environment", 0, 3)).toBeNull();
  });
});

describe("what the cloud has", () => {
  test("is noted only forward and never beyond what there is", () => {
    const journal = openJournalFile().journal();
    appendReadings(journal, 5);
    journal.acknowledge("vitals", 4);
    journal.acknowledge("vitals", 2);
    expect(journal.marks("vitals").acknowledgedSeq).toBe(4);
    expect(() => journal.acknowledge("vitals", 6)).toThrow(
      "the cloud acknowledged 6, but the journal ends at 5",
    );
    expect(journal.marks("vitals").acknowledgedSeq).toBe(4);
  });

  test("may leave the journal; what it does not have, and bed events, stay", () => {
    const opened = openJournalFile();
    const journal = opened.journal();
    appendReadings(journal, 10);
    appendReadings(journal, 10, "environment");
    appendEvents(journal, 10);
    for (const lane of ["vitals", "environment", "beds"] as const) journal.acknowledge(lane, 7);
    expect(journal.prune(BEGIN_MS, 1_000)).toBe(14);
    expect(valuesOf(journal)).toEqual([8, 9, 10]);
    expect(journal.read("environment", 0, 100)).toMatchObject({ firstSeq: 8 });
    expect(journal.read("beds", 0, 100)).toMatchObject({ firstSeq: 1, bodies: { length: 10 } });
    expect(journal.prune(BEGIN_MS, 1_000)).toBe(0);
    expect(opened.reopen().marks("vitals")).toEqual({ headSeq: 10, acknowledgedSeq: 7 });
  });

  test("leaves a bounded number of rows at a time", () => {
    const journal = openJournalFile().journal();
    appendReadings(journal, PRUNE_ROWS_MAX + 3);
    journal.acknowledge("vitals", PRUNE_ROWS_MAX + 3);
    expect([journal.prune(BEGIN_MS, 1), journal.prune(BEGIN_MS, 1)]).toEqual([PRUNE_ROWS_MAX, 3]);
  });

  test("leaves an oldest record that it does not have, with the time it came", () => {
    const journal = openJournalFile().journal();
    expect(journal.oldestUnsentAtMs("vitals")).toBeNull();
    journal.append(
      groupOf(journal, "vitals", [
        aReading({ receivedAtMs: BEGIN_MS + 1 }),
        aReading({ receivedAtMs: BEGIN_MS + 2 }),
      ]),
    );
    expect(journal.oldestUnsentAtMs("vitals")).toBe(BEGIN_MS + 1);
    journal.acknowledge("vitals", 1);
    expect(journal.oldestUnsentAtMs("vitals")).toBe(BEGIN_MS + 2);
    journal.acknowledge("vitals", 2);
    expect(journal.oldestUnsentAtMs("vitals")).toBeNull();
  });
});

describe("the file", () => {
  test("is opened by one gateway at a time", () => {
    const { file, journal } = openJournalFile();
    expect(() => Journal.open(file)).toThrow(
      expect.objectContaining({ code: expect.stringMatching(/^SQLITE_BUSY/) }),
    );
    appendReadings(journal(), 1);
    expect(valuesOf(journal())).toEqual([1]);
  });

  test("is for its owner alone, in a directory made for it", () => {
    const { file } = openJournalFile();
    expect(existsSync(file)).toBe(true);
    expect(statSync(join(file, "..")).mode & 0o077).toBe(0);
  });

  test("is on disk when append returns: a write-ahead log, synced with every commit", () => {
    const pragma = vi.spyOn(Database.prototype, "pragma");
    onTestFinished(() => pragma.mockRestore());
    openJournalFile();
    // What the journal's own connection answers, not what it was asked for.
    const [connection] = pragma.mock.contexts as Database.Database[];
    const FULL = 2;
    expect(connection?.pragma("journal_mode", { simple: true })).toBe("wal");
    expect(connection?.pragma("synchronous", { simple: true })).toBe(FULL);
  });

  test("is refused by a program older than the one that wrote it, and let go", () => {
    const file = join(tempDir(), "journal.sqlite");
    const addToVersion = (added: number) => {
      const database = new Database(file, { timeout: 0 });
      const version = Number(database.pragma("user_version", { simple: true }));
      database.pragma(`user_version = ${version + added}`);
      database.close();
    };
    Journal.open(file).close();
    addToVersion(1);
    expect(() => Journal.open(file)).toThrow("written by a newer version");
    addToVersion(-1);
    Journal.open(file).close();
  });

  test.each([
    ["the next batch", READ_FORWARD],
    ["the oldest unsent", OLDEST_AFTER],
  ])("gives %s in order of its primary key, never sorted", (_name, sql) => {
    const plan = openJournalFile().inspect((database) =>
      database
        .prepare<unknown[], { detail: string }>(`EXPLAIN QUERY PLAN ${sql}`)
        .all(...Array(sql.split("?").length - 1).fill(1)),
    );
    const steps = plan.map(({ detail }) => detail);
    expect(steps).toEqual([
      expect.stringMatching(/^SEARCH record USING PRIMARY KEY \(lane=\? AND seq>\?\)$/),
    ]);
    expect(steps.join()).not.toContain("TEMP B-TREE");
  });
});

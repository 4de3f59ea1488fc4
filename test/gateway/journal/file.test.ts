import { existsSync, statSync } from "node:fs";
import { join } from "node:path";
import Database from "better-sqlite3";
import { describe, expect, onTestFinished, test, vi } from "vitest";
import type { Lane } from "../../../contracts/wire/ids.ts";
import { EVENTS_FORWARD } from "../../../gateway/journal/event-table.ts";
import { InlineJournal } from "../../../gateway/journal/journal-inline.ts";
import { oldestAfter } from "../../../gateway/journal/journal-store.ts";
import { isAtLeast, openDatabase } from "../../../gateway/journal/open-database.ts";
import { firstSince, newestOf, oldestOf, removeThrough } from "../../../gateway/journal/prune.ts";
import { readingsForward, readingsSince } from "../../../gateway/journal/reading-table.ts";
import { AGGREGATES, NEXT_TOMBSTONE, TOMBSTONE_FROM } from "../../../gateway/journal/tombstone-reader.ts";
import { journalFiles } from "../../support/journal-directory.ts";
import { openJournalFile } from "../../support/journal-file.ts";
import { appendReadings } from "../../support/journal-groups.ts";
import { valuesOf } from "../../support/read-journal.ts";
import { tempDir } from "../../support/temp-dir.ts";

describe("the file", () => {
  test("is opened by one gateway at a time", async () => {
    const files = journalFiles(tempDir());
    const journal = openJournalFile(files).journal();
    expect(() => new InlineJournal(files)).toThrow(
      expect.objectContaining({ code: expect.stringMatching(/^SQLITE_BUSY/) }),
    );
    await appendReadings(journal, 1);
    expect(await valuesOf(journal)).toEqual([1]);
  });

  test("is for its owner alone, in a directory made for it", () => {
    const { file } = openJournalFile();
    expect(existsSync(file)).toBe(true);
    expect(statSync(join(file, "..")).mode & 0o077).toBe(0);
  });

  test("is on disk when append returns: a write-ahead log of bounded length, synced with every commit", () => {
    const pragma = vi.spyOn(Database.prototype, "pragma");
    onTestFinished(() => pragma.mockRestore());
    openJournalFile();
    // What the journal's own connection answers, not what it was asked for.
    const [connection] = pragma.mock.contexts as Database.Database[];
    const answer = (name: string) => connection?.pragma(name, { simple: true });
    const FULL = 2;
    expect(["journal_mode", "synchronous", "locking_mode"].map(answer)).toEqual(["wal", FULL, "exclusive"]);
    expect(["wal_autocheckpoint", "journal_size_limit"].map(answer)).toEqual([3_000, 16 * 1024 * 1024]);
  });

  test("is written from the log into the file at a start, so that nothing is written behind what was not synced", async () => {
    const opened = openJournalFile();
    await appendReadings(opened.journal(), 1);
    expect(statSync(`${opened.file}-wal`).size).toBeGreaterThan(0);
    opened.reopen();
    expect(statSync(`${opened.file}-wal`).size).toBe(0);
  });

  test("is refused by a program older than the one that wrote it, and let go", () => {
    const files = journalFiles(tempDir());
    const addToVersion = (added: number, change: string) => {
      const database = new Database(files.file, { timeout: 0 });
      const version = Number(database.pragma("user_version", { simple: true }));
      database.pragma(`user_version = ${version + added}`);
      database.exec(change);
      database.close();
    };
    void new InlineJournal(files).close();
    addToVersion(1, "CREATE TABLE later (id INTEGER PRIMARY KEY)");
    expect(() => new InlineJournal(files)).toThrow("written by a newer version");
    addToVersion(-1, "DROP TABLE later");
    void new InlineJournal(files).close();
  });

  test.each([
    ["3.51.2", false],
    ["3.51.3", true],
    ["3.9.9", false],
    ["3.54.1", true],
    ["4.0.0", true],
  ])("needs a SQLite that does not damage its log: %s", (version, expected) => {
    expect(isAtLeast(version, "3.51.3")).toBe(expected);
  });
});

describe("of a statement that runs with every group or batch", () => {
  const lanes: readonly Lane[] = ["beds", "vitals", "environment"];
  const ofEachLane = (name: string, sql: (lane: Lane) => string, plan: RegExp) =>
    lanes.map((lane) => [`${name}, ${lane}`, sql(lane), plan] as const);
  const readings = ["vitals", "environment"] as const;

  test.each([
    ["the next events", EVENTS_FORWARD, /^SEARCH beds USING INTEGER PRIMARY KEY \(rowid>\? AND rowid<\?\)$/],
    ...readings.map(
      (lane) =>
        [
          `the next of ${lane}`,
          readingsForward(lane),
          /^SEARCH \w+ USING INTEGER PRIMARY KEY \(rowid>\? AND rowid<\?\)$/,
        ] as const,
    ),
    ...readings.map(
      (lane) =>
        [
          `the newest of ${lane}`,
          readingsSince(lane),
          /^SEARCH \w+ USING INTEGER PRIMARY KEY \(rowid>\?\)$/,
        ] as const,
    ),
    ...ofEachLane("the oldest unsent", oldestAfter, /^SEARCH \w+ USING INTEGER PRIMARY KEY \(rowid>\?\)$/),
    ...ofEachLane("the oldest", oldestOf, /^SEARCH \w+$/),
    ...ofEachLane("the newest of all", newestOf, /^SCAN \w+$/),
    ...ofEachLane("the first young one", firstSince, /^SEARCH \w+ USING INTEGER PRIMARY KEY \(rowid<\?\)$/),
    ...ofEachLane("what goes", removeThrough, /^SEARCH \w+ USING INTEGER PRIMARY KEY \(rowid<\?\)$/),
    [
      "the tombstone of a number",
      TOMBSTONE_FROM,
      /^SEARCH tombstone USING PRIMARY KEY \(lane=\? AND from_seq<\?\)$/,
    ],
    [
      "the next tombstone",
      NEXT_TOMBSTONE,
      /^SEARCH tombstone USING PRIMARY KEY \(lane=\? AND from_seq>\?\)$/,
    ],
    [
      "a tombstone's aggregates",
      AGGREGATES,
      /^SEARCH aggregate USING PRIMARY KEY \(lane=\? AND from_seq=\?\)$/,
    ],
  ] as const)("%s are found by primary key, never sorted", (_name, sql, expected) => {
    const database = openDatabase(":memory:");
    onTestFinished(() => void database.close());
    const plan = database
      .prepare<unknown[], { detail: string }>(`EXPLAIN QUERY PLAN ${sql}`)
      .all(...Array(sql.split("?").length - 1).fill(1));
    expect(plan.map(({ detail }) => detail)).toEqual([expect.stringMatching(expected)]);
  });
});

import Database from "better-sqlite3";
import { describe, expect, test } from "vitest";
import { forEachRow } from "../../../gateway/journal/reading-rows.ts";
import { journalFiles } from "../../support/journal-directory.ts";
import { openJournalFile } from "../../support/journal-file.ts";
import { appendReadings } from "../../support/journal-groups.ts";
import { BEGIN_MS } from "../../support/moments.ts";
import { readBatch, valuesOf } from "../../support/read-journal.ts";
import { anOccupancyChange, aReading } from "../../support/records.ts";
import { tempDir } from "../../support/temp-dir.ts";

/** As schema 1 made it, word for word: a journal may be older than the program's memory of it. */
const SCHEMA_1 = `
  CREATE TABLE meta (key TEXT PRIMARY KEY, value TEXT NOT NULL) WITHOUT ROWID;
  CREATE TABLE record (lane INTEGER NOT NULL, seq INTEGER NOT NULL, received_at_ms INTEGER NOT NULL, body TEXT NOT NULL, PRIMARY KEY (lane, seq)) WITHOUT ROWID;
  CREATE TABLE lane (lane INTEGER PRIMARY KEY, head_seq INTEGER NOT NULL, acknowledged_seq INTEGER NOT NULL);
  INSERT INTO lane VALUES (0, 0, 0), (1, 0, 0), (2, 0, 0);
  CREATE TABLE state (subject TEXT PRIMARY KEY, body TEXT NOT NULL) WITHOUT ROWID;
  CREATE TABLE recent (identity TEXT PRIMARY KEY, received_at_ms INTEGER NOT NULL) WITHOUT ROWID;
  CREATE INDEX recent_by_age ON recent (received_at_ms);
  CREATE TABLE quarantine (id INTEGER PRIMARY KEY AUTOINCREMENT, device_id TEXT NOT NULL, received_at_ms INTEGER NOT NULL, reason TEXT NOT NULL, detail TEXT NOT NULL, raw BLOB NOT NULL);
  INSERT INTO meta VALUES ('epoch', '00000000000000e2');
  PRAGMA user_version = 1;
`;
const SCHEMA_2 = `
  ALTER TABLE quarantine ADD COLUMN bytes INTEGER NOT NULL DEFAULT 0;
  PRAGMA user_version = 2;
`;

function olderJournal(
  schema: string,
  fill: (database: Database.Database) => void,
  files = journalFiles(tempDir()),
) {
  const database = new Database(files.file);
  database.pragma("journal_mode = WAL");
  database.exec(schema);
  fill(database);
  database.close();
  return openJournalFile(files);
}

function insertRecords(database: Database.Database, lane: number, from: number, bodies: readonly object[]) {
  const insert = database.prepare("INSERT INTO record VALUES (?, ?, ?, ?)");
  for (const [index, body] of bodies.entries())
    insert.run(lane, from + index, BEGIN_MS + index, JSON.stringify(body));
  database.prepare("UPDATE lane SET head_seq = ? WHERE lane = ?").run(from + bodies.length - 1, lane);
}

describe("a journal of an earlier version", () => {
  test("keeps its numbers, its marks, its epoch and its states", async () => {
    const opened = olderJournal(SCHEMA_1 + SCHEMA_2, (database) => {
      const values = Array.from({ length: 2_500 }, (_, index) => aReading({ value: index + 8 }));
      insertRecords(database, 1, 8, values);
      insertRecords(database, 0, 1, [anOccupancyChange("present"), anOccupancyChange("absent")]);
      database.exec("UPDATE lane SET acknowledged_seq = 9 WHERE lane = 1");
      database.exec(`INSERT INTO state VALUES ('bed:bed-1', '{"a":1}')`);
    });
    const journal = opened.journal();
    expect(journal.epoch).toBe("00000000000000e2");
    expect(journal.marks("vitals")).toEqual({ headSeq: 2_507, acknowledgedSeq: 9 });
    expect(journal.marks("beds")).toEqual({ headSeq: 2, acknowledgedSeq: 0 });
    expect([...journal.start.states]).toEqual([["bed:bed-1", '{"a":1}']]);
    expect(journal.start.series).toHaveLength(1);
    const kept = await valuesOf(journal, "vitals", 7);
    expect(kept).toEqual(Array.from({ length: 2_500 }, (_, index) => index + 8));
    expect((await readBatch(journal, "beds", 0))?.content).toMatchObject({
      events: [anOccupancyChange("present"), anOccupancyChange("absent")],
    });
    await appendReadings(journal, 1);
    expect(await valuesOf(opened.reopen(), "vitals", 2_507)).toEqual([2_508]);
  });

  test("keeps each reading's every part", async () => {
    const readings = [
      aReading({ value: true, metric: "occupancy", unit: null }),
      aReading({ value: null, deviceId: "other-bed", bedId: null, roomId: "room-1", quality: "good" }),
      aReading({ value: -3.25, quality: "bad", badReason: "out-of-range", receivedAtMs: BEGIN_MS + 2 }),
      aReading({ value: 4, observedBy: "device", observedAtMs: BEGIN_MS - 77 }),
    ];
    const journal = olderJournal(SCHEMA_1 + SCHEMA_2, (database) => {
      insertRecords(database, 2, 1, readings);
    }).journal();
    expect((await readBatch(journal, "environment", 0))?.content).toEqual({
      kind: "readings",
      series: [
        { deviceId: "smart-bed-1", bedId: "bed-1", roomId: null, metric: "occupancy", unit: null },
        { deviceId: "other-bed", bedId: null, roomId: "room-1", metric: "load", unit: "kg" },
        { deviceId: "smart-bed-1", bedId: "bed-1", roomId: null, metric: "load", unit: "kg" },
      ],
      seriesOf: [0, 1, 2, 2],
      receivedAtMs: [0, 1, 2, 3].map((after) => BEGIN_MS + after),
      observedAtMs: [BEGIN_MS, BEGIN_MS, BEGIN_MS, BEGIN_MS - 77],
      value: [1, 0, -3.25, 4],
      flags: [0b1_0000, 0b10_0000, 1, 0b1000],
    });
    const stamps: number[] = [];
    forEachRow(journal.start.recent.environment, ({ stamp }) => stamps.push(stamp));
    expect(stamps).toEqual([BEGIN_MS - 77]);
  });

  test("that is the first there was keeps its quarantine, each message as long as what was kept of it", async () => {
    const opened = olderJournal(SCHEMA_1, (database) => {
      database
        .prepare("INSERT INTO quarantine VALUES (1, 'smart-bed-1', ?, 'malformed-json', 'expected JSON', ?)")
        .run(BEGIN_MS, Buffer.alloc(12, 7));
    });
    expect(await opened.journal().quarantine(10)).toMatchObject([
      { id: 1, reason: "malformed-json", bytes: 12 },
    ]);
  });

  test("is brought forward whole or not at all", () => {
    const files = journalFiles(tempDir());
    const fill = (database: Database.Database) => {
      insertRecords(database, 1, 1, [aReading(), aReading()]);
      database.exec("UPDATE record SET body = '{' WHERE seq = 2");
    };
    expect(() => olderJournal(SCHEMA_1 + SCHEMA_2, fill, files)).toThrow("JSON");
    const database = new Database(files.file);
    expect(database.pragma("user_version", { simple: true })).toBe(2);
    expect(database.prepare("SELECT count(*) FROM record").pluck().get()).toBe(2);
    expect(() => database.prepare("SELECT 1 FROM vitals")).toThrow("no such table");
    database.close();
  });
});

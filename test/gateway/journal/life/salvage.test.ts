import {
  closeSync,
  copyFileSync,
  existsSync,
  openSync,
  readdirSync,
  readFileSync,
  rmSync,
  writeSync,
} from "node:fs";
import { join } from "node:path";
import { describe, expect, test } from "vitest";
import { openOrSalvage } from "../../../../gateway/journal/life/open-or-salvage.ts";
import { salvageJournal } from "../../../../gateway/journal/life/salvage.ts";
import { tempDir } from "../../../support/temp-dir.ts";
import { NOON, WrittenJournal } from "./written-journal.ts";

function written(change: (journal: WrittenJournal) => void): string {
  const file = join(tempDir(), "journal.sqlite");
  const journal = new WrittenJournal(file, 2);
  change(journal);
  journal.database.close();
  return file;
}

/** Turns a bit over in the first place where these bytes stand. */
function damage(file: string, where: Buffer | number, bit = 0): void {
  const at = typeof where === "number" ? where : readFileSync(file).indexOf(where);
  expect(at).toBeGreaterThanOrEqual(0);
  const descriptor = openSync(file, "r+");
  const byte = readFileSync(file)[at] as number;
  writeSync(descriptor, Buffer.from([byte ^ (1 << bit)]), 0, 1, at);
  closeSync(descriptor);
}

const bytesOf = (value: number) => {
  const bytes = Buffer.alloc(8);
  bytes.writeDoubleBE(value);
  return bytes;
};

function rowsIn(file: string) {
  const { database, salvage } = openOrSalvage(file, NOON);
  const all = (sql: string) => database.prepare(sql).raw().all();
  const found = {
    salvage,
    epoch: database.prepare("SELECT value FROM meta WHERE key = 'epoch'").pluck().get(),
    vitals: all("SELECT seq, value FROM vitals WHERE seq > 0 ORDER BY seq"),
    beds: all("SELECT seq, body FROM beds ORDER BY seq"),
    tombstones: all("SELECT lane, from_seq, through_seq, reason FROM tombstone ORDER BY lane, from_seq"),
    lanes: all("SELECT head_seq, acknowledged_seq FROM lane ORDER BY lane"),
  };
  database.close();
  return found;
}

describe("a journal that is whole", () => {
  test("opens as it is, time after time", () => {
    const file = written((journal) => journal.appendReadings(1, 500));
    const first = rowsIn(file);
    expect(first).toMatchObject({
      salvage: null,
      lanes: [
        [0, 0],
        [500, 0],
        [0, 0],
      ],
    });
    expect(rowsIn(file)).toEqual(first);
    expect(readdirSync(join(file, ".."))).toEqual(["journal.sqlite"]);
  });

  test("copied back from somewhere gets a new epoch when asked to, and its unsent records stay", () => {
    const file = written((journal) => {
      journal.appendReadings(1, 100);
      journal.appendEvents(3);
      journal.acknowledge(1, 40);
    });
    const before = rowsIn(file);
    expect(salvageJournal(file, NOON)).toMatchObject({
      savedRecords: 63,
      lostRecords: 0,
      oldEpoch: before.epoch,
    });
    const after = rowsIn(file);
    expect(after.epoch).not.toBe(before.epoch);
    expect(after.vitals).toEqual(Array.from({ length: 60 }, (_, n) => [n + 1, n + 41]));
    expect(after.lanes).toEqual([
      [3, 0],
      [60, 0],
      [0, 0],
    ]);
  });
});

describe("a damaged journal", () => {
  test("is moved aside, and all but the damaged record is in the new one, in order under a new epoch", () => {
    const file = written((journal) => {
      // Halves are stored as eight bytes.
      journal.appendReadings(1, 1_000, 1_000, 0.5);
      journal.appendEvents(5);
      journal.acknowledge(1, 100);
    });
    damage(file, bytesOf(500.5));
    const { salvage, vitals, beds, tombstones, lanes } = rowsIn(file);
    expect(salvage).toMatchObject({ savedRecords: 904, lostRecords: 1 });
    expect(existsSync(salvage?.damagedFile ?? "")).toBe(true);
    expect(vitals).toEqual(
      Array.from({ length: 900 }, (_, n) => [n + 1, n + 101.5]).filter(([seq]) => seq !== 400),
    );
    expect(beds).toHaveLength(5);
    expect(tombstones).toEqual([[1, 400, 400, "damaged"]]);
    expect(lanes).toEqual([
      [5, 0],
      [900, 0],
      [0, 0],
    ]);
    expect(rowsIn(file).salvage).toBeNull();
  });

  test("whose header would have SQLite read it without its log is found before that", () => {
    const file = written((journal) => journal.appendReadings(1, 100));
    damage(file, 18, 1);
    expect(rowsIn(file)).toMatchObject({ salvage: { savedRecords: 100, lostRecords: 0 } });
  });

  test("that calls itself a newer program's is not believed", () => {
    const file = written((journal) => journal.appendReadings(1, 100));
    damage(file, 63, 2);
    expect(rowsIn(file)).toMatchObject({ salvage: { savedRecords: 100, lostRecords: 0 } });
  });

  test("whose epoch no key finds any more is no new one, whether all that named it is gone or not", () => {
    for (const lost of ["key = 'epoch'", "TRUE"]) {
      const file = written((journal) => {
        journal.appendReadings(1, 100);
        journal.database.exec(`DELETE FROM meta WHERE ${lost}`);
      });
      expect(rowsIn(file)).toMatchObject({ salvage: { savedRecords: 100, lostRecords: 0 } });
    }
  });

  test("keeps what stands in its log behind a damaged frame", () => {
    const file = join(tempDir(), "journal.sqlite");
    const journal = new WrittenJournal(file);
    for (let n = 0; n < 20; n++) journal.appendReadings(1, 5, 1_000, 0.5);
    const copy = join(tempDir(), "journal.sqlite");
    for (const end of ["", "-wal"]) copyFileSync(`${file}${end}`, `${copy}${end}`);
    journal.database.close();
    // The first frame that the value stands in is of the transaction that wrote it.
    damage(`${copy}-wal`, bytesOf(33.5), 3);
    const { salvage, vitals } = rowsIn(copy);
    expect(salvage).toMatchObject({ savedRecords: 100, lostRecords: 0 });
    expect(vitals).toEqual(Array.from({ length: 100 }, (_, n) => [n + 1, n + 1.5]));
  });

  test("with a torn last transaction in its log is not damaged: nobody was told of that one", () => {
    const file = join(tempDir(), "journal.sqlite");
    const journal = new WrittenJournal(file);
    for (let n = 0; n < 20; n++) journal.appendReadings(1, 5);
    const copy = join(tempDir(), "journal.sqlite");
    copyFileSync(file, copy);
    const log = readFileSync(`${file}-wal`);
    journal.database.close();
    const descriptor = openSync(`${copy}-wal`, "w");
    writeSync(descriptor, log.subarray(0, log.length - 1_000));
    closeSync(descriptor);
    const { salvage, lanes } = rowsIn(copy);
    expect(salvage).toBeNull();
    expect(lanes[1]).toEqual([95, 0]);
  });

  test("stays beside the new one, and so does the one before it, but no more", () => {
    const file = written((journal) => journal.appendReadings(1, 10));
    const salvaged = [1, 2, 3, 4].map((second) => salvageJournal(file, NOON + second * 1_000).damagedFile);
    expect(salvaged.map((one) => existsSync(one))).toEqual([false, false, true, true]);
    expect(rowsIn(file).vitals).toHaveLength(10);
  });

  test("counts as newer than one that was put aside before it, whatever the clock said", () => {
    const file = written((journal) => journal.appendReadings(1, 10));
    // What a version that did not count has put aside.
    const uncounted = `${file}.damaged-2080-01-01T00-00-00-000Z`;
    copyFileSync(file, uncounted);
    const years = [54, 0, -20, 1];
    const salvaged = years.map((year) => salvageJournal(file, NOON + year * 365 * 86_400_000).damagedFile);
    expect([uncounted, ...salvaged].map((one) => existsSync(one))).toEqual([false, false, false, true, true]);
  });

  test("is salvaged to the end although the power went in between", () => {
    const file = written((journal) => journal.appendReadings(1, 1_000, 1_000, 0.5));
    damage(file, bytesOf(500.5));
    const elsewhere = `${file}-elsewhere`;
    copyFileSync(file, elsewhere);
    salvageJournal(elsewhere, NOON);
    copyFileSync(elsewhere, `${file}.salvaged`);
    rmSync(elsewhere);
    const { salvage, vitals } = rowsIn(file);
    expect([salvage, vitals.length]).toEqual([null, 999]);
  });
});

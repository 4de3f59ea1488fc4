import { existsSync, statSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, onTestFinished, test } from "vitest";
import { JournalLife } from "../../../../gateway/journal/life/journal-life.ts";
import type { LifeSettings } from "../../../../gateway/journal/life/settings.ts";
import { tempDir } from "../../../support/temp-dir.ts";
import { NOON, WrittenJournal } from "./written-journal.ts";

const MIB = 1024 * 1024;
const WEEK_MS = 7 * 24 * 3_600_000;

/** A journal on a disk whose free space the test says; time stands still unless it is moved. */
function living(change: Partial<LifeSettings> = {}) {
  const settings = { bytesMax: MIB / 2 + 8_192, ballastBytes: MIB / 4, reserveBytes: MIB / 2, ...change };
  const file = join(tempDir(), "journal.sqlite");
  const journal = new WrittenJournal(file);
  onTestFinished(() => void journal.database.close());
  const disk = { freeBytes: 100 * MIB, nowMs: 0 };
  const life = new JournalLife({
    ...{ database: journal.database, file, settings, frontierRecords: 0 },
    nowMs: () => NOON,
    monotonicMs: () => disk.nowMs,
    diskFreeBytes: () => disk.freeBytes,
  });
  life.start();
  const usedBytes = () => {
    const pragma = (name: string) => journal.database.pragma(name, { simple: true }) as number;
    return (pragma("page_count") - pragma("freelist_count")) * pragma("page_size");
  };
  /** As the store does: what does not fit is tried again where room was made. */
  const keep = (work: () => void): boolean => {
    for (;;) {
      try {
        work();
        life.afterCommit();
        return true;
      } catch (error) {
        if ((error as { code?: string }).code !== "SQLITE_FULL") throw error;
        if (!life.onFull()) return false;
      }
    }
  };
  const pass = (ms: number) => {
    disk.nowMs += ms;
  };
  /** As the thread does; in a time that stands still one step goes as far as there is something to do. */
  const second = () => {
    life.tick();
    for (let n = 0; n < 10; n++) life.step(() => false);
  };
  return { journal, life, second, file, disk, settings, usedBytes, keep, pass, ballast: `${file}.ballast` };
}

describe("within its budget", () => {
  test("the journal sheds the oldest readings, and keeps every bed event", () => {
    const { journal, life, second, usedBytes, keep, pass, settings } = living();
    for (let n = 0; n < 20; n++) {
      keep(() => journal.appendReadings(1, 1_000));
      keep(() => journal.appendEvents(10));
      pass(20);
    }
    for (let n = 0; n < 5; n++) second();
    expect(usedBytes()).toBeLessThan(settings.bytesMax * 0.9);
    expect(journal.rowsOf(0)).toHaveLength(200);
    expect(journal.rowsOf(1).at(-1)).toBe(20_000);
    expect(journal.unanswered(1)).toEqual([]);
    const given = life.facts().tombstoned.vitals["disk-budget"];
    expect(given).toBe(20_000 - journal.rowsOf(1).length);
    expect(life.facts()).toMatchObject({ disk: "normal", budgetBytes: settings.bytesMax });
  });

  test("aggregates that need too much of it grow coarser before more readings go", () => {
    const { journal, second, keep, pass, settings } = living();
    for (let n = 0; n < 25; n++) {
      // One reading in ten seconds: an aggregate is as long as what it stands for.
      keep(() => journal.appendReadings(1, 1_000, 10_000));
      pass(20);
    }
    second();
    expect(journal.aggregatesOf(1).length * 64).toBeLessThan(settings.bytesMax / 2);
    expect(new Set(journal.tombstonesOf(1).map(({ stepMs }) => stepMs)).size).toBeGreaterThan(1);
    expect(journal.rowsOf(1).length).toBeGreaterThan(1_000);
    expect(journal.unanswered(1)).toEqual([]);
  });

  test("tombstones that the cloud has are forgotten, and the count of what was given up goes on", () => {
    const { journal, life, second, keep, pass } = living();
    for (let n = 0; n < 20; n++) {
      keep(() => journal.appendReadings(1, 1_000));
      pass(20);
    }
    const given = life.facts().tombstoned.vitals["disk-budget"];
    expect(given).toBeGreaterThan(0);
    journal.acknowledge(1, 20_000);
    second();
    expect(journal.tombstonesOf(1)).toEqual([]);
    expect(life.facts().tombstoned.vitals["disk-budget"]).toBe(given);
  });
});

describe("at a full disk", () => {
  test("bed events go on out of the reserve although nothing is left to shed, until that is full too", () => {
    const { journal, life, keep, file, settings } = living();
    let kept = 0;
    while (keep(() => journal.appendEvents(20, 2_000))) kept += 20;
    expect(life.facts().disk).toBe("stalled");
    expect(kept).toBeGreaterThan(180);
    expect(journal.rowsOf(0)).toHaveLength(kept);
    expect(statSync(file).size).toBeLessThanOrEqual(settings.bytesMax + settings.reserveBytes);
  });

  test("the ballast but for a salvage's part is let go for what does not fit, and is whole again with room", () => {
    const { journal, life, second, disk, ballast, keep } = living();
    second();
    expect(statSync(ballast).size).toBe(MIB / 4);
    journal.appendReadings(1, 5_000);
    // A disk that is full says so to whoever writes; SQLite's own limit stands in for it here.
    const pages = journal.database.pragma("page_count", { simple: true });
    journal.database.pragma(`max_page_count = ${pages}`);
    disk.freeBytes = 0;
    expect(keep(() => journal.appendReadings(1, 5_000))).toBe(true);
    second();
    expect(life.facts().disk).toBe("reserve");
    expect(statSync(ballast).size).toBe(MIB / 16);
    expect(journal.unanswered(1)).toEqual([]);
    disk.freeBytes = 100 * MIB;
    second();
    expect(life.facts().disk).toBe("normal");
    expect(statSync(ballast).size).toBe(MIB / 4);
  });

  test("a disk that is nearly full is told before anything fails", () => {
    const { life, second, disk, ballast } = living();
    second();
    disk.freeBytes = MIB / 32;
    second();
    expect(life.facts()).toMatchObject({ disk: "reserve", diskFreeBytes: MIB / 32 });
    expect(existsSync(ballast)).toBe(true);
  });
});

describe("the check in the background", () => {
  test("goes through all rows, and begins anew a week later", () => {
    const { journal, life, second, pass } = living();
    journal.appendReadings(1, 3_000);
    expect(life.facts().lastCheck).toBeNull();
    second();
    expect(life.facts().lastCheck).toEqual({ atMs: NOON, damaged: 0 });
    journal.database.prepare("UPDATE vitals SET value = -1 WHERE seq = 1500").run();
    second();
    pass(WEEK_MS);
    expect(() => second()).toThrow("record 1500 of lane vitals is wrong");
  });

  test("goes a little at a time where a commit is wanted, and never stands still", () => {
    const { journal, life } = living();
    journal.appendReadings(1, 3_000);
    let steps = 0;
    for (; life.facts().lastCheck === null; steps++) life.step(() => true);
    expect(steps).toBeGreaterThan(3_000 / 20);
  });

  test("that finds damage writes it down for the next start", () => {
    const { journal, life, second, file } = living();
    journal.appendReadings(1, 10);
    journal.database.prepare("DELETE FROM vitals WHERE seq = 5").run();
    expect(() => second()).toThrow("records 5 to 5 of lane 1 are missing");
    expect(existsSync(`${file}.damage-found`)).toBe(true);
    expect(life.facts().lastCheck).toEqual({ atMs: NOON, damaged: 1 });
  });
});

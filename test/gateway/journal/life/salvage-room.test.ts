import { statSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, test } from "vitest";
import { openOrSalvage } from "../../../../gateway/journal/life/open-or-salvage.ts";
import { PageImage } from "../../../../gateway/journal/life/page-image.ts";
import { salvageInto } from "../../../../gateway/journal/life/salvage-into.ts";
import { tempDir } from "../../../support/temp-dir.ts";
import { NOON, WrittenJournal } from "./written-journal.ts";

const MIB = 1024 * 1024;

/** Two lanes of readings and two hundred events, of which the cloud has the first hundred; then into so much room. */
function salvaged(roomBytes: number | null) {
  const directory = tempDir();
  const file = join(directory, "journal.sqlite");
  const old = new WrittenJournal(file, 2);
  old.appendReadings(1, 30_000);
  old.appendReadings(2, 10_000);
  old.appendEvents(200);
  old.acknowledge(0, 100);
  old.acknowledge(1, 4_000);
  old.database.pragma("wal_checkpoint(TRUNCATE)");
  old.database.close();
  const image = new PageImage(file);
  const newFile = join(directory, "new.sqlite");
  const saved = salvageInto(newFile, image, NOON, roomBytes);
  image.close();
  const bytes = statSync(newFile).size;
  const { database, salvage } = openOrSalvage(newFile, NOON);
  const all = (sql: string) => database.prepare(sql).raw().all() as number[][];
  const found = {
    vitals: all("SELECT min(seq), max(seq), count(*), min(value), max(value) FROM vitals WHERE seq > 0")[0],
    environment: all("SELECT min(seq), max(seq), count(*) FROM environment WHERE seq > 0")[0],
    beds: all("SELECT min(seq), max(seq), count(*) FROM beds")[0],
    tombstones: all("SELECT lane, from_seq, through_seq, reason FROM tombstone ORDER BY lane, from_seq"),
    heads: all("SELECT head_seq FROM lane ORDER BY lane").flat(),
    givenUp: all("SELECT key FROM meta WHERE key LIKE 'given-up%' ORDER BY key").flat(),
  };
  database.close();
  return { saved, bytes, salvage, ...found };
}

describe("a salvage that has", () => {
  test("all the room that it needs saves everything", () => {
    const { saved, vitals, tombstones } = salvaged(null);
    expect(saved).toMatchObject({ savedRecords: 26_000 + 10_000 + 200, lostRecords: 0 });
    expect(vitals).toEqual([1, 26_000, 26_000, 4_001, 30_000]);
    expect(tombstones).toEqual([]);
  });

  test("little room saves every bed event and the newest readings of each lane, and says what it gave up", () => {
    const { saved, bytes, vitals, environment, beds, tombstones, heads, givenUp, salvage } = salvaged(
      2 * MIB,
    );
    expect(bytes).toBeLessThan(MIB);
    expect(beds).toEqual([1, 200, 200]);
    const rows = vitals?.[2] ?? 0;
    expect(rows).toBeGreaterThan(3_000);
    // In the old order, the newest of all.
    expect(vitals).toEqual([26_001 - rows, 26_000, rows, 30_001 - rows, 30_000]);
    const others = environment?.[2] ?? 0;
    expect(others / rows).toBeCloseTo(10 / 26, 1);
    expect(heads).toEqual([200, 26_000, 10_000]);
    expect(tombstones).toEqual([
      [1, 1, 26_000 - rows, "disk-budget"],
      [2, 1, 10_000 - others, "disk-budget"],
    ]);
    expect(saved.lostRecords).toBe(36_000 - rows - others);
    expect(givenUp).toEqual(["given-up environment disk-budget", "given-up vitals disk-budget"]);
    expect(salvage).toBeNull();
  });

  test("less room than the bed events take saves the newest of those", () => {
    const { beds, tombstones, saved, vitals } = salvaged(MIB / 3);
    const events = beds?.[2] ?? 0;
    expect(events).toBeGreaterThan(20);
    expect(events).toBeLessThan(200);
    expect(beds).toEqual([201 - events, 200, events]);
    expect(vitals?.[2]).toBe(0);
    expect(tombstones[0]).toEqual([0, 1, 200 - events, "disk-budget"]);
    expect(saved.savedRecords).toBe(events);
  });

  test("no room to speak of begins anew, with one tombstone a lane", () => {
    const { tombstones, heads, bytes } = salvaged(0);
    expect(tombstones.map(([lane]) => lane)).toEqual([0, 1, 2]);
    expect(heads).toEqual([200, 26_000, 10_000]);
    expect(bytes).toBeLessThan(128 * 1024);
  });
});

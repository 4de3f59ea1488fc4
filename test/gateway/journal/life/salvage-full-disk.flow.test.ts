/** A damaged journal on a disk that is full: a small memory file system, since no other disk may be filled. */
import {
  appendFileSync,
  closeSync,
  mkdtempSync,
  openSync,
  readFileSync,
  rmSync,
  statSync,
  writeSync,
} from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { describe, expect, onTestFinished, test } from "vitest";
import { InlineJournal } from "../../../../gateway/journal/journal-inline.ts";
import { markDamaged } from "../../../../gateway/journal/life/damage-marker.ts";
import { SmallDisk } from "../../../prove/disk-full/small-disk.ts";
import { groupOf } from "../../../support/journal-groups.ts";
import { aReading } from "../../../support/records.ts";
import { tempDir } from "../../../support/temp-dir.ts";
import { WrittenJournal } from "./written-journal.ts";

const MIB = 1024 * 1024;
const LIFE = { bytesMax: 64 * MIB, ballastBytes: 16 * MIB, reserveBytes: 8 * MIB };

function mayMount(): boolean {
  const directory = mkdtempSync(join(tmpdir(), "hospitell-mount-"));
  try {
    new SmallDisk(directory, 1).close();
    return true;
  } catch (error) {
    if (process.env.CI === "true") throw error;
    process.stderr.write(`A full disk is not tried: ${(error as Error).message}\n`);
    return false;
  } finally {
    rmSync(directory, { recursive: true, force: true });
  }
}

/** A hundred bed events and 150,000 readings, damaged in one reading, and no room left but the ballast. */
function damagedOnFullDisk(ballastBytes: number) {
  const disk = new SmallDisk(join(tempDir(), "small"), 28);
  onTestFinished(() => disk.close());
  const file = join(disk.directory, "journal.sqlite");
  const old = new WrittenJournal(file, 2);
  old.appendEvents(100);
  for (let n = 0; n < 15; n++) old.appendReadings(1, 10_000, 1_000, 0.5);
  old.database.pragma("wal_checkpoint(TRUNCATE)");
  old.database.close();
  const value = Buffer.alloc(8);
  value.writeDoubleBE(149_990.5);
  const at = readFileSync(file).lastIndexOf(value);
  expect(at).toBeGreaterThan(0);
  const descriptor = openSync(file, "r+");
  writeSync(descriptor, Buffer.of((value[0] as number) ^ 1), 0, 1, at);
  closeSync(descriptor);
  markDamaged(file, "a reading");
  appendFileSync(`${file}.ballast`, Buffer.alloc(ballastBytes));
  disk.fill();
  expect(disk.freeBytes).toBe(0);
  return { disk, file };
}

describe.skipIf(!mayMount())("a damaged journal on a full disk", () => {
  test.each([
    ["the whole of the ballast", LIFE.ballastBytes],
    ["what of the ballast stays for this", LIFE.ballastBytes / 4],
  ])("is salvaged into %s, and devices are heard", async (_name, ballastBytes) => {
    const { disk, file } = damagedOnFullDisk(ballastBytes);
    const files = { file, sessionsFile: join(disk.directory, "sessions.sqlite"), life: LIFE };
    const journal = new InlineJournal(files);
    onTestFinished(() => journal.close());
    const { salvage } = journal.start;
    expect(statSync(salvage?.damagedFile ?? "").size).toBeGreaterThan(5 * MIB);
    expect(journal.marks("beds").headSeq).toBe(100);
    expect(journal.marks("vitals").headSeq).toBe(150_000);
    const { beds, vitals } = journal.facts.tombstoned;
    expect([beds["disk-budget"], beds.damaged]).toEqual([0, 0]);
    // Of those that had room one was damaged.
    expect(vitals.damaged).toBe(1);
    expect(vitals["disk-budget"] + vitals.damaged + (salvage?.savedRecords ?? 0)).toBe(150_100);
    expect(salvage?.savedRecords).toBeGreaterThan(1_000);
    for (let n = 0; n < 200; n++) {
      const readings = Array.from({ length: 50 }, (_, index) => aReading({ value: n * 50 + index }));
      const event = { receivedAtMs: n, body: `{"n":${n}}` };
      const kept = journal.append({ ...groupOf(journal, "vitals", readings), events: [event] });
      let isKept = false;
      void kept.then(() => {
        isKept = true;
      });
      // As the thread does each second; what waits for room is tried again.
      for (let ticks = 0; !isKept && ticks < 5; ticks++) {
        journal.tick();
        await new Promise(setImmediate);
      }
      expect(isKept).toBe(true);
    }
    expect(journal.marks("beds").headSeq).toBe(300);
    expect(journal.marks("vitals").headSeq).toBe(160_000);
    expect(journal.facts.tombstoned.beds["disk-budget"]).toBe(0);
  });
});

import { copyFileSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, test } from "vitest";
import { readWal } from "../../../../gateway/journal/life/wal-frames.ts";
import { tempDir } from "../../../support/temp-dir.ts";
import { WrittenJournal } from "./written-journal.ts";

const FRAME_BYTES = 24 + 4_096;
const HEADER_BYTES = 32;

/** SQLite's own log of ten transactions, as a killed process leaves it. */
function aLog(): { readonly file: string; readonly bytes: Buffer; readonly frames: number } {
  const file = join(tempDir(), "journal.sqlite");
  const journal = new WrittenJournal(file);
  for (let n = 0; n < 10; n++) journal.appendReadings(1, 5);
  copyFileSync(`${file}-wal`, `${file}-log`);
  journal.database.close();
  const bytes = readFileSync(`${file}-log`);
  return { file: `${file}-log`, bytes, frames: (bytes.length - HEADER_BYTES) / FRAME_BYTES };
}

function withFlips({ file, bytes }: { file: string; bytes: Buffer }, ...places: readonly number[]) {
  const damaged = Buffer.from(bytes);
  for (const at of places) damaged[at] = (damaged[at] as number) ^ 0b100;
  writeFileSync(file, damaged);
  return readWal(file);
}

describe("SQLite's log", () => {
  test("is read as SQLite wrote it", () => {
    const { file, frames } = aLog();
    const wal = readWal(file);
    expect(wal).toMatchObject({ isDamaged: false, lostIndex: -1 });
    expect(wal.frames).toHaveLength(frames);
    expect(wal.frames.at(-1)?.isCommit).toBe(true);
  });

  test("with a flipped bit anywhere is found damaged, in its last frame too", () => {
    const log = aLog();
    const whole = readWal(log.file).frames.map(({ bytes }) => bytes.toString("hex"));
    for (let at = 33; at < log.bytes.length; at += 997) {
      const wal = withFlips(log, at);
      expect(wal.isDamaged).toBe(true);
      const differing = wal.frames.filter(({ index, bytes }) => bytes.toString("hex") !== whole[index]);
      // A bit that is not certain stays as it is; nothing else is touched.
      expect(differing.length).toBeLessThanOrEqual(1);
      expect(wal.frames.length).toBeGreaterThanOrEqual(log.frames - 1);
    }
  });

  test("with a low bit flipped is put right", () => {
    const log = aLog();
    const whole = readWal(log.file).frames.map(({ bytes }) => bytes.toString("hex"));
    // The lowest byte of a word: the log's words are little-endian, and begin anew with each frame.
    const lastFrame = log.bytes.length - 4_096;
    const wal = withFlips(log, lastFrame + 400, lastFrame + 1_200);
    expect(wal.isDamaged).toBe(true);
    expect(wal.frames.map(({ bytes }) => bytes.toString("hex")).join("") === whole.join("")).toBe(true);
  });

  test("whose header is damaged is not taken for an empty one", () => {
    const log = aLog();
    for (const at of [0, 9, 17, 22, 26]) {
      const wal = withFlips(log, at);
      expect([wal.isDamaged, wal.frames.length]).toEqual([true, log.frames]);
    }
  });

  test("with a frame beyond repair in its middle is damaged, and those behind it are not lost", () => {
    const log = aLog();
    const at = HEADER_BYTES + 3 * FRAME_BYTES + 100;
    const wal = withFlips(log, at, at + 8, at + 16, at + 24);
    expect(wal).toMatchObject({ isDamaged: true, lostIndex: 3 });
    expect(wal.frames).toHaveLength(log.frames - 1);
  });

  test("cut off anywhere in its last transaction is torn, not damaged", () => {
    const log = aLog();
    for (const less of [1, 100, 4_000, FRAME_BYTES - 1]) {
      writeFileSync(log.file, log.bytes.subarray(0, log.bytes.length - less));
      expect(readWal(log.file)).toMatchObject({ isDamaged: false });
    }
  });
});

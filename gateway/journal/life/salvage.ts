/**
 * A damaged journal is moved aside, and what is whole of it goes into a new file under its name. A power cut in between
 * costs nothing: the new file is finished under a name of its own before the old one is touched.
 *
 *   journal.sqlite ─▶ journal.sqlite.salvaging ─▶ journal.sqlite.salvaged
 *   journal.sqlite ─▶ journal.sqlite.damaged-<time>.<n>,  journal.sqlite.salvaged ─▶ journal.sqlite
 *
 * Where there is no room for all of it beside the damaged file, what matters most goes into the new one.
 */
import {
  closeSync,
  existsSync,
  fsyncSync,
  openSync,
  readdirSync,
  renameSync,
  rmSync,
  statfsSync,
  statSync,
} from "node:fs";
import { basename, dirname, join } from "node:path";
import { epochOf, isEpoch } from "../../../contracts/wire/epoch.ts";
import type { Epoch } from "../../../contracts/wire/ids.ts";
import { ballastFile } from "./ballast.ts";
import { unmarkDamaged } from "./damage-marker.ts";
import { isFull } from "./full-disk.ts";
import { PageImage } from "./page-image.ts";
import { type Saved, salvageInto } from "./salvage-into.ts";
import { leftBytes } from "./salvage-room.ts";

export type Salvage = {
  readonly damagedFile: string;
  readonly oldEpoch: Epoch;
  readonly savedRecords: number;
  /** Damaged, or given up for want of room. */
  readonly lostRecords: number;
};

/** Beside the newest one. A disk that goes on failing would else be full of what it has damaged. */
const OLDER_DAMAGED_KEPT = 1;

/** Where the old one cannot be read any more. */
const NO_EPOCH = epochOf("0".repeat(16));

/** Also the way to give a copy that was restored a new epoch: nothing need be damaged. */
export function salvageJournal(file: string, nowMs: number): Salvage {
  const making = `${file}.salvaging`;
  removeUnfinished(making);
  // The new file needs room more than anything does.
  rmSync(ballastFile(file), { force: true });
  removeOlderDamaged(file, OLDER_DAMAGED_KEPT);
  const image = new PageImage(file);
  try {
    const { oldEpoch, ...counts } = salvageWhatFits(file, making, image, nowMs);
    sync(making);
    renameSync(making, doneFile(file));
    sync(dirname(file));
    const damagedFile = finishSalvage(file, nowMs) ?? file;
    return { damagedFile, oldEpoch: isEpoch(oldEpoch) ? oldEpoch : NO_EPOCH, ...counts };
  } catch (error) {
    // Where there was no room for it, what there was of it is in nobody's way.
    removeUnfinished(making);
    throw error;
  } finally {
    image.close();
  }
}

function salvageWhatFits(file: string, making: string, image: PageImage, nowMs: number): Saved {
  let reachedBytes = 0;
  // A quota says no before the disk does: how far the attempt before came says how much room there is.
  const rooms = [() => null, () => freeBytes(file), () => reachedBytes, () => 0];
  for (const [attempt, roomBytes] of rooms.entries()) {
    try {
      const saved = salvageInto(making, image, nowMs, roomBytes());
      // To fit to the last byte is not enough: what comes next needs some, too.
      if (attempt > 0 || isRoomLeft(making)) return saved;
    } catch (error) {
      if (!isFull(error, file) || attempt === rooms.length - 1) throw error;
    }
    reachedBytes = Math.max(reachedBytes, sizeOf(making));
    removeUnfinished(making);
    removeOlderDamaged(file, 0);
  }
  throw new Error("expected the last attempt to end it");
}

const sizeOf = (file: string) => statSync(file, { throwIfNoEntry: false })?.size ?? 0;

function isRoomLeft(making: string): boolean {
  const free = freeBytes(making);
  return free >= leftBytes(free + sizeOf(making));
}

function freeBytes(file: string): number {
  const { bavail, bsize } = statfsSync(dirname(file));
  return bavail * bsize;
}

function removeUnfinished(making: string): void {
  for (const end of ["", "-wal", "-shm"]) rmSync(`${making}${end}`, { force: true });
}

function removeOlderDamaged(file: string, kept: number): void {
  const older = damagedBeside(file);
  for (const { name } of older.slice(0, older.length - kept))
    for (const end of ["", "-wal"]) rmSync(join(dirname(file), `${name}${end}`), { force: true });
}

/**
 * Oldest first. The count behind the time says which came later: the clock may have been wrong. An earlier version wrote
 * none, and what it put aside is older.
 */
function damagedBeside(file: string): { readonly name: string; readonly count: number }[] {
  const beginning = `${basename(file)}.damaged-`;
  return readdirSync(dirname(file))
    .filter((name) => name.startsWith(beginning) && !name.endsWith("-wal"))
    .sort()
    .map((name) => ({ name, count: Number(/\.(\d+)$/.exec(name)?.[1] ?? 0) }))
    .sort((a, b) => a.count - b.count);
}

const doneFile = (file: string) => `${file}.salvaged`;

/** Puts a finished salvage in its place, also one that a power cut came into. Null: there is none. */
export function finishSalvage(file: string, nowMs: number): string | null {
  if (!existsSync(doneFile(file))) return null;
  const time = new Date(nowMs).toISOString().replaceAll(/[:.]/g, "-");
  const damagedFile = `${file}.damaged-${time}.${(damagedBeside(file).at(-1)?.count ?? 0) + 1}`;
  // The log first: beside a new file of its name it would be taken for that one's.
  for (const end of ["-wal", ""]) {
    if (existsSync(`${file}${end}`)) renameSync(`${file}${end}`, `${damagedFile}${end}`);
  }
  renameSync(doneFile(file), file);
  unmarkDamaged(file);
  sync(dirname(file));
  return damagedFile;
}

function sync(path: string): void {
  const descriptor = openSync(path, "r");
  try {
    fsyncSync(descriptor);
  } finally {
    closeSync(descriptor);
  }
}

/**
 * A damaged journal is moved aside, and what is whole of it goes into a new file under its name. A power cut in between
 * costs nothing: the new file is finished under a name of its own before the old one is touched.
 *
 *   journal.sqlite ─▶ journal.sqlite.salvaging ─▶ journal.sqlite.salvaged
 *   journal.sqlite ─▶ journal.sqlite.damaged-<time>,  journal.sqlite.salvaged ─▶ journal.sqlite
 */
import { closeSync, existsSync, fsyncSync, openSync, readdirSync, renameSync, rmSync } from "node:fs";
import { basename, dirname, join } from "node:path";
import { Epoch } from "../../../contracts/wire/ids.ts";
import { ballastFile } from "./ballast.ts";
import { unmarkDamaged } from "./damage-marker.ts";
import { PageImage } from "./page-image.ts";
import { salvageInto } from "./salvage-into.ts";

export type Salvage = {
  readonly damagedFile: string;
  readonly oldEpoch: Epoch;
  readonly savedRecords: number;
  readonly lostRecords: number;
};

/** Beside the newest one. A disk that goes on failing would else be full of what it has damaged. */
const OLDER_DAMAGED_KEPT = 1;

/** Where the old one cannot be read any more. */
const NO_EPOCH = Epoch.parse("0".repeat(16));

/** Also the way to give a copy that was restored a new epoch: nothing need be damaged. */
export function salvageJournal(file: string, nowMs: number): Salvage {
  const making = `${file}.salvaging`;
  removeUnfinished(making);
  // The new file needs room more than anything does.
  rmSync(ballastFile(file), { force: true });
  removeOlderDamaged(file);
  const image = new PageImage(file);
  try {
    const { oldEpoch, ...counts } = salvageInto(making, image, nowMs);
    sync(making);
    renameSync(making, doneFile(file));
    sync(dirname(file));
    const damagedFile = finishSalvage(file, nowMs) ?? file;
    return { damagedFile, oldEpoch: Epoch.safeParse(oldEpoch).data ?? NO_EPOCH, ...counts };
  } catch (error) {
    // Where there was no room for it, what there was of it is in nobody's way.
    removeUnfinished(making);
    throw error;
  } finally {
    image.close();
  }
}

function removeUnfinished(making: string): void {
  for (const end of ["", "-wal", "-shm"]) rmSync(`${making}${end}`, { force: true });
}

function removeOlderDamaged(file: string): void {
  const beginning = `${basename(file)}.damaged-`;
  const older = readdirSync(dirname(file))
    .filter((name) => name.startsWith(beginning) && !name.endsWith("-wal"))
    .sort()
    .slice(0, -OLDER_DAMAGED_KEPT);
  for (const name of older)
    for (const end of ["", "-wal"]) rmSync(join(dirname(file), `${name}${end}`), { force: true });
}

const doneFile = (file: string) => `${file}.salvaged`;

/** Puts a finished salvage in its place, also one that a power cut came into. Null: there is none. */
export function finishSalvage(file: string, nowMs: number): string | null {
  if (!existsSync(doneFile(file))) return null;
  const damagedFile = `${file}.damaged-${new Date(nowMs).toISOString().replaceAll(/[:.]/g, "-")}`;
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

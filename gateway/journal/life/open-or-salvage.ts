/**
 * Opens the journal's file soundly. Before SQLite touches it, its header and its log are looked at; afterwards its
 * table definitions, its trees as far as that is quick, and what is read first: epoch, marks, series, states and the
 * newest rows of each lane. Where anything is damaged, the file is salvaged into a new one under a new epoch.
 */
import { existsSync } from "node:fs";
import type Database from "better-sqlite3";
import { openDatabase } from "../open-database.ts";
import { ballastFile, dropMost } from "./ballast.ts";
import { checkHeader, checkSchema, definitionOf, userVersionIn } from "./check-header.ts";
import { RowCheck } from "./check-rows.ts";
import { checkStructure } from "./check-structure.ts";
import { isDamage } from "./damage.ts";
import { isMarkedDamaged } from "./damage-marker.ts";
import { DamagedTables } from "./damaged-tables.ts";
import { isFull } from "./full-disk.ts";
import { PageImage } from "./page-image.ts";
import { finishSalvage, type Salvage, salvageJournal } from "./salvage.ts";

/** Newest rows of each lane that are looked at before the start goes on; the others are while it runs. */
const TAIL_ROWS = 20_000;

export type Opened = { readonly database: Database.Database; readonly salvage: Salvage | null };

export function openOrSalvage(file: string, nowMs: number): Opened {
  if (file === ":memory:") return { database: openDatabase(file), salvage: null };
  finishSalvage(file, nowMs);
  if (!existsSync(file)) return { database: openDatabase(file), salvage: null };
  const fresh = openDatabase(":memory:");
  try {
    const isDamaged = isMarkedDamaged(file) || lookBefore(file, fresh) !== null;
    const sound = isDamaged ? null : openSound(file, fresh);
    if (sound !== null) return { database: sound, salvage: null };
  } finally {
    fresh.close();
  }
  const salvage = salvageJournal(file, nowMs);
  return { database: openDatabase(file), salvage };
}

const versionOf = (database: Database.Database) =>
  database.pragma("user_version", { simple: true }) as number;

function isOneBitOff(a: number, b: number): boolean {
  const differing = (a ^ b) >>> 0;
  return differing !== 0 && (differing & (differing - 1)) === 0;
}

/** What is wrong with a file that SQLite has not opened yet; null: nothing that shows. */
function lookBefore(file: string, fresh: Database.Database): string | null {
  const image = new PageImage(file);
  try {
    if (image.count === 0) return null;
    if (image.wal.isDamaged) return "its log is damaged";
    const header = checkHeader(image);
    if (header !== null || !isOneBitOff(userVersionIn(image), versionOf(fresh))) return header;
    // Another version's number over this version's tables is no other version.
    const definitions = new DamagedTables(image).definitions;
    const sql = fresh.prepare("SELECT sql FROM sqlite_schema").pluck().all() as (string | null)[];
    const wanted = new Set(sql.filter((one) => one !== null).map(definitionOf));
    // A later version has tables that this one does not know.
    const isOurs = definitions.size === wanted.size && [...wanted].every((one) => definitions.has(one));
    return isOurs ? "its version is wrong" : null;
  } finally {
    image.close();
  }
}

/** Null: it is damaged. */
function openSound(file: string, fresh: Database.Database): Database.Database | null {
  let database: Database.Database | undefined;
  try {
    database = openWithRoom(file);
    if (checkSchema(database, fresh) === null && checkStructure(database) === null && isTailSound(database))
      return database;
  } catch (error) {
    if (!isDamage(error)) {
      database?.close();
      throw error;
    }
  }
  database?.close();
  return null;
}

/** At a full disk SQLite cannot even put its log away: what the ballast is for. */
function openWithRoom(file: string): Database.Database {
  for (;;) {
    try {
      return openDatabase(file);
    } catch (error) {
      if (!isFull(error, file) || dropMost(ballastFile(file)) === 0) throw error;
    }
  }
}

function isTailSound(database: Database.Database): boolean {
  for (const found of new RowCheck(database).tail(TAIL_ROWS)) if (found !== null) return false;
  return true;
}

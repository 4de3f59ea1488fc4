import { randomBytes } from "node:crypto";
import { existsSync, mkdirSync } from "node:fs";
import { dirname } from "node:path";
import Database from "better-sqlite3";
import { checksumOfEpoch } from "./checksum.ts";
import { JournalDamaged } from "./life/damage.ts";
import { migrate } from "./schema.ts";

/** Up to 3.51.2 a write-ahead log could be reset under another connection, and the file be damaged. */
const SQLITE_MIN = "3.51.3";
/**
 * 12 MiB. A commit that finds it full writes it into the file, which takes two syncs more, and the next begins it anew with
 * one: at a hospital's pace few enough that one message in a hundred does not meet them. A salvage has room for it.
 */
const LOG_PAGES = 3_000;
/** What a large transaction left behind is given back once the log begins anew. */
const LOG_BYTES_KEPT = 16 * 1024 * 1024;

/** Rows go in at one end of each table and out at the other, and few pages are read twice. The driver keeps four times as much. */
const PAGE_CACHE_KIB = 4_000;

/** Opens the journal's file, or makes it, and brings it to this program's schema. Throws where it is damaged. */
export function openDatabase(file: string): Database.Database {
  const database = openDurable(file);
  try {
    migrate(database);
    giveEpoch(database);
    // Frames of an earlier process may lie in the log whose fsync failed: only from the page cache do they look whole.
    // They go into the file before anything is written behind them, and the log begins anew.
    database.pragma("wal_checkpoint(TRUNCATE)");
    return database;
  } catch (error) {
    database.close();
    throw error;
  }
}

/** A file of SQLite's whose commits outlast a power cut, held by this process alone. */
export function openDurable(file: string): Database.Database {
  if (file !== ":memory:" && !existsSync(dirname(file)))
    mkdirSync(dirname(file), { recursive: true, mode: 0o700 });
  const database = new Database(file, { timeout: 0 });
  try {
    assertVersion(database);
    // The lock is held for as long as the process lives: a second gateway on this file would number the same records.
    database.pragma("locking_mode = EXCLUSIVE");
    // WAL with NORMAL may drop the last commits on a power cut; gateways get unplugged, so FULL.
    database.pragma("journal_mode = WAL");
    database.pragma("synchronous = FULL");
    database.pragma(`cache_size = -${PAGE_CACHE_KIB}`);
    database.pragma(`wal_autocheckpoint = ${LOG_PAGES}`);
    database.pragma(`journal_size_limit = ${LOG_BYTES_KEPT}`);
    return database;
  } catch (error) {
    database.close();
    throw error;
  }
}

function assertVersion(database: Database.Database): void {
  const version = database.prepare("SELECT sqlite_version()").pluck().get() as string;
  if (!isAtLeast(version, SQLITE_MIN)) {
    throw new Error(
      `The journal needs SQLite ${SQLITE_MIN} or newer, this is ${version}: older ones can damage a write-ahead log. ` +
        "Install the better-sqlite3 that package-lock.json names.",
    );
  }
}

export function isAtLeast(version: string, least: string): boolean {
  const parts = version.split(".").map(Number);
  for (const [index, needed] of least.split(".").map(Number).entries()) {
    const has = parts[index] ?? 0;
    if (has !== needed) return has > needed;
  }
  return true;
}

/**
 * A file's epoch is made with it: a new file is a new numbering. Where something stands in it already its epoch is lost: a
 * row that is damaged is found by no key, and numbers that go on under another epoch would be a gap.
 */
function giveEpoch(database: Database.Database): void {
  if (database.prepare("SELECT 1 FROM meta WHERE key = 'epoch'").get() !== undefined) return;
  const something = "SELECT 1 FROM meta UNION ALL SELECT 1 FROM lane WHERE head_seq > 0 LIMIT 1";
  if (database.prepare(something).get() !== undefined) throw new JournalDamaged("its epoch is missing");
  const epoch = randomBytes(8).toString("hex");
  database
    .prepare("INSERT INTO meta (key, value) VALUES ('epoch', ?), ('epoch-checksum', ?)")
    .run(epoch, String(checksumOfEpoch(epoch)));
}

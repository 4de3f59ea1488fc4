import type Database from "better-sqlite3";

/**
 * SQLite's own check of its trees holds everybody up for as long as it takes. In a file up to this size that is a moment;
 * in a larger one damage of the trees shows by rows that are missing, out of order or cannot be read.
 */
const BYTES_MAX = 48 * 1024 * 1024;

export function checkStructure(database: Database.Database): string | null {
  const pages = database.pragma("page_count", { simple: true }) as number;
  const bytesEach = database.pragma("page_size", { simple: true }) as number;
  if (pages * bytesEach > BYTES_MAX) return null;
  const found = database.pragma("quick_check(1)", { simple: true }) as string;
  return found === "ok" ? null : found;
}

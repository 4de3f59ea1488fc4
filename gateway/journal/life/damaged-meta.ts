/** What a damaged journal says of itself. */
import type Database from "better-sqlite3";
import type { DamagedTables } from "./damaged-tables.ts";

/** Where this program's tables begin in a new file. */
export function rootsOf(database: Database.Database): ReadonlyMap<string, number> {
  const roots = database
    .prepare<[], [string, number]>("SELECT name, rootpage FROM sqlite_schema")
    .raw()
    .all();
  return new Map(roots);
}

export function readMeta(tables: DamagedTables): ReadonlyMap<string, string> {
  const meta = new Map<string, string>();
  for (const { values, isMaybeStale } of tables.live("meta")) {
    const [key, value] = values;
    if (!isMaybeStale && typeof key === "string" && typeof value === "string") meta.set(key, value);
  }
  return meta;
}

/** What somebody reads who has taken the disk: every row of every table, and the tables' files as they lie there. */
import { readdir, readFile } from "node:fs/promises";
import { join } from "node:path";
import { sql } from "kysely";
import type { Database } from "../../../cloud/database/schema.ts";

/** Each after its table's name and a blank. */
export async function everyRow(db: Database): Promise<string[]> {
  const { rows: tables } = await sql<{ name: string }>`
    SELECT relname AS name FROM pg_class WHERE relnamespace = 'public'::regnamespace AND relkind IN ('r', 'm')`.execute(
    db,
  );
  const lines: string[] = [];
  for (const { name } of tables) {
    const { rows } = await sql<{ line: string }>`SELECT t::text AS line FROM ${sql.table(name)} t`.execute(
      db,
    );
    lines.push(...rows.map(({ line }) => `${name} ${line}`));
  }
  return lines;
}

/** How many of the values stand in the tables' files, also where no row has them any more; null: not on this machine. */
export async function countOnDisk(db: Database, values: readonly Buffer[]): Promise<number | null> {
  await sql`CHECKPOINT`.execute(db);
  const { rows } = await sql<{ directory: string; oid: number }>`
    SELECT current_setting('data_directory') AS directory, oid::int FROM pg_database
    WHERE datname = current_database()`.execute(db);
  const [database] = rows;
  const directory = join(database?.directory ?? "", "base", String(database?.oid));
  const names = await readdir(directory).catch(() => null);
  if (names === null) return null;
  const found = new Set<Buffer>();
  for (const name of names) {
    const bytes = await readFile(join(directory, name)).catch(() => Buffer.alloc(0));
    for (const value of values) if (bytes.includes(value)) found.add(value);
  }
  return found.size;
}

/** As its operator does, so that what no row has any more is not on the disk either. */
export async function vacuum(db: Database): Promise<void> {
  await sql`VACUUM FULL`.execute(db);
}

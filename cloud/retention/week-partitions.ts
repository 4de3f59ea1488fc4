/** Which partitions of a table there are. The one for what belongs to no other is not among them. */
import { sql } from "kysely";
import type { Database } from "../database/schema.ts";
import { type Partitioned, partitionName } from "../history/postgresql/partitions.ts";

export type WeekPartition = { readonly name: string; readonly fromMs: number };

/** Ascending. One that is not named by its beginning was not made by this service, and is left alone. */
export async function weekPartitions(db: Database, table: Partitioned["table"]): Promise<WeekPartition[]> {
  const { rows } = await sql<{ name: string }>`
    SELECT child.relname AS name FROM pg_inherits JOIN pg_class child ON child.oid = inhrelid
    WHERE inhparent = to_regclass(${table}) ORDER BY 1`.execute(db);
  return rows.flatMap(({ name }) => {
    const [, year, month, day] = /_(\d{4})(\d{2})(\d{2})$/.exec(name) ?? [];
    const fromMs = Date.UTC(Number(year), Number(month) - 1, Number(day));
    return !Number.isNaN(fromMs) && partitionName(table, fromMs) === name ? [{ name, fromMs }] : [];
  });
}

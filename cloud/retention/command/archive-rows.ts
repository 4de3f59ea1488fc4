/** Archives that were made, as the database knows them. */
import { sql } from "kysely";
import type { Database } from "../../database/schema.ts";
import type { ArchiveFilter } from "./arguments.ts";

export type ArchiveRow = {
  readonly key: string;
  readonly rowCount: number;
  readonly bytes: number;
  readonly archivedAtMs: number;
  readonly restoredUntilMs: number | null;
};

/** By time; those whose week the range reaches into. */
export async function archivesOf(
  db: Database,
  { class: dataClass, hospital, fromMs, toMs }: ArchiveFilter,
): Promise<ArchiveRow[]> {
  const { rows } = await sql<ArchiveRow>`
    SELECT key, row_count, bytes, archived_at_ms, restored_until_ms FROM archives
    WHERE (${dataClass}::text IS NULL OR class = ${dataClass}::text)
      AND (${hospital}::text IS NULL OR hospital_id = ${hospital}::text)
      AND (${fromMs}::bigint IS NULL OR to_ms > ${fromMs}::bigint)
      AND (${toMs}::bigint IS NULL OR from_ms < ${toMs}::bigint)
    ORDER BY from_ms, hospital_id, class, key`.execute(db);
  return rows;
}

/** Which database this is: an archive is put back only where it came from. */
import { sql } from "kysely";
import type { Database } from "../database/schema.ts";

/** Made when it is first asked for; a copy of the database has the same. */
export async function databaseIdentity(db: Database): Promise<string> {
  await sql`INSERT INTO database_identity DEFAULT VALUES ON CONFLICT DO NOTHING`.execute(db);
  const { rows } = await sql<{ databaseId: string }>`SELECT database_id FROM database_identity`.execute(db);
  const [row] = rows;
  if (row === undefined) throw new Error("the database's identity was to be there by now");
  return row.databaseId;
}

/**
 * A new database with the service's tables, on a server that is there. Making the tables takes seconds, copying a database
 * that has them a tenth: the first that was made stays on the server, named by the code that makes them, for all tests.
 */
import { sql } from "kysely";
import { migrate } from "../../cloud/database/migrate.ts";
import { openPostgresql } from "../../cloud/database/postgresql.ts";
import type { Database } from "../../cloud/database/schema.ts";
import { errorCode } from "../../cloud/start-error.ts";
import { migrationsHash } from "./migrations-hash.ts";

const KEPT = `hospitell_tables_${migrationsHash()}`;
const DUPLICATE_DATABASE = "42P04";

/** The address of the same server's database `name`. */
export function databaseUrl(serverUrl: string, name: string): string {
  const url = new URL(serverUrl);
  url.pathname = `/${name}`;
  return url.href;
}

export async function createMigrated(server: Database, serverUrl: string, name: string): Promise<void> {
  const { rows } = await sql`SELECT 1 FROM pg_database WHERE datname = ${KEPT}`.execute(server);
  if (rows.length === 0) await makeKept(server, serverUrl);
  await sql`CREATE DATABASE ${sql.id(name)} TEMPLATE ${sql.id(KEPT)}`.execute(server);
}

async function makeKept(server: Database, serverUrl: string): Promise<void> {
  // Under its name only when it is whole: several test files may start at once.
  const draft = `${KEPT}_${process.pid}`;
  await sql`CREATE DATABASE ${sql.id(draft)}`.execute(server);
  const made = openPostgresql({ url: databaseUrl(serverUrl, draft), onIdleError: () => {} });
  await migrate(made.db);
  await made.close();
  try {
    await sql`ALTER DATABASE ${sql.id(draft)} RENAME TO ${sql.id(KEPT)}`.execute(server);
  } catch (error) {
    if (errorCode(error) !== DUPLICATE_DATABASE) throw error;
    await sql`DROP DATABASE ${sql.id(draft)}`.execute(server);
  }
}

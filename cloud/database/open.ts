/** Opens whichever database is configured, on the newest schema. */
import { sql } from "kysely";
import type { Logger } from "pino";
import { errorCode, StartError } from "../start-error.ts";
import { type OpenDatabase, openEmbedded } from "./embedded.ts";
import { migrate } from "./migrate.ts";
import { openPostgresql } from "./postgresql.ts";

export type OpenOptions = {
  /** Holds a password: neither it nor any part of it is ever printed. */
  readonly databaseUrl: string | undefined;
  readonly dataDirectory: string;
  readonly log: Logger;
};

export async function openDatabase({ databaseUrl, dataDirectory, log }: OpenOptions): Promise<OpenDatabase> {
  if (databaseUrl === undefined) {
    log.warn(
      { dataDirectory },
      "using the embedded database: it is for trying out, since it never forces its writes to disk; set DATABASE_URL to use PostgreSQL",
    );
    return await migrated(await openEmbedded(dataDirectory));
  }
  const opened = openPostgresql({
    url: databaseUrl,
    onIdleError: (error) => log.warn({ err: error }, "an idle database connection broke"),
  });
  return await migrated(await connected(opened));
}

async function connected(opened: OpenDatabase): Promise<OpenDatabase> {
  try {
    await sql`SELECT 1`.execute(opened.db);
    return opened;
  } catch (error) {
    await opened.close();
    throw describeConnectError(error);
  }
}

async function migrated(opened: OpenDatabase): Promise<OpenDatabase> {
  try {
    await migrate(opened.db);
    return opened;
  } catch (error) {
    await opened.close();
    throw error;
  }
}

const REFUSED_LOGIN = /^(28...|3D000|42501)$/;

function describeConnectError(error: unknown): StartError {
  const code = errorCode(error);
  // Without its cause, which quotes the address and so the password.
  if (code === "ERR_INVALID_URL")
    return new StartError(
      "DATABASE_URL was to be an address like postgres://user:password@host:5432/database, but cannot be read as one. Correct it.",
    );
  if (code !== undefined && REFUSED_LOGIN.test(code))
    return new StartError(
      `The PostgreSQL of DATABASE_URL was to let us in, but refused (${code}). Check its user, password, database name and rights.`,
      { cause: error },
    );
  const why = code ?? (error instanceof Error ? error.message : "no answer");
  return new StartError(
    `The PostgreSQL of DATABASE_URL was to answer, but did not (${why}). Start it, or check the address.`,
    { cause: error },
  );
}

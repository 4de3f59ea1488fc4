/** The embedded database: PGlite, in this process, for trying out. */
import { mkdirSync } from "node:fs";
import { join } from "node:path";
import { PGlite } from "@electric-sql/pglite";
import { btree_gist } from "@electric-sql/pglite/contrib/btree_gist";
import { CamelCasePlugin, Kysely, PGliteDialect } from "kysely";
import { errorCode, StartError } from "../start-error.ts";
import { type DirectoryLock, lockDirectory } from "./lock-file.ts";
import type { Database, Tables } from "./schema.ts";

/** What the migrations ask of PGlite beside what it has by itself; PostgreSQL has it on its disk. */
export const PGLITE_EXTENSIONS = { btree_gist };

export type OpenDatabase = { readonly db: Database; close(): Promise<void> };

export async function openEmbedded(dataDirectory: string): Promise<OpenDatabase> {
  makeDirectory(dataDirectory);
  const lock = lockDirectory(dataDirectory);
  try {
    const pglite = await PGlite.create(join(dataDirectory, "pglite"), { extensions: PGLITE_EXTENSIONS });
    return openPglite(pglite, lock);
  } catch (error) {
    lock.release();
    throw new StartError(
      `The embedded database in ${dataDirectory} was to open, but did not (${error instanceof Error ? error.message : "unknown error"}). If it cannot be repaired, move the directory away and start again.`,
      { cause: error },
    );
  }
}

/** Kysely's own dialect gives the one connection to one transaction at a time; other adapters mix them. */
export function openPglite(pglite: PGlite, lock?: DirectoryLock): OpenDatabase {
  const db = new Kysely<Tables>({
    dialect: new PGliteDialect({ pglite }),
    plugins: [new CamelCasePlugin({ maintainNestedObjectKeys: true })],
  });
  return {
    db,
    async close() {
      await db.destroy();
      await pglite.close().catch((error: unknown) => {
        // The driver has closed it already, unless no query was ever made.
        if (!pglite.closed) throw error;
      });
      lock?.release();
    },
  };
}

function makeDirectory(directory: string): void {
  try {
    mkdirSync(directory, { recursive: true });
  } catch (error) {
    throw new StartError(
      `The data directory ${directory} was to be made or used, but cannot be (${errorCode(error)}). Set another dataDirectory in the configuration.`,
      { cause: error },
    );
  }
}

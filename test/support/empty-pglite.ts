/**
 * An empty PGlite, in memory or in a directory. Making one takes seconds, taking one that was made before takes a tenth:
 * the bytes of the first are kept in the system's temporary directory, by version, for all tests and proofs.
 */
import { execFile } from "node:child_process";
import { randomUUID } from "node:crypto";
import { existsSync, mkdirSync, openAsBlob, renameSync, writeFileSync } from "node:fs";
import { createRequire } from "node:module";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { promisify } from "node:util";
import { PGlite } from "@electric-sql/pglite";
import * as z from "zod";
import { openPglite, PGLITE_EXTENSIONS } from "../../cloud/database/embedded.ts";
import { migrate } from "../../cloud/database/migrate.ts";
import { migrationsHash } from "./migrations-hash.ts";

const run = promisify(execFile);
const require = createRequire(import.meta.url);
const { version } = z
  .object({ version: z.string() })
  .parse(require(join(require.resolve("@electric-sql/pglite"), "..", "..", "package.json")));
const KEPT = join(tmpdir(), `hospitell-empty-pglite-${version}.tar`);
/** With the service's tables, by the code that makes them; a cloud that finds them starts seconds sooner. */
const MIGRATED = join(tmpdir(), `hospitell-pglite-${version}-${migrationsHash()}.tar`);

export async function emptyPglite(): Promise<PGlite> {
  return existsSync(KEPT)
    ? await PGlite.create({ extensions: PGLITE_EXTENSIONS, loadDataDir: await openAsBlob(KEPT) })
    : await makeKept();
}

/** The same with the service's tables. */
export async function migratedPglite(): Promise<PGlite> {
  if (!existsSync(MIGRATED)) await makeMigrated();
  return await PGlite.create({ extensions: PGLITE_EXTENSIONS, loadDataDir: await openAsBlob(MIGRATED) });
}

/** Where a cloud looks for its embedded database, if it is to use that one and has none yet. */
export async function layEmptyPglite(
  cloudDirectory: string,
  databaseUrl = process.env.DATABASE_URL,
): Promise<void> {
  const directory = join(cloudDirectory, "pglite");
  if (databaseUrl || existsSync(directory)) return;
  if (!existsSync(MIGRATED)) await makeMigrated();
  mkdirSync(directory, { recursive: true, mode: 0o700 });
  await run("tar", ["-xf", MIGRATED, "-C", directory]);
}

async function makeKept(): Promise<PGlite> {
  const made = await PGlite.create({ extensions: PGLITE_EXTENSIONS });
  await keep(made, KEPT);
  return made;
}

async function makeMigrated(): Promise<void> {
  const made = await emptyPglite();
  await migrate(openPglite(made).db);
  await keep(made, MIGRATED);
  await made.close();
}

async function keep(made: PGlite, as: string): Promise<void> {
  const dump = await made.dumpDataDir("none");
  // Under its name only when it is whole: several test files may start at once.
  const draft = `${as}.${randomUUID()}`;
  writeFileSync(draft, Buffer.from(await dump.arrayBuffer()));
  renameSync(draft, as);
}

/**
 * An empty PGlite in memory. Making one takes seconds, loading one that was made before takes a tenth: the bytes of
 * the first are kept in the system's temporary directory, by version, for the other test files.
 */
import { existsSync, mkdtempSync, openAsBlob, renameSync, writeFileSync } from "node:fs";
import { createRequire } from "node:module";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { PGlite } from "@electric-sql/pglite";
import * as z from "zod";

const require = createRequire(import.meta.url);
const { version } = z
  .object({ version: z.string() })
  .parse(require(join(require.resolve("@electric-sql/pglite"), "..", "..", "package.json")));
const KEPT = join(tmpdir(), `hospitell-empty-pglite-${version}.tar`);

export async function emptyPglite(): Promise<PGlite> {
  if (existsSync(KEPT)) return await PGlite.create({ loadDataDir: await openAsBlob(KEPT) });
  const made = await PGlite.create();
  const dump = await made.dumpDataDir("none");
  // Under its name only when it is whole: several test files may start at once.
  const draft = join(mkdtempSync(join(tmpdir(), "hospitell-")), "pglite.tar");
  writeFileSync(draft, Buffer.from(await dump.arrayBuffer()));
  renameSync(draft, KEPT);
  return made;
}

/** Names the code that makes the service's tables: what was made by it is good until it changes. */
import { createHash } from "node:crypto";
import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";

export function migrationsHash(): string {
  const directory = join(import.meta.dirname, "../../cloud/database/migrations");
  const hash = createHash("sha256");
  for (const name of readdirSync(directory).sort()) hash.update(readFileSync(join(directory, name)));
  return hash.digest("hex").slice(0, 16);
}

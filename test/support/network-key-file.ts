/**
 * Where clouds with directories of their own, on one PostgreSQL that a test was given, share the key of the network's
 * log: the database begun under one key is signed on with no other.
 */
import { createHash } from "node:crypto";
import { tmpdir } from "node:os";
import { join } from "node:path";

/** For the cloud's configuration; an embedded database has its key beside it. */
export function sharedEvidence(databaseUrl = process.env.DATABASE_URL): { evidence?: { keyFile: string } } {
  if (!databaseUrl) return {};
  const name = createHash("sha256").update(databaseUrl).digest("hex").slice(0, 16);
  return { evidence: { keyFile: join(tmpdir(), `hospitell-network-key-${name}.pem`) } };
}

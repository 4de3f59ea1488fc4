/** A PostgreSQL of our own in a temporary directory, on a free port of loopback, gone when the work is done. */
import { execFile } from "node:child_process";
import { randomBytes } from "node:crypto";
import { chownSync, existsSync, mkdtempSync, readdirSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { promisify } from "node:util";
import { freePort } from "./free-port.ts";

const run = promisify(execFile);
const INSTALLED = "/usr/lib/postgresql";
const DIRECTORY = join(tmpdir(), "hospitell-pg-");

export type OwnPostgresql = { readonly url: string; stop(): Promise<void> };

/** The one of DATABASE_URL where it is set; otherwise one that is started here. */
export async function somePostgresql(): Promise<OwnPostgresql> {
  const url = process.env.DATABASE_URL;
  return url === undefined ? await ownPostgresql() : { url, stop: async () => {} };
}

async function ownPostgresql(): Promise<OwnPostgresql> {
  const bin = newestBin();
  const directory = mkdtempSync(DIRECTORY);
  const data = join(directory, "data");
  const passwordFile = join(directory, "password");
  const password = randomBytes(16).toString("hex");
  writeFileSync(passwordFile, password);
  const as = await postgresUser();
  if (as !== null) for (const path of [directory, passwordFile]) chownSync(path, as.uid, as.gid);
  const options = { cwd: tmpdir(), ...(as ?? {}) };
  const port = await freePort();
  const initdb = ["-D", data, "-U", "hospitell", "--auth=scram-sha-256", `--pwfile=${passwordFile}`];
  await run(join(bin, "initdb"), initdb, options);
  const settings = `-p ${port} -c listen_addresses=127.0.0.1 -c unix_socket_directories=''`;
  const start = ["-D", data, "-w", "-l", join(directory, "log"), "-o", settings, "start"];
  await run(join(bin, "pg_ctl"), start, options);
  return {
    url: `postgres://hospitell:${password}@127.0.0.1:${port}/postgres`,
    async stop() {
      await run(join(bin, "pg_ctl"), ["-D", data, "-m", "immediate", "stop"], options);
      rmSync(directory, { recursive: true, force: true });
    },
  };
}

function newestBin(): string {
  const versions = existsSync(INSTALLED) ? readdirSync(INSTALLED).sort((a, b) => Number(b) - Number(a)) : [];
  const found = versions
    .map((version) => join(INSTALLED, version, "bin"))
    .find((bin) => existsSync(join(bin, "initdb")));
  if (found === undefined)
    throw new Error(
      `A PostgreSQL was expected in ${INSTALLED}; install one, or name another in DATABASE_URL.`,
    );
  return found;
}

/** PostgreSQL refuses to run as root; its package made a user for it. */
async function postgresUser(): Promise<{ uid: number; gid: number } | null> {
  if (process.getuid?.() !== 0) return null;
  const id = async (which: "-u" | "-g") => Number((await run("id", [which, "postgres"])).stdout);
  return { uid: await id("-u"), gid: await id("-g") };
}

/** A cloud service for a test: on PGlite in memory, and on PostgreSQL too where DATABASE_URL names one. */
import { createHash } from "node:crypto";
import { mkdirSync, mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { gzipSync } from "node:zlib";
import { sql } from "kysely";
import { afterAll, afterEach, beforeAll, beforeEach, describe } from "vitest";
import { systemRandomness } from "../../cloud/clock.ts";
import { type Cloud, createCloud } from "../../cloud/cloud.ts";
import { type OpenDatabase, openPglite } from "../../cloud/database/embedded.ts";
import { migrate } from "../../cloud/database/migrate.ts";
import { openPostgresql } from "../../cloud/database/postgresql.ts";
import type { DeskClock } from "../../cloud/desk/desk-clock.ts";
import { createLog } from "../../cloud/http/log.ts";
import { CloudConfig } from "../../config/cloud.ts";
import { parseConfig } from "../../config/load.ts";
import { encodeSyncBatch } from "../../contracts/wire/encode-sync-batch.ts";
import { HospitalId } from "../../contracts/wire/ids.ts";
import { NETWORK_ROLES, type PersonRole } from "../../contracts/wire/roles.ts";
import { type Heartbeat, SYNC_BATCH_TYPE } from "../../contracts/wire/sync.ts";
import type { SyncBatch } from "../../contracts/wire/sync-batch.ts";
import { migratedPglite } from "../support/empty-pglite.ts";
import { createMigrated, databaseUrl } from "../support/migrated-postgresql.ts";
import { START_MS } from "./records.ts";

export const KEYS = {
  "gw-north": `hk_gw-north_${"n".repeat(43)}`,
  "gw-south": `hk_gw-south_${"s".repeat(43)}`,
} as const;

const sha256 = (text: string) => createHash("sha256").update(text).digest("hex");

export const testConfig = parseConfig(
  CloudConfig,
  `
dataDirectory: unused
publicUrl: http://beds.example
hospitals:
  - { id: north, name: Northside General }
  - { id: south, name: Southbank Hospital }
gateways:
  - { id: gw-north, hospital: north, keySha256: ${sha256(KEYS["gw-north"])} }
  - { id: gw-south, hospital: south, keySha256: ${sha256(KEYS["gw-south"])} }
`,
  "the test's configuration",
);

export type TestCloud = Cloud & {
  readonly db: OpenDatabase["db"];
  /** The service's clock; a test moves it. */
  readonly clock: { now: number; nowMs(): number };
  /** Every line that was logged. */
  readonly logged: string[];
  /** Gone after the test. */
  readonly directory: string;
  /** A directory for the web app's files; empty. */
  readonly shellDirectory: string;
  sync(batchOrHeartbeat: SyncBatch | Heartbeat): Promise<{ status: number; body: unknown }>;
  /** The cookie header of somebody who has signed in. */
  signIn(role: PersonRole, hospital?: "north" | "south"): Promise<string>;
  get(url: string, cookie: string): Promise<{ status: number; body: unknown }>;
};

/**
 * Runs the same tests on each database; each test finds it empty. HOSPITELL_TEST_POSTGRESQL_ONLY leaves out the embedded
 * one, for a run after another that had it.
 */
export function describeOnEachDatabase(title: string, body: (cloud: () => TestCloud) => void): void {
  const databaseUrl = process.env.DATABASE_URL;
  const postgresqlOnly = databaseUrl !== undefined && process.env.HOSPITELL_TEST_POSTGRESQL_ONLY === "1";
  if (!postgresqlOnly) describe(`${title}, on PGlite`, () => withCloud(sharedPglite, body));
  if (databaseUrl !== undefined)
    describe(`${title}, on PostgreSQL`, () => withCloud(() => freshPostgresql(databaseUrl), body));
}

function withCloud(open: () => Promise<OpenDatabase>, body: (cloud: () => TestCloud) => void): void {
  let database: OpenDatabase | undefined;
  let cloud: TestCloud | undefined;
  beforeAll(async () => {
    database = await open();
  }, 60_000);
  beforeEach(async () => {
    if (database === undefined) throw new Error("the database did not open");
    await empty(database.db);
    cloud = await cloudOn(database.db);
  });
  afterEach(async () => {
    await cloud?.app.close();
    if (cloud !== undefined) rmSync(cloud.directory, { recursive: true, force: true });
  });
  afterAll(async () => {
    await database?.close();
  });
  body(() => {
    if (cloud === undefined) throw new Error("only inside a test");
    return cloud;
  });
}

let shared: Promise<OpenDatabase> | undefined;

/** One for all files of a worker: opening it and making its tables takes longer than the tests of most files. */
async function sharedPglite(): Promise<OpenDatabase> {
  shared ??= (async () => {
    const opened = openPglite(await migratedPglite());
    await migrate(opened.db);
    return opened;
  })();
  const { db } = await shared;
  await asNew(db);
  return { db, close: async () => {} };
}

/** Nothing is left of the files before: neither their deleted rows, nor their numbers. */
async function asNew(db: OpenDatabase["db"]): Promise<void> {
  await sql`DO $$ DECLARE names text; BEGIN
    SELECT string_agg(quote_ident(relname), ', ') INTO names FROM pg_class
      WHERE relnamespace = 'public'::regnamespace AND relkind IN ('r', 'p') AND NOT relispartition
        AND relname NOT LIKE 'kysely%';
    EXECUTE 'TRUNCATE ' || names || ' RESTART IDENTITY CASCADE';
  END $$`.execute(db);
}

/**
 * Of all tables, whichever there are by now; partitions go with theirs. Row by row, with nobody looking at what refers
 * to what: TRUNCATE makes each table and index anew, which takes five times as long for a few rows.
 */
async function empty(db: OpenDatabase["db"]): Promise<void> {
  await sql`DO $$ DECLARE name text; BEGIN
    SET LOCAL session_replication_role = replica;
    FOR name IN SELECT relname FROM pg_class
      WHERE relnamespace = 'public'::regnamespace AND relkind IN ('r', 'p') AND NOT relispartition
        AND relname NOT LIKE 'kysely%'
    LOOP EXECUTE format('DELETE FROM %I', name); END LOOP;
  END $$`.execute(db);
}

/** The clock of claims is the service's, unless the test brings one. */
export async function cloudOn(
  db: OpenDatabase["db"],
  deskClock: (clock: TestCloud["clock"]) => DeskClock = (clock) => ({ nowMs: async () => clock.now }),
): Promise<TestCloud> {
  const clock = {
    now: START_MS,
    nowMs() {
      return this.now;
    },
  };
  const logged: string[] = [];
  const log = createLog({ write: (line) => void logged.push(line) });
  const directory = mkdtempSync(join(tmpdir(), "hospitell-cloud-"));
  const [shellDirectory, dataDirectory] = [join(directory, "shell"), join(directory, "data")];
  mkdirSync(shellDirectory);
  mkdirSync(dataDirectory);
  const deps = {
    config: testConfig,
    influxLogin: null,
    dataDirectory,
    db,
    clock,
    deskClock: deskClock(clock),
    randomness: systemRandomness,
    log,
    shellDirectory,
  };
  const cloud = await createCloud(deps);
  await cloud.app.ready();
  return {
    ...cloud,
    db,
    clock,
    logged,
    directory,
    shellDirectory,
    async sync(message) {
      const authorization = `Bearer ${KEYS[message.gatewayId === "gw-south" ? "gw-south" : "gw-north"]}`;
      const post = { method: "POST" } as const;
      const reply = await cloud.app.inject(
        "content" in message
          ? {
              ...post,
              url: "/api/v1/sync/batches",
              headers: { authorization, "content-type": SYNC_BATCH_TYPE, "content-encoding": "gzip" },
              payload: gzipSync(encodeSyncBatch(message)),
            }
          : { ...post, url: "/api/v1/sync/heartbeats", headers: { authorization }, payload: message },
      );
      return { status: reply.statusCode, body: reply.json() };
    },
    async signIn(role, hospital = "north") {
      const hospitalId = NETWORK_ROLES.includes(role) ? null : HospitalId.parse(hospital);
      const link = await cloud.links.issue({ role, hospitalId });
      const token = new URL(link?.url ?? "").searchParams.get("token");
      const reply = await cloud.app.inject({
        method: "POST",
        url: "/sign-in",
        headers: { origin: "http://beds.example", "content-type": "application/x-www-form-urlencoded" },
        payload: `token=${token}`,
      });
      const cookie = reply.cookies[0];
      if (cookie === undefined) throw new Error(`not signed in: ${reply.statusCode}`);
      return `${cookie.name}=${cookie.value}`;
    },
    async get(url, cookie) {
      const reply = await cloud.app.inject({ url, headers: { cookie } });
      return { status: reply.statusCode, body: reply.json() };
    },
  };
}

async function freshPostgresql(url: string): Promise<OpenDatabase> {
  const name = `hospitell_test_${process.pid}_${Math.random().toString(36).slice(2, 10)}`;
  const onIdleError = () => {};
  const server = openPostgresql({ url, onIdleError });
  await createMigrated(server.db, url, name);
  const opened = openPostgresql({ url: databaseUrl(url, name), onIdleError });
  return {
    db: opened.db,
    async close() {
      await opened.close();
      await sql`DROP DATABASE ${sql.id(name)} WITH (FORCE)`.execute(server.db);
      await server.close();
    },
  };
}

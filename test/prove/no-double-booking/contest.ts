/** Two replicas on one PostgreSQL, a few beds, many clients, and everything that can go wrong between them. */
import { createHash, randomBytes } from "node:crypto";
import { mkdirSync } from "node:fs";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { gzipSync } from "node:zlib";
import pg from "pg";
import { sessionCookieName } from "../../../cloud/access/session-cookie.ts";
import { Sessions } from "../../../cloud/access/sessions.ts";
import { systemClock, systemRandomness } from "../../../cloud/clock.ts";
import { migrate } from "../../../cloud/database/migrate.ts";
import { openPostgresql } from "../../../cloud/database/postgresql.ts";
import { DEFAULT_POLICY } from "../../../contracts/booking/default-policy.ts";
import { encodeSyncBatch } from "../../../contracts/wire/encode-sync-batch.ts";
import { SYNC_BATCH_TYPE } from "../../../contracts/wire/sync.ts";
import { batch, freeBed, heartbeat } from "../../cloud/records.ts";
import { Forked } from "../../support/forked.ts";
import { Client, type Counts, type Known } from "./client.ts";
import { doublesNow } from "./judge.ts";
import type { ReplicaOrder } from "./replica.ts";

type Message = { readonly kind: "ready"; readonly url: string };

export type ContestParts = {
  readonly serverUrl: string;
  readonly directory: string;
  readonly attempts: number;
  readonly careless: boolean;
  readonly chance: () => number;
  say(line: string): void;
};
export type Contest = {
  readonly db: pg.Pool;
  readonly counts: Counts;
  readonly known: ReadonlyMap<string, Known>;
  readonly unexplained: readonly string[];
  readonly seenDoubled: ReadonlySet<string>;
  readonly looks: number;
  readonly killed: number;
  readonly jumps: number;
  readonly tookMs: number;
  close(): Promise<void>;
};

export const CLIENTS = 50;
export const BEDS = 6;
export const REPLICAS = 2;
/** A minute's hold lasts a second. */
const CLOCK_SPEED = 60;
const STOP_MS_MAX = 5_000;
const KILL_EVERY = 100;
const JUMP_EVERY = 200;
const HEARD_EVERY_MS = 5_000;

export async function contest(parts: ContestParts): Promise<Contest> {
  const { careless, directory, attempts, say } = parts;
  const name = `prove_ndb_${randomBytes(4).toString("hex")}`;
  const server = new pg.Pool({ connectionString: parts.serverUrl, max: 1 });
  await server.query(`CREATE DATABASE ${name}`);
  const url = new URL(parts.serverUrl);
  url.pathname = `/${name}`;
  const db = new pg.Pool({ connectionString: url.href, max: 4, application_name: "judge" });
  // At the end the database goes, and may end a connection that was just being closed.
  db.on("error", () => undefined);
  const migrating = openPostgresql({ url: url.href, onIdleError: () => undefined });
  await migrate(migrating.db);
  await migrating.close();
  await db.query(`CREATE TABLE proof_clock AS SELECT extract(epoch FROM clock_timestamp()) * 1000 AS began_ms,
    ${CLOCK_SPEED}::numeric AS speed, 0::numeric AS jump_ms`);
  if (careless) await db.query("ALTER TABLE bookings DROP CONSTRAINT one_claim_a_bed");

  const key = `hk_gw-north_${randomBytes(32).toString("base64url")}`;
  const config = {
    dataDirectory: "unused",
    hospitals: [{ id: "north", name: "Proving ground" }],
    gateways: [
      { id: "gw-north", hospital: "north", keySha256: createHash("sha256").update(key).digest("hex") },
    ],
  };
  const replicas: Forked<Message>[] = [];
  for (let n = 0; n < REPLICAS; n += 1) {
    const dataDirectory = join(directory, `${careless ? "control" : "cloud"}-${n}`);
    mkdirSync(dataDirectory, { recursive: true });
    const networkKeyFile = join(directory, "network-key.pem");
    const order: ReplicaOrder = { config, databaseUrl: url.href, dataDirectory, networkKeyFile, careless };
    replicas.push(
      new Forked<Message>({ file: "test/prove/no-double-booking/replica.ts", args: [JSON.stringify(order)] }),
    );
  }
  const urls = await Promise.all(replicas.map(async (replica) => (await replica.said("ready")).url));
  const bedIds = Array.from({ length: BEDS }, (_, n) => `bed-${n + 1}`);
  await openBeds(db, urls[0] ?? "", key, bedIds);
  const cookies = await signIn(url.href, CLIENTS);

  const counts: Counts = { attempts: 0, aborted: 0, retried: 0, heldUp: 0, byCode: new Map() };
  const clients = cookies.map(
    (cookie, n) =>
      new Client({
        name: `client-${n}`,
        urls,
        cookie,
        bedIds,
        chance: parts.chance,
        counts,
        goOn: () => counts.attempts < attempts,
      }),
  );
  say(`${careless ? "control" : "claim"}: ${CLIENTS} clients, ${BEDS} beds, ${REPLICAS} replicas`);
  const stop = new AbortController();
  const told = { killed: 0, jumps: 0, looks: 0, seen: new Set<string>() };
  const perAttempts = (attemptsEach: number, act: () => Promise<void>) => {
    let next = attemptsEach;
    return every(stop.signal, 20, async () => {
      if (counts.attempts < next) return;
      next = counts.attempts + attemptsEach;
      await act();
    });
  };
  const troubles = Promise.all([
    every(stop.signal, HEARD_EVERY_MS, () => hear(urls[0] ?? "", key, bedIds)),
    every(stop.signal, 100, async () => {
      for (const one of await doublesNow(db)) told.seen.add(one);
      told.looks += 1;
    }),
    every(stop.signal, 5_000, async () =>
      say(`${counts.attempts} attempts, ${[...counts.byCode].join(" ")}`),
    ),
    // Whoever cleans: a bed that was left is ready again.
    every(stop.signal, 50, () => clean(db)),
    ...(careless
      ? []
      : [
          // By what was attempted, not by time: a busy machine is not one whose connections are all killed.
          perAttempts(KILL_EVERY, async () => {
            told.killed += await killOne(db);
          }),
          perAttempts(JUMP_EVERY, async () => {
            const jumpMs = Math.round((parts.chance() - 0.5) * 120_000);
            await db.query("UPDATE proof_clock SET jump_ms = jump_ms + $1", [jumpMs]);
            told.jumps += 1;
          }),
        ]),
  ]);
  const beganMs = performance.now();
  // A replica that ends by itself says why, before its clients lose hope.
  const died = Promise.race(replicas.map((replica) => replica.said("ready")));
  died.catch(() => undefined);
  await Promise.race([Promise.all(clients.map((client) => client.run())), died]);
  const tookMs = performance.now() - beganMs;
  stop.abort();
  await troubles;
  await sleep(1_500);
  await Promise.all(replicas.map(ended));
  return {
    db,
    counts,
    known: new Map(clients.flatMap((client) => [...client.known])),
    unexplained: clients.flatMap((client) => client.unexplained),
    seenDoubled: told.seen,
    looks: told.looks,
    killed: told.killed,
    jumps: told.jumps,
    tookMs,
    async close() {
      await db.end();
      await server.query(`DROP DATABASE ${name} WITH (FORCE)`);
      await server.end();
    },
  };
}

/** A replica that hangs is not waited for: what is stored is what is judged. */
async function ended(replica: Forked<Message>): Promise<void> {
  const enough = new AbortController();
  const late = sleep(STOP_MS_MAX, undefined, { signal: enough.signal }).then(
    () => replica.child.kill("SIGKILL"),
    () => undefined,
  );
  await replica.end();
  enough.abort();
  await late;
}

async function every(signal: AbortSignal, everyMs: number, act: () => Promise<unknown>): Promise<void> {
  while (!signal.aborted) {
    await act();
    await sleep(everyMs, undefined, { signal }).catch(() => undefined);
  }
}

async function openBeds(db: pg.Pool, url: string, key: string, bedIds: readonly string[]): Promise<void> {
  const at = Date.now();
  const moments = { observedAtMs: at, receivedAtMs: at };
  const events = bedIds
    .flatMap((bedId) =>
      freeBed(bedId, {
        roomId: `${bedId}-room`,
        sources: [{ deviceId: bedId, expectedIntervalMs: 5_000, decides: "load" }],
      }),
    )
    .map((event) => ({ ...event, ...moments }));
  const body = gzipSync(encodeSyncBatch(batch(events, { sentAtMs: at })));
  const headers = { "content-type": SYNC_BATCH_TYPE, "content-encoding": "gzip" };
  await post(`${url}/api/v1/sync/batches`, key, headers, body);
  await hear(url, key, bedIds);
  for (const bedId of bedIds)
    await db.query(
      `INSERT INTO bed_profiles (bed_id, hospital_id, level_of_care, features, age_bands, sex_rule, version)
       VALUES ($1, 'north', 'intensive', '[]', '["adult"]', 'any', 1)`,
      [bedId],
    );
  const holdMinutes = { emergency: 1, urgent: 1, routine: 1 };
  const policy = JSON.stringify({ ...DEFAULT_POLICY, autoAccept: true, holdMinutes });
  await db.query("INSERT INTO hospital_policies VALUES ('north', $1, 1)", [policy]);
}

async function hear(url: string, key: string, bedIds: readonly string[]): Promise<void> {
  const sources = bedIds.map((bedId) => ({ bedId, deviceId: bedId, evidenceAgeMs: 0 }));
  const beat = heartbeat({ sentAtMs: Date.now(), bedsHeadSeq: bedIds.length * 6, sources });
  const headers = { "content-type": "application/json" };
  // One that meets a killed connection is followed by another.
  await post(`${url}/api/v1/sync/heartbeats`, key, headers, JSON.stringify(beat)).catch(() => undefined);
}

async function post(url: string, key: string, headers: object, body: Uint8Array | string): Promise<void> {
  const reply = await fetch(url, {
    method: "POST",
    headers: { authorization: `Bearer ${key}`, ...headers },
    body: typeof body === "string" ? body : Buffer.from(body),
  });
  const text = await reply.text();
  if (!reply.ok) throw new Error(`${url} was answered ${reply.status}: ${text}`);
}

/** Past the sign-in page, which lets an address try only so often. */
async function signIn(url: string, count: number): Promise<string[]> {
  const { db, close } = openPostgresql({ url, onIdleError: () => undefined });
  const sessions = new Sessions({ db, clock: systemClock, randomness: systemRandomness });
  const cookies: string[] = [];
  for (let n = 0; n < count; n += 1) {
    const link = await sessions.issueLink({ role: "super-admin", hospitalId: null });
    const session = await sessions.redeemLink(link.token);
    cookies.push(`${sessionCookieName(false)}=${session?.token}`);
  }
  await close();
  return cookies;
}

async function killOne(db: pg.Pool): Promise<number> {
  const { rowCount } = await db.query(`
    SELECT pg_terminate_backend(pid) FROM pg_stat_activity
    WHERE datname = current_database() AND application_name <> 'judge' AND backend_type = 'client backend'
    ORDER BY state = 'idle', random() LIMIT 1`);
  return rowCount ?? 0;
}

async function clean(db: pg.Pool): Promise<void> {
  await db.query("DELETE FROM cleaning_tasks");
  await db.query("DELETE FROM declarations WHERE axis = 'readiness'");
}

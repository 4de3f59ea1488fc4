/** The service as it runs, on PostgreSQL and over HTTP, with a network of beds that gateways told it of. */
import { createHash } from "node:crypto";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { gzipSync } from "node:zlib";
import { sql } from "kysely";
import { pino } from "pino";
import { systemClock, systemRandomness } from "../../../cloud/clock.ts";
import { createCloud } from "../../../cloud/cloud.ts";
import { migrate } from "../../../cloud/database/migrate.ts";
import { openPostgresql } from "../../../cloud/database/postgresql.ts";
import { CloudConfig } from "../../../config/cloud.ts";
import { parseConfig } from "../../../config/load.ts";
import { encodeSyncBatch } from "../../../contracts/wire/encode-sync-batch.ts";
import { SYNC_BATCH_TYPE } from "../../../contracts/wire/sync.ts";
import { batch, freeBed, heartbeat, NORTH_EPOCH } from "../../cloud/records.ts";

const KEY = `hk_gw-north_${"n".repeat(43)}`;
const CONFIG = `
dataDirectory: unused
publicUrl: http://beds.example
hospitals: [{ id: north, name: Northside General }]
gateways: [{ id: gw-north, hospital: north, keySha256: ${createHash("sha256").update(KEY).digest("hex")} }]
`;
const BEDS_PER_BATCH = 300;
const BEDS_PER_ROOM = 2;
/** A gateway that is silent for 30 s makes its beds stale. */
const HEARTBEAT_EVERY_MS = 5_000;

export const bedIdOf = (n: number): string => `bed-${n}`;

export type Network = Awaited<ReturnType<typeof startNetwork>>;

export async function startNetwork(databaseUrl: string, bedCount: number) {
  const directory = mkdtempSync(join(tmpdir(), "hospitell-bench-"));
  const opened = openPostgresql({ url: databaseUrl, onIdleError: () => {} });
  const { db } = opened;
  await migrate(db);
  const cloud = await createCloud({
    config: parseConfig(CloudConfig, CONFIG, "the bench's configuration"),
    influxLogin: null,
    dataDirectory: directory,
    db,
    clock: systemClock,
    randomness: systemRandomness,
    log: pino({ level: "silent" }),
    shellDirectory: directory,
  });
  const url = await cloud.app.listen({ host: "127.0.0.1", port: 0 });
  const stop = new AbortController();
  const running = cloud.run(stop.signal);

  const sync = async (path: string, headers: Record<string, string>, payload: Buffer | object) => {
    const authorization = `Bearer ${KEY}`;
    const reply = await cloud.app.inject({
      method: "POST",
      url: path,
      headers: { authorization, ...headers },
      payload,
    });
    if (reply.statusCode !== 200) throw new Error(`${path} was to be taken, and is not: ${reply.body}`);
  };
  const numbers = Array.from({ length: bedCount }, (_, n) => n);
  let firstSeq = 1;
  for (let from = 0; from < bedCount; from += BEDS_PER_BATCH) {
    const events = numbers.slice(from, from + BEDS_PER_BATCH).flatMap(bedOf);
    const body = gzipSync(encodeSyncBatch(batch(events, { firstSeq, sentAtMs: Date.now() })));
    await sync("/api/v1/sync/batches", { "content-type": SYNC_BATCH_TYPE, "content-encoding": "gzip" }, body);
    firstSeq += events.length;
  }
  const beat = async () =>
    await sync(
      "/api/v1/sync/heartbeats",
      {},
      heartbeat({
        sentAtMs: Date.now(),
        epoch: NORTH_EPOCH as never,
        bedsHeadSeq: firstSeq - 1,
        sources: numbers.map((n) => ({ bedId: bedIdOf(n), deviceId: `mat-${n}`, evidenceAgeMs: 0 })) as never,
      }),
    );
  await beat();
  const beating = setInterval(() => void beat().catch(() => {}), HEARTBEAT_EVERY_MS);
  await describeBeds(db, bedCount);

  const cookie = await signIn(cloud);
  return {
    db,
    async post(path: string, body: object, idempotencyKey?: string) {
      const headers = { cookie, origin: url, "content-type": "application/json" };
      const key = idempotencyKey === undefined ? {} : { "idempotency-key": idempotencyKey };
      const reply = await fetch(url + path, {
        method: "POST",
        headers: { ...headers, ...key },
        body: JSON.stringify(body),
      });
      return { status: reply.status, body: await reply.json() };
    },
    async get(path: string) {
      const reply = await fetch(url + path, { headers: { cookie } });
      return { status: reply.status, body: await reply.json() };
    },
    async close() {
      clearInterval(beating);
      stop.abort();
      await running;
      await cloud.app.close();
      await opened.close();
      rmSync(directory, { recursive: true });
    },
  };
}

/** The sensor speaks once an hour, so that a heartbeat that is late costs no bed its proof. */
function bedOf(n: number) {
  const room = Math.floor(n / BEDS_PER_ROOM);
  const at = { observedAtMs: Date.now(), receivedAtMs: Date.now() };
  const events = freeBed(bedIdOf(n), {
    roomId: `room-${room}`,
    roomName: `Room ${room}`,
    wardId: `ward-${Math.floor(n / 50)}`,
    label: `${n}`,
    sources: [{ deviceId: `mat-${n}`, expectedIntervalMs: 3_600_000, decides: "occupancy" }],
  });
  return events.map((event) => ({ ...event, ...at }));
}

/** Of all kinds; a third lie in bays where who lies there decides. */
async function describeBeds(db: Network["db"], bedCount: number): Promise<void> {
  await sql`INSERT INTO bed_profiles (bed_id, hospital_id, level_of_care, features, age_bands, sex_rule, version)
    SELECT 'bed-' || n, 'north', (ARRAY['general', 'high-dependency', 'intensive'])[1 + n % 3],
      (ARRAY['[]', '["oxygen"]', '["oxygen", "telemetry"]'])[1 + n / 3 % 3]::jsonb, '["adult"]',
      (ARRAY['any', 'any', 'same-as-bay'])[1 + n / 2 % 3], 1
    FROM generate_series(0, ${bedCount - 1}::int) n`.execute(db);
}

async function signIn(cloud: Awaited<ReturnType<typeof createCloud>>): Promise<string> {
  const link = await cloud.links.issue({ role: "emergency-coordinator", hospitalId: null });
  const token = new URL(link?.url ?? "").searchParams.get("token");
  const reply = await cloud.app.inject({
    method: "POST",
    url: "/sign-in",
    headers: { origin: "http://beds.example", "content-type": "application/x-www-form-urlencoded" },
    payload: `token=${token}`,
  });
  const [cookie] = reply.cookies;
  if (cookie === undefined) throw new Error(`nobody is signed in: ${reply.statusCode}`);
  return `${cookie.name}=${cookie.value}`;
}

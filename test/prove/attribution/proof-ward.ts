/** A cloud with one hospital, on a hand clock, and its people's and gateway's side of HTTP. */
import { createHash } from "node:crypto";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { gzipSync } from "node:zlib";
import { sql } from "kysely";
import { pino } from "pino";
import { systemRandomness } from "../../../cloud/clock.ts";
import { createCloud } from "../../../cloud/cloud.ts";
import { type OpenDatabase, openPglite } from "../../../cloud/database/embedded.ts";
import { migrate } from "../../../cloud/database/migrate.ts";
import { openPostgresql } from "../../../cloud/database/postgresql.ts";
import { CloudConfig } from "../../../config/cloud.ts";
import { parseConfig } from "../../../config/load.ts";
import { encodeSyncBatch } from "../../../contracts/wire/encode-sync-batch.ts";
import { HospitalId } from "../../../contracts/wire/ids.ts";
import { SYNC_BATCH_TYPE } from "../../../contracts/wire/sync.ts";
import { batch, freeBed, heartbeat, START_MS } from "../../cloud/records.ts";
import { emptyPglite } from "../../support/empty-pglite.ts";
import { freshDatabase } from "../../support/fresh-database.ts";

const KEY = `hk_gw-north_${"n".repeat(43)}`;
const CONFIG = `
dataDirectory: unused
hospitals: [{ id: north, name: Northside General }]
gateways: [{ id: gw-north, hospital: north, keySha256: ${createHash("sha256").update(KEY).digest("hex")} }]
`;

export type Answer = { readonly status: number; readonly body: Record<string, unknown> };
export type ProofWard = Awaited<ReturnType<typeof openWard>>;

export async function openWard(beds: readonly string[]) {
  const directory = mkdtempSync(join(tmpdir(), "hospitell-attribution-"));
  const opened = await openDatabase();
  const clock = { now: START_MS, nowMs: () => clock.now };
  const cloud = await createCloud({
    config: parseConfig(CloudConfig, CONFIG, "the proof's configuration"),
    influxLogin: null,
    dataDirectory: directory,
    db: opened.db,
    clock,
    deskClock: { nowMs: async () => clock.now },
    randomness: systemRandomness,
    log: pino({ level: "silent" }),
    shellDirectory: directory,
  });
  const url = await cloud.app.listen({ host: "127.0.0.1", port: 0 });

  const bring = async (path: string, headers: Record<string, string>, body: Uint8Array | string) => {
    const authorization = `Bearer ${KEY}`;
    const request = { method: "POST", headers: { authorization, ...headers }, body: body as BodyInit };
    const reply = await fetch(`${url}/api/v1/sync/${path}`, request);
    if (reply.status !== 200) throw new Error(`${path} was to be taken, and is not: ${await reply.text()}`);
  };
  const ward = {
    clock,
    /** In the order of their numbers. */
    async sync(records: readonly unknown[], lane: "beds" | "vitals", firstSeq: number): Promise<void> {
      const body = gzipSync(encodeSyncBatch(batch(records, { lane, firstSeq, sentAtMs: clock.now })));
      await bring(
        "batches",
        { "content-type": SYNC_BATCH_TYPE, "content-encoding": "gzip" },
        Uint8Array.from(body),
      );
    },
    /** The beds' sensors have just been heard, and whatever was to be cleaned is clean: that is not the matter here. */
    async freshen(): Promise<void> {
      const sources = beds.map((bedId) => ({ bedId, deviceId: bedId, evidenceAgeMs: 0 }));
      const beat = heartbeat({ sentAtMs: clock.now, bedsHeadSeq: 0, sources });
      await bring("heartbeats", { "content-type": "application/json" }, JSON.stringify(beat));
      await sql`DELETE FROM cleaning_tasks`.execute(opened.db);
      await sql`DELETE FROM declarations`.execute(opened.db);
    },
    async send(
      method: "GET" | "POST",
      path: string,
      body?: object,
      headers: Readonly<Record<string, string>> = {},
    ): Promise<Answer> {
      const reply = await fetch(`${url}/api/v1/${path}`, {
        method,
        headers: { cookie, origin: url, "content-type": "application/json", ...headers },
        ...(body === undefined ? {} : { body: JSON.stringify(body) }),
      });
      return { status: reply.status, body: (await reply.json()) as Record<string, unknown> };
    },
    async close(): Promise<void> {
      await cloud.app.close();
      await opened.close();
      rmSync(directory, { recursive: true });
    },
  };
  const cookie = await signIn(cloud, url);
  const sensors = (bedId: string) => [{ deviceId: bedId, expectedIntervalMs: 5_000, decides: "load" }];
  await ward.sync(
    beds.flatMap((bedId) => freeBed(bedId, { roomId: `${bedId}-room`, sources: sensors(bedId) })),
    "beds",
    1,
  );
  await sql`
    INSERT INTO bed_profiles (bed_id, hospital_id, level_of_care, features, age_bands, sex_rule, version)
    SELECT bed_id, 'north', 'intensive', '[]', '["adult"]', 'any', 1 FROM beds`.execute(opened.db);
  return ward;
}

/** DATABASE_URL's server, or the embedded one. */
async function openDatabase(): Promise<OpenDatabase> {
  const server = process.env.DATABASE_URL;
  if (server === undefined) {
    const embedded = openPglite(await emptyPglite());
    await migrate(embedded.db);
    return embedded;
  }
  const fresh = await freshDatabase(server, "prove_attribution");
  const { db, close } = openPostgresql({ url: fresh.url, onIdleError: () => {} });
  await migrate(db);
  return {
    db,
    async close() {
      await close();
      await fresh.drop();
    },
  };
}

async function signIn(cloud: Awaited<ReturnType<typeof createCloud>>, url: string): Promise<string> {
  const link = await cloud.links.issue({ role: "doctor", hospitalId: HospitalId.parse("north") });
  const reply = await fetch(`${url}/sign-in`, {
    method: "POST",
    redirect: "manual",
    headers: { origin: url, "content-type": "application/x-www-form-urlencoded" },
    body: `token=${new URL(link?.url ?? "").searchParams.get("token")}`,
  });
  const cookie = reply.headers.getSetCookie()[0]?.split(";")[0];
  if (cookie === undefined) throw new Error(`not signed in: ${reply.status}`);
  return cookie;
}

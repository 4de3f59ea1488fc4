/** A cloud on a PostgreSQL of its own, a gateway that tells and logs what its beds say, and one that witnesses. */
import { createHash, randomBytes } from "node:crypto";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { gzipSync } from "node:zlib";
import { pino } from "pino";
import { systemRandomness } from "../../../cloud/clock.ts";
import { createCloud } from "../../../cloud/cloud.ts";
import { migrate } from "../../../cloud/database/migrate.ts";
import { openPostgresql } from "../../../cloud/database/postgresql.ts";
import { CloudConfig } from "../../../config/cloud.ts";
import { parseConfig } from "../../../config/load.ts";
import type { BedEvent } from "../../../contracts/wire/bed-event.ts";
import { encodeSyncBatch } from "../../../contracts/wire/encode-sync-batch.ts";
import { HospitalId } from "../../../contracts/wire/ids.ts";
import { type LoggedLeaf, LogReply } from "../../../contracts/wire/log-sync.ts";
import type { PersonRole } from "../../../contracts/wire/roles.ts";
import { SYNC_BATCH_TYPE } from "../../../contracts/wire/sync.ts";
import { batch, NORTH_EPOCH, SOUTH_EPOCH, START_MS } from "../../cloud/records.ts";
import { freshDatabase } from "../../support/fresh-database.ts";
import { GatewayLog } from "../../support/gateway-log.ts";
import { somePostgresql } from "../../support/own-postgresql.ts";

const URL = "http://beds.example";
const KEYS = { north: `hk_gw-north_${"n".repeat(43)}`, south: `hk_gw-south_${"s".repeat(43)}` };
const sha256 = (text: string) => createHash("sha256").update(text).digest("hex");
const CONFIG = `
dataDirectory: unused
publicUrl: ${URL}
hospitals: [{ id: north, name: Northside General }, { id: south, name: Southbank Hospital }]
gateways:
  - { id: gw-north, hospital: north, keySha256: ${sha256(KEYS.north)} }
  - { id: gw-south, hospital: south, keySha256: ${sha256(KEYS.south)} }
`;
const EVENTS_AT_ONCE = 200;

export type EraseWard = Awaited<ReturnType<typeof openEraseWard>>;

export async function openEraseWard() {
  const server = await somePostgresql();
  const database = await freshDatabase(server.url, "erase");
  const opened = openPostgresql({ url: database.url, onIdleError: () => {} });
  const directory = mkdtempSync(join(tmpdir(), "hospitell-erase-"));
  await migrate(opened.db);
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
  await cloud.app.ready();
  const north = new GatewayLog({ gatewayId: "gw-north", epoch: NORTH_EPOCH });
  const south = new GatewayLog({ gatewayId: "gw-south", epoch: SOUTH_EPOCH });

  async function bring(path: string, hospital: keyof typeof KEYS, body: Buffer, type = "application/json") {
    const reply = await cloud.app.inject({
      method: "POST",
      url: `/api/v1/sync/${path}`,
      headers: {
        authorization: `Bearer ${KEYS[hospital]}`,
        "content-type": type,
        "content-encoding": "gzip",
      },
      payload: gzipSync(body),
    });
    if (reply.statusCode !== 200) throw new Error(`${path} was to be taken, and is not: ${reply.body}`);
    return reply.json();
  }
  const bringJson = async (path: string, hospital: keyof typeof KEYS, body: object) =>
    await bring(path, hospital, Buffer.from(JSON.stringify(body)));

  return {
    db: opened.db,
    north,
    /** To the board and to the log, signed; numbered on from 1. */
    async say(events: readonly BedEvent[]): Promise<void> {
      for (let at = 0; at < events.length; at += EVENTS_AT_ONCE) {
        const some = events.slice(at, at + EVENTS_AT_ONCE);
        const sent = batch([...some], { firstSeq: at + 1, sentAtMs: clock.now });
        await bring("batches", "north", Buffer.from(encodeSyncBatch(sent)), SYNC_BATCH_TYPE);
        for (const event of some) north.leaves.push(leafOf(north.leaves.length + 1, event));
        await bringJson("log", "north", north.batch(at, north.leaves.length, clock.now));
      }
    },
    /** What waits goes into the network's log, and the south cosigns it. */
    async witness(): Promise<void> {
      await bringJson("log", "south", south.batch(0, 0, clock.now));
      while ((await cloud.logIntake.sequencer.look()) > 0);
      const { network } = LogReply.parse(await bringJson("log", "south", south.batch(0, 0, clock.now)));
      if (network !== null)
        await bringJson("cosignatures", "south", south.cosignature(network.checkpoint, clock.now));
    },
    async signIn(role: PersonRole) {
      const link = await cloud.links.issue({ role, hospitalId: HospitalId.parse("north") });
      const token = new globalThis.URL(link?.url ?? "").searchParams.get("token");
      const reply = await cloud.app.inject({
        method: "POST",
        url: "/sign-in",
        headers: { origin: URL, "content-type": "application/x-www-form-urlencoded" },
        payload: `token=${token}`,
      });
      const [cookie] = reply.cookies;
      if (cookie === undefined) throw new Error(`not signed in: ${reply.statusCode}`);
      const headers = { cookie: `${cookie.name}=${cookie.value}`, origin: URL };
      return {
        get: async (path: string) => await cloud.app.inject({ url: `/api/v1/${path}`, headers }),
        post: async (path: string, payload: object, key: string) =>
          await cloud.app.inject({
            method: "POST",
            url: `/api/v1/${path}`,
            headers: { ...headers, "idempotency-key": key },
            payload,
          }),
      };
    },
    async close(): Promise<void> {
      await cloud.app.close();
      await opened.close();
      await database.drop();
      await server.stop();
      rmSync(directory, { recursive: true });
    },
  };
}

const leafOf = (seq: number, event: BedEvent): LoggedLeaf => ({
  kind: "bed-event",
  lane: "beds",
  firstSeq: seq,
  lastSeq: seq,
  salt: randomBytes(32).toString("base64"),
  payload: JSON.stringify(event),
});

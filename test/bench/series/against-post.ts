/**
 * What is stored goes from PostgreSQL to an InfluxDB, cursors moved, against a bare POST of the very same lines in the same
 * batches to the same server.
 */

import { once } from "node:events";
import { mkdtempSync, rmSync } from "node:fs";
import { Agent, request } from "node:http";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { sql } from "kysely";
import { pino } from "pino";
import { systemClock } from "../../../cloud/clock.ts";
import type { Database } from "../../../cloud/database/schema.ts";
import { ChunkReader } from "../../../cloud/history/feed/chunk-reader.ts";
import { Feeder } from "../../../cloud/history/feed/feeder.ts";
import { openInfluxdb } from "../../../cloud/history/influxdb/open-influxdb.ts";
import { readingLine } from "../../../cloud/history/influxdb/reading-point.ts";
import { freshDatabase } from "../../support/fresh-database.ts";
import { Influxd } from "../../support/influxd.ts";
import type { BenchOptions } from "../bench.ts";
import { interleaved, ratiosOf, spreadOf } from "../spread.ts";
import { IngestAndRollUp } from "./ingest-and-roll-up.ts";
import { AdvancingGateway, READINGS_PER_BATCH } from "./ward-months.ts";

export const POST_RATIO_MIN = 0.6;
const GATEWAYS = 4;
const STORE = "influxdb";
const DAY_MS = 86_400_000;
const FED_WITHIN_MS = 600_000;
const silentMeter = { attempt() {}, written() {}, refused() {}, repeated() {} };

export type PostSize = { readonly pairs: number; readonly batchesPerGateway: number; readonly slack: number };

export async function againstPost(serverUrl: string, size: PostSize, say: BenchOptions["say"]) {
  const directory = mkdtempSync(join(tmpdir(), "hospitell-bench-influx-"));
  const database = await freshDatabase(serverUrl, "bench_post");
  const ours = new IngestAndRollUp(database.url);
  const influxd = await Influxd.in({ directory });
  const agent = new Agent({ keepAlive: true, maxSockets: 1 });
  try {
    await fill(ours, size.batchesPerGateway);
    const bodies = await linesOf(ours.db);
    const readings = GATEWAYS * size.batchesPerGateway * READINGS_PER_BATCH;
    let turn = 0;
    /** Each turn has an empty database, and the one before is gone. */
    const perSecond = async (name: string, work: (store: string) => Promise<void>) => {
      turn += 1;
      await influxd.rows("", `CREATE DATABASE turn${turn}`);
      const begunAtMs = performance.now();
      await work(`turn${turn}`);
      const rate = Math.round((readings / (performance.now() - begunAtMs)) * 1_000);
      say(`${name} ${rate}/s`);
      const [row] = await influxd.rows(`turn${turn}`, `SELECT count(value) FROM "heart-rate"`);
      await influxd.rows("", `DROP DATABASE turn${turn}`);
      return { rate, heartRates: Number(row?.[1] ?? 0) };
    };
    const ourTurn = () =>
      perSecond("feed", async (store) => {
        await sql`DELETE FROM series_cursors WHERE store = ${STORE}`.execute(ours.db);
        await feedAll(ours.db, influxd.url, store);
      });
    const theirTurn = () =>
      perSecond("bare POST", async (store) => {
        for (const body of bodies) await post(`${influxd.url}/write?db=${store}&precision=ns`, body, agent);
      });
    await ourTurn();
    await theirTurn();
    const turns = await interleaved(size.pairs, ourTurn, theirTurn);
    const ratio = ratiosOf(turns, (mine, bare) => mine.rate / bare.rate);
    const counts = new Set([...turns.ours, ...turns.theirs].map(({ heartRates }) => heartRates));
    return {
      figures: {
        readingsPerTurn: readings,
        ratio,
        feedPerSecond: spreadOf(turns.ours.map(({ rate }) => rate)),
        postPerSecond: spreadOf(turns.theirs.map(({ rate }) => rate)),
      },
      misses: [
        ...(ratio.median >= POST_RATIO_MIN / size.slack
          ? []
          : [`the feed was to reach ${POST_RATIO_MIN} of a bare POST, and reached ${ratio.median}`]),
        ...(counts.size === 1 ? [] : [`each turn was to leave the same points, and left ${[...counts]}`]),
      ],
    };
  } finally {
    agent.destroy();
    await influxd.stop("SIGKILL");
    await ours.close();
    await database.drop();
    rmSync(directory, { recursive: true, force: true });
  }
}

async function fill(ours: IngestAndRollUp, batchesPerGateway: number): Promise<void> {
  const gateways = Array.from(
    { length: GATEWAYS },
    (_, n) => new AdvancingGateway(n + 1, Date.now() - DAY_MS),
  );
  await ours.begin(gateways);
  for (const gateway of gateways)
    for (const body of gateway.next(batchesPerGateway).bodies) await ours.take(gateway, body);
}

async function feedAll(db: Database, url: string, database: string): Promise<void> {
  const store = openInfluxdb({ api: "1", url, database }, null, systemClock);
  const feeder = new Feeder({
    db,
    store: STORE,
    writer: store.writer,
    reader: new ChunkReader({ db, store: STORE }),
    process: store.process,
    clock: systemClock,
    random: () => 0,
    holder: "bench",
    meter: silentMeter,
    log: pino({ level: "silent" }),
  });
  await feeder.runUntilEmpty(AbortSignal.timeout(FED_WITHIN_MS));
  store.close();
}

/** The lines that the feed would send, in its batches. */
async function linesOf(db: Database): Promise<Buffer[]> {
  const reader = new ChunkReader({ db, store: STORE });
  const bodies: Buffer[] = [];
  for (let chunk = await reader.next(); chunk !== null; chunk = await reader.next()) {
    const lines = chunk.points.map((point) => {
      const line = readingLine(point, "ns");
      if (typeof line !== "string") throw new Error(line.reason);
      return line;
    });
    bodies.push(Buffer.from(lines.join("\n")));
  }
  return bodies;
}

async function post(url: string, body: Buffer, agent: Agent): Promise<void> {
  const asked = request(url, { method: "POST", agent, headers: { "content-length": body.byteLength } });
  asked.end(body);
  const [answer] = await once(asked, "response");
  answer.resume();
  await once(answer, "end");
  if (answer.statusCode !== 204) throw new Error(`a bare POST was answered ${answer.statusCode}`);
}

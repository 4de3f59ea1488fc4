/**
 * A backlog goes through the real thread, lanes and HTTP into a real cloud on PostgreSQL. How fast, in how many bytes,
 * and what it does to whoever must not wait for it: a bed event, and the newest value of a patient.
 */
import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import pg from "pg";
import type { Journal } from "../../../gateway/journal/journal-port.ts";
import { openJournal } from "../../../gateway/journal/open-journal.ts";
import { Forked } from "../../support/forked.ts";
import { journalFiles } from "../../support/journal-directory.ts";
import { somePostgresql } from "../../support/own-postgresql.ts";
import { percentile } from "../../support/percentile.ts";
import { writeSystemFiles } from "../../support/running-system.ts";
import { BED_DEVICE } from "../../support/wards.ts";
import type { Bench, BenchOptions } from "../bench.ts";
import { spreadOf } from "../spread.ts";
import { appendEvent, commissioned, fillBacklog, type Story, tellStory } from "./backlog.ts";
import { DrainingGateway } from "./draining-gateway.ts";
import { drainAsJson } from "./json-sink.ts";

const FORMS = {
  short: { readings: 30_000, quietMs: 2_000, baselines: 3, baselineReadings: 10_000 },
  full: { readings: 500_000, quietMs: 10_000, baselines: 5, baselineReadings: 50_000 },
} as const;
/** The one ratio that decides. */
const BYTES_RATIO_MAX = 0.15;
const EVENT_EVERY_MS = 20;
const LIVE_WITHIN_MS = 20_000;
const DRAINED_WITHIN_MS = 600_000;

type CloudMessage = { readonly kind: "ready"; readonly url: string };

export const benchSync: Bench = async (options) => {
  const directory = mkdtempSync(join(tmpdir(), "hospitell-bench-sync-"));
  const postgresql = await somePostgresql();
  const client = new pg.Client({ connectionString: postgresql.url });
  let cloud: Forked<CloudMessage> | null = null;
  let journal: Journal | null = null;
  try {
    const files = await writeSystemFiles({ directory, ward: { hospitals: [] }, deviceKeys: new Map() });
    cloud = new Forked<CloudMessage>({
      file: "cloud/main.ts",
      args: ["--config", files.cloudFile],
      env: { DATABASE_URL: postgresql.url },
    });
    const { url } = await cloud.said("ready");
    await client.connect();
    const key = readFileSync(join(directory, "gateway.key"), "utf8").trim();
    const limits = { ...journalFiles(directory), life: LIFE };
    journal = await openJournal({ ...limits, onFatal: fail });
    return await measure(options, { journal, url, key, client });
  } finally {
    await journal?.close();
    await client.end();
    await cloud?.end();
    await postgresql.stop();
    rmSync(directory, { recursive: true, force: true });
  }
};

const MIB = 1024 * 1024;
const LIFE = { bytesMax: 1_024 * MIB, ballastBytes: MIB, reserveBytes: MIB };
const fail = (error: Error) => {
  throw error;
};

type Rig = {
  readonly journal: Journal;
  readonly url: string;
  readonly key: string;
  readonly client: pg.Client;
};

async function measure({ isShort, say }: BenchOptions, rig: Rig) {
  const form = FORMS[isShort ? "short" : "full"];
  const { journal, client } = rig;
  const story = tellStory();
  const gateway = new DrainingGateway(rig);
  try {
    await appendEvent(journal, commissioned(Date.now()));
    gateway.start();
    say("bed events without a backlog");
    const quiet = await eventsFor(gateway, form.quietMs);

    say(`${form.readings} readings gather while the cloud is away`);
    await gateway.stop();
    const sum = await fillBacklog(journal, story, form.readings);
    const drain = await drainBacklog(rig, form.readings, say);
    const stored = await storedOf(client, journal.epoch);

    say("the same as JSON texts");
    const baselines = [];
    for (let n = 0; n < form.baselines; n++)
      baselines.push(await drainAsJson(story.readings, form.baselineReadings));
    const bytesRatio = drain.bytesPerReading / story.jsonBytesPerReading;
    const isWhole = stored.count === form.readings && Math.abs(stored.sum - sum) < 1e-3 * form.readings;
    return {
      figures: figuresOf({ story, drain, quiet, baselines, bytesRatio }),
      misses: [
        ...(bytesRatio <= BYTES_RATIO_MAX
          ? []
          : [
              `a synced reading takes ${bytesRatio.toFixed(3)} of its plain JSON's bytes, ${BYTES_RATIO_MAX} at most`,
            ]),
        ...(isWhole
          ? []
          : [`${form.readings} readings were to be stored as they were: ${JSON.stringify(stored)}`]),
        ...drain.problems,
        ...gateway.problems,
      ],
    };
  } finally {
    await gateway.stop();
  }
}

type Drain = {
  readonly readings: number;
  readonly ms: number;
  readonly bytesPerReading: number;
  readonly eventsMs: readonly number[];
  readonly liveMs: number | null;
  readonly problems: readonly string[];
};

async function drainBacklog(rig: Rig, readings: number, say: BenchOptions["say"]): Promise<Drain> {
  // A process of its own time: nothing of the quiet one's is under way any more.
  const gateway = new DrainingGateway(rig);
  // The journal says every second how old its oldest unsent record is.
  await sleep(1_100);
  const live = 71.5 + Math.floor(Math.random() * 100);
  gateway.says(live);
  const startedMs = performance.now();
  gateway.start();
  say("it drains");
  const shown = liveShown(rig.client, live, startedMs);
  const deadlineMs = startedMs + DRAINED_WITHIN_MS;
  let drainedMs = 0;
  const eventsMs = await gateway.sayEvents(EVENT_EVERY_MS, () => {
    if (gateway.isDrained()) drainedMs = performance.now() - startedMs;
    return drainedMs > 0 || performance.now() > deadlineMs;
  });
  const liveMs = await shown;
  await gateway.stop();
  return {
    readings,
    ms: drainedMs,
    bytesPerReading: gateway.sentBytes.vitals / readings,
    eventsMs,
    liveMs,
    problems: [
      ...gateway.problems,
      ...(drainedMs > 0 ? [] : ["the backlog was not drained in time"]),
      ...(liveMs === null ? ["the newest value did not go ahead of the backlog"] : []),
    ],
  };
}

async function eventsFor(gateway: DrainingGateway, ms: number): Promise<number[]> {
  const endMs = performance.now() + ms;
  return await gateway.sayEvents(EVENT_EVERY_MS, () => performance.now() > endMs);
}

/** How long until the cloud shows this value; null: not in time. */
async function liveShown(client: pg.Client, value: number, startedMs: number): Promise<number | null> {
  while (performance.now() - startedMs < LIVE_WITHIN_MS) {
    const { rowCount } = await client.query(
      "SELECT 1 FROM latest_values WHERE device_id = $1 AND metric = 'load' AND value = $2",
      [BED_DEVICE, value],
    );
    if (rowCount === 1) return performance.now() - startedMs;
    await sleep(20);
  }
  return null;
}

async function storedOf(client: pg.Client, epoch: string): Promise<{ count: number; sum: number }> {
  const { rows } = await client.query<{ count: string; sum: number | null }>(
    "SELECT count(*) AS count, sum(value) AS sum FROM readings JOIN journals USING (journal_id) WHERE epoch = $1",
    [epoch],
  );
  return { count: Number(rows[0]?.count ?? 0), sum: rows[0]?.sum ?? 0 };
}

type Measurements = {
  readonly story: Story;
  readonly drain: Drain;
  readonly quiet: readonly number[];
  readonly baselines: readonly Awaited<ReturnType<typeof drainAsJson>>[];
  readonly bytesRatio: number;
};

function figuresOf({ story, drain, quiet, baselines, bytesRatio }: Measurements) {
  const readingsPerSecond = drain.readings / (drain.ms / 1_000);
  const latency = (samples: readonly number[]) => ({
    events: samples.length,
    p50Ms: Math.round(percentile(samples, 0.5)),
    p99Ms: Math.round(percentile(samples, 0.99)),
  });
  return {
    readings: drain.readings,
    readingsPerSecond: Math.round(readingsPerSecond),
    bytesPerReading: Number(drain.bytesPerReading.toFixed(2)),
    plainJsonBytesPerReading: Number(story.jsonBytesPerReading.toFixed(1)),
    bytesRatio: Number(bytesRatio.toFixed(3)),
    jsonInGzip: {
      readingsPerSecond: spreadOf(baselines.map((one) => one.readingsPerSecond)),
      bytesPerReading: spreadOf(baselines.map((one) => one.bytesPerReading)),
    },
    speedToJsonInGzip: spreadOf(baselines.map((one) => readingsPerSecond / one.readingsPerSecond)),
    bedEvents: {
      quiet: latency(quiet),
      draining: latency(drain.eventsMs),
      p99Ratio: Number((percentile(drain.eventsMs, 0.99) / percentile(quiet, 0.99)).toFixed(2)),
    },
    liveValueMs: drain.liveMs === null ? null : Math.round(drain.liveMs),
    drainMs: Math.round(drain.ms),
  };
}

/**
 * Readings go through the cloud's process into PostgreSQL, InfluxDB and VictoriaMetrics, among them late ones, repeated
 * ones, several of one millisecond, and bad ones; meanwhile each store is killed, refused, cut off and slow, and the cloud
 * is killed. In the end each has every reading once, series by series, and what the cloud answers says the same. While a
 * store is away, nobody who sends waits for it. The control counts as stored what it only handed over, and must be found
 * out.
 */
import { mkdirSync, mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { hasInfluxd } from "../../support/influxd.ts";
import { somePostgresql } from "../../support/own-postgresql.ts";
import { percentile } from "../../support/percentile.ts";
import { until } from "../../support/until.ts";
import { hasVictoriaMetrics } from "../../support/victoria-metrics.ts";
import type { Claim, ProveOptions } from "../claim.ts";
import { carelessControl } from "./careless-control.ts";
import { foundByApi } from "./found-by-api.ts";
import { foundInPostgresql } from "./found-in-postgresql.ts";
import { GatewayDeliveries } from "./gateway-deliveries.ts";
import { LATE_WEEKS_MAX } from "./lane-source.ts";
import { Rig, type RigName } from "./rig.ts";
import type { Phase } from "./series-cloud.ts";
import { differences, Tallies, type Tally, totalOf } from "./tally.ts";
import type { Trouble } from "./troubled-proxy.ts";

/** `gateways`: each with how many journals it has, one after the other. */
type Size = {
  readonly readings: number;
  readonly readingsPerBatch: number;
  readonly rounds: number;
  readonly settleMsMax: number;
  readonly script: readonly Trouble[];
};
const REFUSALS: readonly Trouble[] = [401, 500, "pass", 429, "hang-up", "pass", "half-answer", "pass"];
const FULL: Size = {
  readings: 5_000_000,
  readingsPerBatch: 1_300,
  rounds: 3,
  settleMsMax: 900_000,
  script: [...REFUSALS, 503, 404, "pass", "no-answer", "pass"],
};
const SHORT: Size = {
  readings: 100_000,
  readingsPerBatch: 500,
  rounds: 1,
  settleMsMax: 60_000,
  script: REFUSALS,
};

const GATEWAYS = [
  { gatewayId: "gw-1", epochs: 1 },
  { gatewayId: "gw-2", epochs: 1 },
  { gatewayId: "gw-3", epochs: 2 },
];
const SLOW_MS = 200;
const WEEK_MS = 7 * 86_400_000;
const PLAYED_WITHIN_MS = 120_000;

export const proveSeries: Claim = async (options) => {
  const size = options.isShort ? SHORT : FULL;
  const names: RigName[] = [
    ...(hasInfluxd() ? (["influxdb"] as const) : []),
    ...(hasVictoriaMetrics() ? (["victoria-metrics"] as const) : []),
  ];
  const directory = mkdtempSync(join(tmpdir(), "hospitell-series-"));
  const isEmbedded = options.isShort && process.env.DATABASE_URL === undefined;
  const postgresql = isEmbedded ? null : await somePostgresql();
  // Beside the proof, which mostly waits for others.
  const controlled = names.includes("influxdb")
    ? carelessControl(join(directory, "control"), options.say)
    : Promise.resolve(null);
  controlled.catch(() => undefined);
  const rigs: Rig[] = [];
  try {
    const gatewayIds = GATEWAYS.map(({ gatewayId }) => gatewayId);
    const started = names.map(async (name) => {
      const own = join(directory, name);
      mkdirSync(own);
      const rig = await Rig.start({
        directory: own,
        name,
        gatewayIds,
        postgresqlUrl: postgresql?.url ?? null,
      });
      rigs.push(rig);
    });
    await Promise.all(started);
    const sent = await sendThroughTroubles(rigs, size, options.say);
    const judged = await Promise.all(rigs.map((rig) => judge(rig, sent, size, options.say)));
    const control = await controlled;
    const misses = [
      ...judged.flatMap((one) => one.misses),
      ...(control !== null && control.missing === 0
        ? ["control: a feed that acknowledges before the store does was to lose readings, and did not"]
        : []),
    ];
    const figures = {
      database: postgresql === null ? "pglite" : "postgresql",
      readings: sent.total.good + sent.total.unusable,
      ...sent.total,
      repeated: sent.repeated,
      unkeepable: sent.unkeepable,
      stores: Object.fromEntries(judged.map(({ name, figures: own }) => [name, own])),
      skipped: (["influxdb", "victoria-metrics"] as const).filter((name) => !names.includes(name)),
      control,
    };
    return { figures, misses };
  } finally {
    await controlled.catch(() => undefined);
    for (const rig of rigs) {
      await rig.stop();
      await rig.drop();
    }
    await postgresql?.stop();
    rmSync(directory, { recursive: true, force: true });
  }
};

type Sent = {
  readonly putIn: ReadonlyMap<string, Tally>;
  readonly total: Tally;
  readonly repeated: number;
  readonly unkeepable: number;
  readonly beginMs: number;
};

async function sendThroughTroubles(
  rigs: readonly Rig[],
  { readings, readingsPerBatch, rounds, script }: Size,
  say: ProveOptions["say"],
): Promise<Sent> {
  const tallies = new Tallies();
  const perGateway = Math.ceil(readings / GATEWAYS.length);
  const samples = perGateway / 30;
  const beginMs = Date.now() - Math.ceil(samples) * 1_000 - 3_600_000;
  const gateways = GATEWAYS.map(({ gatewayId, epochs }, n) => {
    const seed = n + 1;
    const parts = { gatewayId, epochs, readings: perGateway, readingsPerBatch, beginMs, seed, tallies };
    const deliveries = new GatewayDeliveries(parts);
    return { gatewayId, deliveries, bodies: deliveries.bodies() };
  });
  const batchesEach = Math.ceil(perGateway / readingsPerBatch);
  /** Of every gateway so many of a hundred of its batches; each cloud is as far as the others. */
  const send = async (percent: number) => {
    const count = Math.ceil((batchesEach * percent) / 100);
    await Promise.all(
      gateways.map(async ({ gatewayId, bodies }) => {
        for (let n = 0; n < count; n++) {
          const { value: body } = bodies.next();
          if (body === undefined) return;
          await Promise.all(rigs.map(({ cloud }) => cloud.deliver(gatewayId, body)));
        }
      }),
    );
  };
  const each = (work: (rig: Rig) => Promise<unknown>) => Promise.all(rigs.map(work));

  await send(10);
  for (let round = 1; round <= rounds; round++) {
    say(`round ${round}: each store of series is killed, and started again on what it has`);
    await each((rig) => rig.killStore());
    await send(25 / rounds);
    await each((rig) => rig.reviveStore());
    say("it refuses, breaks off, and answers by half");
    for (const { proxy } of rigs) proxy.play(script);
    await send(25 / rounds);
    await each((rig) => played(rig));
    say("the cloud is killed, its database cut off, and the store is slow");
    for (const { cloud, proxy } of rigs) {
      cloud.phase = "cloud-killed";
      proxy.delay(SLOW_MS);
    }
    const sending = send(20 / rounds);
    await each(async ({ cloud }) => {
      await cloud.stop("SIGKILL");
      await cloud.start();
    });
    await each((rig) => rig.cutDatabase());
    await sending;
    for (const { cloud } of rigs) cloud.phase = "nothing";
    await send(10 / rounds);
    await each((rig) => delayed(rig));
    for (const { proxy } of rigs) proxy.delay(0);
  }
  await send(100);
  say("everything is acknowledged; the stores settle");
  return {
    putIn: tallies.bySeries,
    total: tallies.total,
    repeated: gateways.reduce((sum, { deliveries }) => sum + deliveries.repeated, 0),
    unkeepable: gateways.reduce((sum, { deliveries }) => sum + deliveries.unkeepable, 0),
    beginMs,
  };
}

async function played({ name, proxy }: Rig): Promise<void> {
  await until(
    `${name} has met every trouble`,
    async () => (proxy.isPlayed ? true : undefined),
    PLAYED_WITHIN_MS,
  );
}

async function delayed({ name, proxy }: Rig): Promise<void> {
  await until(
    `${name} was slow to take something`,
    async () => (proxy.counts.delayed > 0 ? true : undefined),
    PLAYED_WITHIN_MS,
  );
}

type Judged = {
  readonly name: RigName;
  readonly misses: readonly string[];
  readonly figures: Record<string, unknown>;
};

async function judge(
  rig: Rig,
  { putIn, beginMs, unkeepable }: Sent,
  { settleMsMax }: Size,
  say: ProveOptions["say"],
): Promise<Judged> {
  const { name, cloud, proxy } = rig;
  const beganMs = performance.now();
  const [inStore] = await Promise.all([rig.missingInStore(putIn, settleMsMax), rig.rolledUp(settleMsMax)]);
  const settledMs = Math.round(performance.now() - beganMs);
  say(`${name}: settled ${settledMs} ms after the last batch`);
  const doctor = await cloud.signIn("doctor");
  const devices = [...new Set([...putIn.keys()].map((series) => series.split(" ")[1] ?? ""))];
  const range = { fromMs: beginMs - (LATE_WEEKS_MAX + 1) * WEEK_MS, toMs: Date.now() + WEEK_MS };
  const api = await foundByApi(doctor, devices, range);
  await cloud.stop();
  const database = await foundInPostgresql(rig.databaseAt);

  const all = ["good", "goodSum", "bad", "badSum", "empty"] as const;
  const wrong = {
    [name]: inStore,
    postgresql: differences(putIn, database.raw, all),
    "roll-ups by the minute": differences(putIn, database.minutes, ["good", "goodSum", "unusable"]),
    "roll-ups by the hour": differences(putIn, database.hours, ["good", "goodSum", "unusable"]),
    "the cloud's answers": differences(putIn, api.series, ["good", "unusable"]),
  };
  const tookMs = (phase: Phase) =>
    cloud.acknowledged.filter(({ during }) => during === phase).map(({ ms }) => ms);
  const away = tookMs("store-away");
  const { spoilt, delayed: slow, writes } = proxy.counts;
  const misses = [
    ...Object.entries(wrong).flatMap(([place, sentences]) =>
      sentences.length === 0
        ? []
        : [`${place} (fed with ${name}): ${sentences.length} series differ, first: ${sentences[0]}`],
    ),
    ...(database.parked === unkeepable
      ? []
      : [`${unkeepable} readings that no cloud can keep were to be parked, and ${database.parked} are`]),
    ...(away.length > 0 ? [] : [`no batch was acknowledged while ${name} was away`]),
    ...(spoilt > 0 ? [] : [`none of ${name}'s writes was spoilt`]),
  ];
  const figures = {
    acknowledgedWhileAway: away.length,
    p99MsWhileAway: Math.round(percentile(away, 0.99)),
    p99MsOtherwise: Math.round(percentile(tookMs("nothing"), 0.99)),
    writes,
    spoilt,
    delayed: slow,
    settledMs,
    found: totalOf(database.raw).good,
    answeredBy: api.sources,
  };
  return { name, misses, figures };
}

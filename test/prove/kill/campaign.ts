/**
 * One run: a gateway, a cloud and devices of all kinds; one of the two is killed again and again; then everybody may
 * finish, and what the devices know is held against what the cloud has.
 */
import { mkdirSync, rmSync } from "node:fs";
import { connect } from "node:net";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import WebSocket, { createWebSocketStream } from "ws";
import { GATEWAY_NODE_OPTIONS } from "../../../config/demo/child.ts";
import { between, type Chance, chanceFor } from "../../../firmware-sim/ward-day/chance.ts";
import { readingsTopic } from "../../load/load-device.ts";
import { layEmptyPglite } from "../../support/empty-pglite.ts";
import { freePort } from "../../support/free-port.ts";
import { readMetric } from "../../support/read-metric.ts";
import { writeSystemFiles } from "../../support/running-system.ts";
import { until } from "../../support/until.ts";
import { startCounters } from "./counters.ts";
import { judge, type Verdict, weightOf } from "./judge-kill.ts";
import { COUNTERS, killWard, SPEAKERS, type Speaker } from "./kill-ward.ts";
import { readCloud, type StoredLane } from "./read-cloud.ts";
import { RememberingDevice } from "./remembering-device.ts";
import { type BackAgain, Supervised } from "./supervised.ts";

export type CampaignParts = {
  readonly directory: string;
  /** Empty: the cloud's embedded database. */
  readonly databaseUrl: string;
  /** The gateway, or one that is careless. */
  readonly gatewayProgram: string;
  readonly victims: readonly ("gateway" | "cloud")[];
  readonly seed: number;
  readonly window: number;
  readonly pauseMsMax: number;
  readonly say: (line: string) => void;
};

export type Campaign = Verdict & {
  readonly repeats: number;
  readonly lanes: readonly StoredLane[];
  /** Records that the gateway has and the cloud does not, after everybody had time. */
  readonly unsent: number;
  readonly endsByThemselves: number;
  readonly unheardAfterTheLastKill: readonly string[];
  readonly backAgain: { readonly gateway: readonly BackAgain[]; readonly cloud: readonly BackAgain[] };
};

/** A kill comes at any moment of this after the gateway could serve again. */
const KILLED_AFTER_MS = { min: 100, max: 1_200 } as const;
const FINISHED_WITHIN_MS = 60_000;
const LANES = ["beds", "vitals", "environment"] as const;

export async function runCampaign(parts: CampaignParts): Promise<Campaign> {
  const { directory, say } = parts;
  mkdirSync(directory, { recursive: true });
  const chance = chanceFor(parts.seed, "kill");
  const closers: (() => unknown)[] = [() => rmSync(directory, { recursive: true, force: true })];
  try {
    const counters = await startCounters(directory);
    closers.push(() => counters.close());
    const { ward, deviceKeys } = killWard(counters.places);
    const webSocketPort = await freePort();
    const files = await writeSystemFiles({
      directory,
      ward,
      deviceKeys,
      gateway: { mqtt: { webSocket: { port: webSocketPort } } },
    });
    await layEmptyPglite(join(directory, "cloud"), parts.databaseUrl);
    const cloud = await Supervised.start({
      file: "cloud/main.ts",
      args: ["--config", files.cloudFile],
      env: { DATABASE_URL: parts.databaseUrl },
    });
    closers.push(() => cloud.stop());
    const gateway = await Supervised.start({
      file: parts.gatewayProgram,
      args: ["--config", files.gatewayFile],
      nodeOptions: GATEWAY_NODE_OPTIONS,
    });
    closers.push(() => gateway.stop());
    const devices = SPEAKERS.map(
      (speaker) =>
        new RememberingDevice({
          deviceId: speaker.deviceId,
          key: deviceKeys.get(speaker.deviceId) ?? "",
          qos: speaker.qos,
          topic: readingsTopic(speaker.deviceId),
          payload: payloadOf(speaker),
          window: parts.window,
          pauseMs: () => between(chance, 1, parts.pauseMsMax),
          open: () =>
            speaker.over === "tcp"
              ? connect(files.mqttPort, "127.0.0.1")
              : createWebSocketStream(new WebSocket(`ws://127.0.0.1:${webSocketPort}`, "mqtt")),
        }),
    );
    closers.push(() => {
      for (const device of devices) device.close();
    });
    await until(
      "every device was acknowledged something",
      isTrue(() => devices.every(isHeard)),
      20_000,
    );

    const backAgain = await killInTurn(parts, { gateway, cloud }, chance);
    for (const device of devices) device.stopMaking();
    await until(
      "every message is acknowledged",
      isTrue(() => devices.every(({ unacknowledged }) => unacknowledged === 0)),
      FINISHED_WITHIN_MS,
    ).catch((error: Error) => say(error.message));

    const ask = async (name: string) => readMetric((await gateway.ready).metricsUrl ?? "", name);
    const unheardAfterTheLastKill = await unheardOf(ask);
    await counters.close();
    await until("the cloud has everything", everythingSent(ask), FINISHED_WITHIN_MS).catch((error: Error) =>
      say(error.message),
    );
    const heads = await Promise.all(LANES.map((lane) => ask(metricOf("lane_head_seq", "lane", lane))));
    for (const device of devices) device.close();
    await gateway.stop();
    await cloud.stop();
    const facts = await readCloud(join(directory, "cloud"), parts.databaseUrl);
    const marks = facts.lanes.reduce((sum, { mark }) => sum + mark, 0);
    return {
      ...judge(devices, COUNTERS, facts),
      repeats: devices.reduce((sum, device) => sum + device.repeats, 0),
      lanes: facts.lanes,
      unsent: heads.reduce((sum, head) => sum + head, 0) - marks,
      endsByThemselves: gateway.endsByItself + cloud.endsByItself,
      unheardAfterTheLastKill,
      backAgain,
    };
  } finally {
    for (const close of closers.toReversed()) await close();
  }
}

type Killed = { readonly gateway: Supervised; readonly cloud: Supervised };

/** Each kill waits for the gateway alone: it is killed, too, while its cloud is away or coming. */
async function killInTurn(
  { victims, say }: CampaignParts,
  killed: Killed,
  chance: Chance,
): Promise<Campaign["backAgain"]> {
  const backAgain: Record<"gateway" | "cloud", BackAgain[]> = { gateway: [], cloud: [] };
  let cloudReady: Promise<unknown> = Promise.resolve();
  for (const victim of victims) {
    await sleep(between(chance, KILLED_AFTER_MS.min, KILLED_AFTER_MS.max));
    if (victim === "cloud") await cloudReady;
    const ready = killed[victim].kill().then((back) => {
      backAgain[victim].push(back);
      say(`${victim} killed, ready again after ${back.tookMs} ms`);
    });
    // It is waited for below; whatever comes of it until then is not lost.
    ready.catch(() => undefined);
    if (victim === "gateway") await ready;
    else cloudReady = ready;
  }
  await cloudReady;
  return backAgain;
}

const isHeard = (device: RememberingDevice) => device.acknowledged.size > 0;
const isTrue = (condition: () => boolean) => async () => (condition() ? true : undefined);

function payloadOf({ deviceId, hasClock }: Speaker): (n: number) => Buffer {
  return (n) => {
    const time = hasClock ? { bt: Date.now() / 1_000 } : {};
    const record = { bn: `urn:dev:ops:32473-${deviceId}:`, ...time, n: "load", u: "kg", v: weightOf(n) };
    return Buffer.from(JSON.stringify([record]));
  };
}

const metricOf = (name: string, label: string, value: string) =>
  `hospitell_gateway_${name}{${label}="${value}"}`;

type Ask = (name: string) => Promise<number>;

/** Devices that are only asked or heard, and have not been since the gateway was started the last time. */
async function unheardOf(ask: Ask): Promise<string[]> {
  const unheard: string[] = [];
  for (const { deviceId } of COUNTERS) {
    const isHeardOf = async () =>
      (await ask(metricOf("device_readings", "device", deviceId))) > 0 ? true : undefined;
    await until(`${deviceId} is heard`, isHeardOf, 15_000).catch(() => unheard.push(deviceId));
  }
  return unheard;
}

const everythingSent = (ask: Ask) => async () => {
  const queued = await Promise.all(LANES.map((lane) => ask(metricOf("lane_queued", "lane", lane))));
  return queued.every((count) => count === 0) ? true : undefined;
};

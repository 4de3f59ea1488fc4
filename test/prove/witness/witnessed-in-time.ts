/** From what a bed says to the checkpoint that covers it and that another gateway cosigned: whole processes. */
import { createHash, randomBytes } from "node:crypto";
import { readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import mqtt, { type MqttClient } from "mqtt";
import { parse, stringify } from "yaml";
import { Child, GATEWAY_NODE_OPTIONS } from "../../../config/demo/child.ts";
import { BedEvidence, EvidenceHealth } from "../../../contracts/wire/evidence.ts";
import { layEmptyPglite } from "../../support/empty-pglite.ts";
import { percentile } from "../../support/percentile.ts";
import { writeSystemFiles } from "../../support/running-system.ts";
import { type SignedIn, signIn } from "../../support/sign-in.ts";
import { below, type Chance } from "../fuzz/noise.ts";

export type WitnessedInTime = {
  readonly events: number;
  readonly p50Ms: number;
  readonly p99Ms: number;
  /** What is wrong, in sentences. */
  readonly faults: readonly string[];
};

/** A bed that is taken and left more often would be said to flap. */
const SAID_PER_BED = 6;
const BEDS = Array.from({ length: 10 }, (_bed, n) => `bed-${n + 1}`);
const PAUSE_MS_MAX = 600;
const LOOK_EVERY_MS = 300;
const WITNESSED_WITHIN_MS = 20_000;
export const WITNESSED_P99_MS_MAX = 10_000;

export async function witnessedInTime(directory: string, chance: Chance): Promise<WitnessedInTime> {
  const passwords = new Map(BEDS.map((bed) => [bed, randomBytes(16).toString("base64url")]));
  const { mqttPort, children } = await writeThree(directory, passwords);
  const [cloud] = children;
  try {
    for (const child of children) await child.start();
    const board = await signIn(await cloud.signInLink("super-admin"));
    const spoken = speak(mqttPort, passwords, chance);
    const waitedMs = await witnessed(board, spoken, Date.now());
    const { alarms } = EvidenceHealth.parse(await (await board.get("/api/v1/evidence/health")).json());
    return {
      events: waitedMs.length,
      p50Ms: Math.round(percentile(waitedMs, 0.5)),
      p99Ms: Math.round(percentile(waitedMs, 0.99)),
      faults: alarms.map(({ kind, detail }) => `an alarm without cause: ${kind}, ${detail}`),
    };
  } finally {
    for (const child of children.toReversed()) await child.stop();
  }
}

/** Beds whose occupancy follows what their sensors say at once. */
function wardOf(beds: readonly string[]) {
  const bedOf = (bed: string) => ({
    id: bed,
    label: bed,
    occupancyFrom: { device: bed, metric: "occupancy" },
    debounce: { presentMs: 0, absentMs: 0 },
  });
  const ward = {
    id: `ward-of-${beds[0]}`,
    name: "Ward",
    assignmentSource: "none",
    declared: { service: "open", staffing: "staffed", infection: "none" },
    rooms: [{ id: `room-of-${beds[0]}`, name: "Room", beds: beds.map(bedOf) }],
  };
  const devices = beds.map((bed) => ({ id: bed, profile: "smart-bed-senml", bed }));
  return { hospitals: [{ id: "prove", name: "Proving ground", wards: [ward], devices }] };
}

type Three = { readonly mqttPort: number; readonly children: readonly [Child, Child, Child] };

/** A cloud, the gateway whose beds speak, and another one. */
async function writeThree(directory: string, deviceKeys: ReadonlyMap<string, string>): Promise<Three> {
  const speaker = join(directory, "speaker");
  const witness = join(directory, "witness");
  const files = await writeSystemFiles({ directory: speaker, ward: wardOf(BEDS), deviceKeys });
  const others = await writeSystemFiles({
    directory: witness,
    ward: wardOf(["bed-w"]),
    deviceKeys: new Map(),
  });
  const key = `hk_gw-witness_${randomBytes(32).toString("base64url")}`;
  writeFileSync(join(witness, "gateway.key"), key, { mode: 0o600 });
  const keySha256 = createHash("sha256").update(key).digest("hex");
  const port = edit(files.cloudFile, (cloud) => {
    cloud.gateways.push({ id: "gw-witness", hospital: "prove", keySha256 });
    return cloud.http.port;
  });
  edit(others.gatewayFile, (gateway) => {
    gateway.gateway.id = "gw-witness";
    gateway.cloud.url = `http://127.0.0.1:${port}`;
  });
  await layEmptyPglite(join(speaker, "cloud"));
  const child = (name: string, program: string, configFile: string) =>
    new Child({
      name,
      program,
      configFile,
      nodeOptions: program.startsWith("gateway") ? GATEWAY_NODE_OPTIONS : [],
      logFile: join(directory, `${name}.log`),
      onTrouble: (sentence) => process.stderr.write(`${sentence}\n`),
    });
  return {
    mqttPort: files.mqttPort,
    children: [
      child("cloud", "cloud/main.ts", files.cloudFile),
      child("witness", "gateway/main.ts", others.gatewayFile),
      child("speaker", "gateway/main.ts", files.gatewayFile),
    ],
  };
}

/** Of either's configuration, what is changed here. */
type Config = {
  readonly http: { readonly port: number };
  readonly gateways: object[];
  readonly gateway: { id: string };
  readonly cloud: { url: string };
};

function edit<Answer>(file: string, change: (config: Config) => Answer): Answer {
  const config = parse(readFileSync(file, "utf8"));
  const answer = change(config);
  writeFileSync(file, stringify(config), { mode: 0o600 });
  return answer;
}

/** Beds are taken and left, at moments that nobody chose. */
async function speak(port: number, passwords: ReadonlyMap<string, string>, chance: Chance): Promise<void> {
  const clients: [string, MqttClient][] = [];
  try {
    for (const [bed, password] of passwords) {
      const login = { clientId: bed, username: bed, password };
      clients.push([bed, await mqtt.connectAsync(`mqtt://127.0.0.1:${port}`, login)]);
    }
    for (let said = 0; said < SAID_PER_BED; said++)
      for (const [bed, client] of clients) {
        const payload = JSON.stringify([{ n: "occupancy", vb: said % 2 === 0 }]);
        await client.publishAsync(`devices/${bed}/readings`, payload, { qos: 1 });
        await sleep(below(chance, PAUSE_MS_MAX));
      }
  } finally {
    await Promise.all(clients.map(([, client]) => client.endAsync()));
  }
}

/** How long each statement waited, by this machine's clock; what never came counts for as long as it was waited for. */
async function witnessed(board: SignedIn, spoken: Promise<void>, fromMs: number): Promise<number[]> {
  const waitedMs = new Map<string, number>();
  const open = new Map<string, number>();
  let spokenAtMs = Number.POSITIVE_INFINITY;
  const speaking = spoken.then(() => {
    spokenAtMs = Date.now();
  });
  for (;;) {
    for (const bed of BEDS) {
      const response = await board.get(`/api/v1/beds/${bed}/evidence`);
      const nowMs = Date.now();
      if (response.status === 404) continue;
      for (const { seq, witnessed: by, observedAt } of BedEvidence.parse(await response.json()).statements) {
        const statement = `${bed} ${seq}`;
        const ageMs = nowMs - Date.parse(observedAt);
        if (nowMs - ageMs < fromMs || waitedMs.has(statement)) continue;
        if (by === null) open.set(statement, ageMs);
        else {
          waitedMs.set(statement, ageMs);
          open.delete(statement);
        }
      }
    }
    const nowMs = Date.now();
    const isAll = open.size === 0 && waitedMs.size >= BEDS.length * SAID_PER_BED;
    if (nowMs > spokenAtMs && (isAll || nowMs - spokenAtMs > WITNESSED_WITHIN_MS)) {
      await speaking;
      return [...waitedMs.values(), ...open.values()];
    }
    await sleep(LOOK_EVERY_MS);
  }
}

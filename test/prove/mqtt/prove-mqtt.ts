/**
 * The gateway's broker speaks MQTT 3.1.1 and remembers what it acknowledged. The official suite of its memory passes; every statement
 * of the standard that binds a broker is looked at in bytes, or named as not met; clients that others wrote find their
 * messages over TCP, TLS and WebSocket; and what was acknowledged survives kill -9. The controls: a broker that swallows,
 * reorders or forgets must be found out, and one without a file must lose.
 */
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { runOfficialSuite } from "../../gateway/sessions/run-official-suite.ts";
import { Authority } from "../../support/certificates.ts";
import { freePort } from "../../support/free-port.ts";
import { hasMosquitto } from "../../support/tools.ts";
import type { Claim } from "../claim.ts";
import { Bench } from "./bench.ts";
import { checkStatements } from "./check-statements.ts";
import { Killable } from "./killable.ts";
import { mosquittoPeer } from "./mosquitto-peer.ts";
import { mqttJsPeer } from "./mqtt-js-peer.ts";
import { checkPeer, type PeerWay } from "./peer.ts";
import { startGateway } from "./proving-gateway.ts";
import { STATEMENTS } from "./statements/table.ts";
import { surviveKill } from "./survive-kill.ts";
import { FAULTS, openWrongBroker } from "./wrong-broker.ts";

const STATEMENTS_AT_ONCE = 12;
/** What a wrong broker does not say is waited for in vain. */
const CONTROL_ANSWER_MS_MAX = 2_000;
const KILLS = 20;
const KILLS_SHORT = 2;
/** The suite of aedes-persistence 11.0.0; fewer would mean that part of it did not run. */
const OFFICIAL_TESTS_MIN = 50;

type Stage = { readonly figures: Readonly<Record<string, unknown>>; readonly misses: readonly string[] };

export const proveMqtt: Claim = async ({ isShort, say }) => {
  const directory = mkdtempSync(join(tmpdir(), "hospitell-mqtt-"));
  const newDirectory = () => mkdtempSync(join(directory, "part-"));
  const devices = new Authority("Devices of a proof", newDirectory());
  const house = new Authority("The hospital", newDirectory());
  const gateway = await startGateway(newDirectory(), devices, house);
  const forgetful = await startForgetful();
  const bench = new Bench(gateway);
  try {
    const told = async (name: string, stage: Promise<Stage>): Promise<Stage> => {
      const startMs = performance.now();
      const { figures, misses } = await stage;
      const seconds = Number(((performance.now() - startMs) / 1_000).toFixed(1));
      say(`${name}: ${misses.length} misses, ${seconds} s`);
      return { figures: { ...figures, seconds }, misses };
    };
    const [official, table, clients, controls, forgot] = await Promise.all([
      told("official suite", proveOfficial()),
      told("statements", proveTable(bench)),
      told("clients", proveClients(bench, gateway, devices, house)),
      told("wrong brokers", proveControls(bench, gateway)),
      told("a broker without a file", proveForgetting(forgetful)),
    ]);
    // Alone: nobody else is to be cut off by it.
    const kills = await told("kill -9", proveKills(bench, gateway, isShort ? KILLS_SHORT : KILLS));
    const stages = { official, table, clients, controls, kills, forgot };
    sayTable(say);
    return {
      figures: Object.fromEntries(Object.entries(stages).map(([name, { figures }]) => [name, figures])),
      misses: Object.values(stages).flatMap(({ misses }) => misses),
    };
  } finally {
    await gateway.kill();
    await forgetful.kill();
    rmSync(directory, { recursive: true, force: true });
  }
};

async function proveOfficial(): Promise<Stage> {
  const figures: Record<string, unknown> = {};
  const misses: string[] = [];
  for (const channel of ["in-thread", "worker"] as const) {
    const { tests, passed, failed, unsaid } = await runOfficialSuite(channel);
    figures[channel] = { tests, passed };
    if (tests < OFFICIAL_TESTS_MIN || passed !== tests) {
      misses.push(
        `official suite, ${channel}: of ${tests} tests ${failed} failed and ${unsaid} said nothing`,
      );
    }
  }
  return { figures, misses };
}

async function proveTable(bench: Bench): Promise<Stage> {
  const { checked, broken } = await checkStatements(STATEMENTS, bench, STATEMENTS_AT_ONCE);
  const ids = (kind: "not-met" | "not-applicable") =>
    STATEMENTS.filter(({ verdict }) => verdict.kind === kind).map(({ id }) => id);
  return {
    figures: {
      statements: STATEMENTS.length,
      met: checked - broken.length,
      notMet: ids("not-met"),
      notApplicable: ids("not-applicable").length,
    },
    misses: [
      ...(checked > 100 ? [] : [`only ${checked} statements were looked at`]),
      ...broken.map(({ id, why }) => `${id}: ${why}`),
    ],
  };
}

function sayTable(say: (line: string) => void): void {
  for (const { id, says, verdict } of STATEMENTS) {
    if (verdict.kind !== "met") say(`${id} ${verdict.kind}: ${says}. ${verdict.because}`);
  }
}

async function proveClients(
  bench: Bench,
  { ports }: Killable,
  devices: Authority,
  house: Authority,
): Promise<Stage> {
  const mosquitto: readonly PeerWay[] = [
    {
      name: "mosquitto clients over TCP",
      peerOf: (id, key) => mosquittoPeer(id, ["-p", String(ports.tcp), "-u", id, "-P", key]),
    },
    {
      name: "mosquitto clients over TLS with a certificate",
      peerOf(id) {
        const { certFile, keyFile } = devices.sign(id);
        const shown = ["--cafile", house.certFile, "--cert", certFile, "--key", keyFile];
        return mosquittoPeer(id, ["-p", String(ports.tls), ...shown]);
      },
    },
  ];
  const ways: readonly PeerWay[] = [
    ...(hasMosquitto() ? mosquitto : []),
    {
      name: "mqtt.js over WebSocket",
      peerOf: (id, key) => mqttJsPeer(id, key, `ws://127.0.0.1:${ports.webSocket}`),
    },
  ];
  const misses: string[] = [];
  await Promise.all(
    ways.flatMap(({ name, peerOf }) =>
      [0, 1, 2].map(async (qos) => {
        const bed = bench.bed();
        const found = await checkPeer(peerOf(bed.id, bed.key), qos).catch((error: Error) => [error.message]);
        misses.push(...found.map((miss) => `${name}, QoS ${qos}: ${miss}`));
      }),
    ),
  );
  return { figures: { ways: ways.map(({ name }) => name), qos: [0, 1, 2] }, misses };
}

async function proveControls(bench: Bench, broker: Killable): Promise<Stage> {
  const found: Record<string, readonly string[]> = {};
  const misses: string[] = [];
  await Promise.all(
    FAULTS.map(async ({ what, spoil, breaks }) => {
      const wrong = await openWrongBroker(broker.ports.tcp, spoil);
      const beside = bench.by(wrong.port, CONTROL_ANSWER_MS_MAX);
      const asked = STATEMENTS.filter(({ id }) => breaks.includes(id));
      const { broken } = await checkStatements(asked, beside, STATEMENTS_AT_ONCE);
      wrong.close();
      found[what] = broken.map(({ id }) => id).sort();
      const unseen = breaks.filter((id) => !broken.some((one) => one.id === id));
      misses.push(...unseen.map((id) => `control: ${id} was not found broken by a broker that ${what}`));
    }),
  );
  return { figures: found, misses };
}

async function proveKills(bench: Bench, broker: Killable, kills: number): Promise<Stage> {
  const misses: string[] = [];
  for (let n = 0; n < kills; n++) misses.push(...(await surviveKill(bench, broker)));
  return { figures: { kills }, misses: misses.map((miss) => `after kill -9: ${miss}`) };
}

async function startForgetful(): Promise<Killable> {
  const port = await freePort();
  const program = { file: "test/prove/mqtt/forgetful-broker.ts", args: [String(port)] };
  return new Killable(program, { tcp: port, tls: 0, webSocket: 0 }).start();
}

/** The same kill without a file has to lose, or the check could not find a loss. */
async function proveForgetting(broker: Killable): Promise<Stage> {
  const lost = await surviveKill(new Bench(broker), broker);
  return {
    figures: { lost: lost.length },
    misses: lost.length > 0 ? [] : ["control: a broker that keeps nothing on disk was not found out"],
  };
}

/**
 * `npm start`: the whole system on one machine. Builds the pages where they changed, then starts the cloud, a gateway
 * for each hospital of the ward file, and the hospitals' simulated devices, each as a process of its own.
 */
import { join, resolve } from "node:path";
import { createInterface } from "node:readline";
import { parseArgs } from "node:util";
import { ConfigError } from "../load.ts";
import { requireNode } from "../require-node.ts";
import { buildWeb } from "./build-web.ts";
import { Child, GATEWAY_NODE_OPTIONS } from "./child.ts";
import { writeRunFiles } from "./run-files.ts";
import { seedDesk } from "./seed-desk.ts";
import { type DemoChain, startChain } from "./start-chain.ts";

requireNode(24);

const say = (line: string) => process.stdout.write(`${line}\n`);
const children: Child[] = [];
let isEnding = false;

async function end(exitCode: number): Promise<void> {
  if (isEnding) return;
  isEnding = true;
  say("Stopping …");
  for (const child of children) child.expectEnd();
  // Devices first, then gateways, then the cloud: nothing is cut off in the middle of what it says.
  for (const child of children.toReversed()) await child.stop();
  say("Stopped.");
  process.exit(exitCode);
}

for (const name of ["SIGINT", "SIGTERM", "SIGHUP"] as const) process.on(name, () => void end(0));

try {
  await start();
} catch (error) {
  if (!isEnding) {
    process.stderr.write(
      `\n${error instanceof ConfigError || error instanceof Error ? error.message : String(error)}\n`,
    );
    await end(1);
  }
}

async function start(): Promise<void> {
  const { values } = parseArgs({
    options: {
      "port-offset": { type: "string", default: "0" },
      seed: { type: "string", default: "1" },
      speed: { type: "string", default: "60" },
    },
  });
  const startedMs = performance.now();
  const tick = (line: string) =>
    say(`  ${((performance.now() - startedMs) / 1_000).toFixed(1).padStart(5)} s  ${line}`);
  const dataDirectory = resolve(process.env.HOSPITELL_DATA_DIR ?? "var");
  const directory = join(dataDirectory, "demo");
  say("Hospitell is starting: a cloud, two hospitals' gateways and their simulated devices.");

  const portOffset = numberOf(values["port-offset"], "--port-offset");
  const [built, chain] = await Promise.all([buildWeb(), chainOrNone(directory, portOffset)]);
  tick(built > 0 ? "web pages built" : "web pages are up to date");
  tick(
    `chain            ${typeof chain === "string" ? `not anchored: ${chain}` : `${chain.url}  anvil, new at every start; anchored every minute`}`,
  );
  const files = writeRunFiles({
    directory,
    wardFile: join(import.meta.dirname, "ward.yaml"),
    portOffset,
    anchor: typeof chain === "string" ? undefined : chain.anchor,
    seed: numberOf(values.seed, "--seed"),
    speed: numberOf(values.speed, "--speed"),
  });

  const child = (
    name: string,
    program: string,
    configFile: string,
    nodeOptions: readonly string[] = [],
  ): Child => {
    const logFile = join(directory, `${name.replaceAll(" ", "-")}.log`);
    const one = new Child({ name, program, configFile, logFile, nodeOptions, onTrouble });
    children.push(one);
    return one;
  };
  // In the order in which they are stopped, from the end.
  const cloud = child("cloud", "cloud/main.ts", files.cloud);
  const gateways = files.gateways.map(({ hospital, file }) => ({
    hospital,
    child: child(`gateway ${hospital}`, "gateway/main.ts", file, GATEWAY_NODE_OPTIONS),
  }));
  const sims = files.sims.map(({ name, file }) => child(`sim ${name}`, "firmware-sim/main.ts", file));
  // Devices hang on their lines before anybody asks them, as in a hospital.
  await Promise.all([startFromCloud(cloud, gateways, tick), ...sims.map((sim) => sim.start())]);
  tick(
    `devices          ${files.deviceCount} devices of ${files.bedCount} beds and their rooms, simulated on real protocols`,
  );
  await seedHospitals(cloud, files.bedCounts);
  await printLinks(cloud, gateways);
  say(`Logs and data: ${directory}. Press Enter for new links, Ctrl-C to stop.`);
  createInterface({ input: process.stdin }).on("line", () => void printLinks(cloud, gateways));
}

/** Or why there is none: the rest of the demo does not need it. */
async function chainOrNone(directory: string, portOffset: number): Promise<DemoChain | string> {
  const childOf = (configFile: string) => {
    const logFile = join(directory, "chain.log");
    const program = "config/demo/chain.ts";
    const one = new Child({
      name: "chain",
      program,
      configFile,
      logFile,
      onTrouble: (said) => onTrouble(said, false),
    });
    // The first to be started is the last to be stopped.
    children.push(one);
    return one;
  };
  try {
    return (await startChain({ directory, portOffset, childOf })) ?? "no anvil for this machine";
  } catch (error) {
    return (error as Error).message;
  }
}

type Gateway = { readonly hospital: string; readonly child: Child };

async function startFromCloud(
  cloud: Child,
  gateways: readonly Gateway[],
  tick: (line: string) => void,
): Promise<void> {
  tick(`cloud            ${(await cloud.start()).url ?? ""}  ${databaseName()}`);
  const startOne = async ({ hospital, child }: Gateway) => {
    const { url, mqttPort } = await child.start();
    tick(`gateway ${hospital.padEnd(8)} ${url ?? ""}  MQTT on port ${mqttPort ?? "-"}`);
  };
  await Promise.all(gateways.map(startOne));
}

/** Goes on beside everything else: a hospital's beds come with its gateway's first batches. */
async function seedHospitals(cloud: Child, bedCounts: Readonly<Record<string, number>>): Promise<void> {
  for (const [hospital, bedCount] of Object.entries(bedCounts)) {
    const link = await cloud.signInLink("hospital-admin", hospital);
    void seedDesk({ hospital, bedCount, link })
      .then(
        (isDone) => isDone || say(`Hospital ${hospital}: its beds did not come; their classes are not said.`),
      )
      .catch(
        (error: Error) =>
          isEnding || say(`Hospital ${hospital} has not said what its beds are: ${error.message}`),
      );
  }
}

async function printLinks(cloud: Child, gateways: readonly Gateway[]): Promise<void> {
  try {
    const board = await cloud.signInLink("emergency-coordinator");
    say("\nSign in (each link works once, within 15 minutes; a browser is one person at a time):");
    say(`  live board       ${board}`);
    for (const { hospital, child } of gateways)
      say(`  gateway ${hospital.padEnd(8)} ${await child.signInLink()}`);
    for (const { hospital } of gateways)
      say(`  nurse ${hospital.padEnd(10)} ${await cloud.signInLink("nurse", hospital)}`);
  } catch (error) {
    say(`No links: ${(error as Error).message}`);
  }
}

function onTrouble(sentence: string, givenUp: boolean): void {
  process.stderr.write(`${sentence}\n`);
  if (givenUp) void end(1);
}

function databaseName(): string {
  return process.env.DATABASE_URL === undefined
    ? "(embedded database, for trying out)"
    : "(PostgreSQL by DATABASE_URL)";
}

function numberOf(text: string, option: string): number {
  const number = Number(text);
  if (Number.isFinite(number)) return number;
  throw new ConfigError(`${option}: expected a number, got "${text}".`);
}

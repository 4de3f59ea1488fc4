/** The process: arguments and signals in, exit code out. */
import { parseArgs } from "node:util";
import { CloudConfig } from "../config/cloud.ts";
import { ConfigError, loadConfig } from "../config/load.ts";
import { systemClock, systemRandomness } from "./clock.ts";
import type { Environment } from "./history/influxdb/credentials.ts";
import { createLog } from "./http/log.ts";
import { speakToParent } from "./parent-process.ts";
import { type RunningCloud, startCloud } from "./start.ts";
import { errorCode, StartError } from "./start-error.ts";

const USAGE =
  "usage: node cloud/main.ts --config FILE\nDATABASE_URL: a PostgreSQL; without it, an embedded database for trying out.";
/** A stop that takes longer hangs, and is cut short. */
const STOP_MS_MAX = 10_000;

/** Settles with the exit code. What is thrown past it is a bug. */
export async function runCloud(args: readonly string[], environment: Environment): Promise<number> {
  const stop = new AbortController();
  for (const signal of ["SIGTERM", "SIGINT"] as const) process.once(signal, () => stop.abort());
  // Nobody else would stop a service whose parent is gone.
  if (process.connected) process.once("disconnect", () => stop.abort());
  try {
    const configFile = configFileOf(args);
    const config = loadConfig(CloudConfig, configFile, "cloud configuration");
    const log = createLog();
    // Set to nothing, as compose files do, means not set.
    const databaseUrl = environment.DATABASE_URL || undefined;
    const ports = { clock: systemClock, randomness: systemRandomness, log };
    const cloud = await startCloud({ config, configFile, databaseUrl, environment, ...ports });
    stop.signal.addEventListener("abort", () => exitIfStuck(log));
    if (!stop.signal.aborted && !speakToParent(process, cloud, log)) await greet(cloud);
    await cloud.run(stop.signal);
    return 0;
  } catch (error) {
    if (!(error instanceof StartError || error instanceof ConfigError)) throw error;
    console.error(error.message);
    return 1;
  }
}

function configFileOf(args: readonly string[]): string {
  try {
    const { values } = parseArgs({ args: [...args], options: { config: { type: "string" } } });
    if (values.config !== undefined) return values.config;
  } catch (error) {
    if (!errorCode(error)?.startsWith("ERR_PARSE_ARGS")) throw error;
  }
  throw new StartError(USAGE);
}

async function greet({ url, links }: RunningCloud): Promise<void> {
  const link = await links.issue({ role: "emergency-coordinator", hospitalId: null });
  console.log(`Hospitell listens on ${url}`);
  if (link !== undefined)
    console.log(`Sign in as emergency coordinator (once, within 15 minutes): ${link.url}`);
}

function exitIfStuck(log: { error(message: string): void }): void {
  setTimeout(() => {
    log.error("the service did not stop in time");
    process.exit(1);
  }, STOP_MS_MAX).unref();
}

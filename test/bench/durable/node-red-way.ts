/** mosquitto and Node-RED behind it, its database in WAL. Installed in a folder of its own, outside the project's lockfile. */
import { execFileSync, spawn } from "node:child_process";
import { once } from "node:events";
import { existsSync, rmSync, writeFileSync } from "node:fs";
import { dirname, join, resolve } from "node:path";
import Sqlite from "better-sqlite3";
import { freePort } from "../../support/free-port.ts";
import { until } from "../../support/until.ts";
import { benchDirectory } from "./gateway-under-test.ts";
import { startMosquitto } from "./mosquitto-way.ts";
import { nodeRedFlow, readingTable } from "./node-red-flow.ts";
import type { StoringWay } from "./rows-stored.ts";

const HOME = process.env.NODE_RED_DIR ?? resolve(import.meta.dirname, "../node-red");
const PROGRAM = join(HOME, "node_modules/node-red/red.js");
/** Its native part, which npm has to fetch or to build; within that folder, since a figure names no machine's directories. */
const DRIVER = "node_modules/sqlite3/build/Release/node_sqlite3.node";
const INSTALLED_WITHIN_MS = 10 * 60_000;
const STARTED_WITHIN_MS = 60_000;

/** Null where it is there; else why not. */
export function installNodeRed(): string | null {
  try {
    if (!existsSync(PROGRAM)) npm("install", "--no-package-lock");
    // npm runs no package's script by itself, and this one builds.
    if (!existsSync(join(HOME, DRIVER))) npm("rebuild", "sqlite3");
  } catch (error) {
    return `npm could not install it in its folder: ${(error as Error).message}`;
  }
  return existsSync(join(HOME, DRIVER)) ? null : `its SQLite driver was not built: ${DRIVER} is missing`;
}

/** What compiles for Node asks for its headers, which are at hand where Node came through npm, and else fetched. */
function npm(...args: readonly string[]): void {
  const nodeDirectory = resolve(dirname(process.execPath), "..");
  const hasHeaders = existsSync(join(nodeDirectory, "include/node/node_api.h"));
  execFileSync("npm", args, {
    cwd: HOME,
    stdio: "ignore",
    timeout: INSTALLED_WITHIN_MS,
    env: { ...process.env, ...(hasHeaders ? { npm_config_nodedir: nodeDirectory } : {}) },
  });
}

export async function startNodeRedWay(): Promise<StoringWay> {
  const directory = benchDirectory();
  const broker = await startMosquitto(directory);
  const file = join(directory, "rows.sqlite");
  const database = new Sqlite(file);
  database.pragma("journal_mode = WAL");
  database.exec(readingTable);
  const settings = {
    uiPort: await freePort(),
    uiHost: "127.0.0.1",
    httpAdminRoot: false,
    flowFile: join(directory, "flow.json"),
    userDir: directory,
    nodesDir: join(HOME, "node_modules/node-red-node-sqlite"),
    logging: { console: { level: "warn", metrics: false, audit: false } },
  };
  writeFileSync(settings.flowFile, JSON.stringify(nodeRedFlow(broker.port, file)));
  const settingsFile = join(directory, "settings.cjs");
  writeFileSync(settingsFile, `module.exports = ${JSON.stringify(settings)};\n`);
  const nodeRed = spawn(process.execPath, [PROGRAM, "-s", settingsFile], { stdio: "ignore" });
  // Rows are only ever added, so the newest one's number is their count, and costs nothing to ask.
  const newest = database.prepare("SELECT coalesce(max(rowid), 0) FROM reading").pluck();
  const stop = async () => {
    const gone = once(nodeRed, "exit");
    nodeRed.kill("SIGKILL");
    await gone;
    database.close();
    await broker.stop();
    rmSync(directory, { recursive: true, force: true });
  };
  try {
    await until(
      "Node-RED has subscribed",
      async () => (broker.hasSubscriber() ? true : undefined),
      STARTED_WITHIN_MS,
    );
  } catch (error) {
    await stop();
    throw error;
  }
  return {
    pids: [broker.pid, nodeRed.pid ?? 0],
    mqttPort: broker.port,
    stored: async () => Number(newest.get()),
    stop,
  };
}

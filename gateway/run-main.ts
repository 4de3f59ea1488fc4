import { readFileSync } from "node:fs";
import { flushCompileCache } from "node:module";
import { dirname, resolve } from "node:path";
import { parseArgs } from "node:util";
import { DeviceKeyHashes, GatewayConfig } from "../config/gateway.ts";
import { ConfigError, loadConfig } from "../config/load.ts";
import { WardFile } from "../config/ward.ts";
import { PROFILES } from "../devices/profiles.ts";
import { buildTopology } from "./commissioning/topology.ts";
import { type GatewayParts, type RunningGateway, startGateway } from "./gateway.ts";
import type { Journal } from "./journal/journal-port.ts";
import { isFull } from "./journal/life/full-disk.ts";
import type { LogKey } from "./journal/log-port.ts";
import { openJournal } from "./journal/open-journal.ts";
import { createLog } from "./log.ts";
import { finishRotation, rotateLogKey } from "./log-book/key-rotation-file.ts";
import { LOG_KEY_FILE, LogKeyError, readOrMakeLogKey } from "./log-book/log-key.ts";
import { systemClock } from "./moment.ts";
import { beginNewEpoch, withEmptyNewEpoch } from "./new-epoch.ts";
import { loadTransportFiles } from "./transport/transport-files.ts";

/** What this process and the program that started it tell each other. */
export type GatewayMessage =
  | {
      readonly kind: "ready";
      readonly url: string;
      readonly mqttPort: number | null;
      readonly metricsUrl: string;
    }
  | { readonly kind: "sign-in-link"; readonly url: string };

/** `isLogged` false: without the gateway's own log, to see what that costs. */
export async function runMain(args: readonly string[], { isLogged = true } = {}): Promise<void> {
  const stop = new AbortController();
  for (const name of ["SIGTERM", "SIGINT"] as const) process.on(name, () => stop.abort());
  // Whoever started this process is gone: nobody would stop it any more.
  process.on("disconnect", () => stop.abort());
  try {
    const parts = await load(args, isLogged);
    if (parts === null) return;
    const running = await startGateway(parts, stop.signal);
    switchTrace(running, parts.log);
    announce(running);
    // A gateway ends when its power does: where there is a cache, it is written now.
    flushCompileCache();
    await running.ended;
    await parts.journal.close();
    // The channel to the parent would keep the process alive.
    if (process.connected) process.disconnect();
  } catch (error) {
    process.stderr.write(
      `${error instanceof ConfigError ? error.message : String((error as Error)?.stack ?? error)}\n`,
    );
    process.exit(1);
  }
}

/** Null: what was asked for is done. */
async function load(args: readonly string[], isLogged: boolean): Promise<GatewayParts | null> {
  const { values } = parseArgs({
    args: withEmptyNewEpoch(args),
    options: {
      config: { type: "string" },
      "new-epoch": { type: "string" },
      "rotate-log-key": { type: "boolean", default: false },
    },
  });
  if (values.config === undefined)
    throw new ConfigError("Expected --config FILE, the gateway's YAML configuration.");
  const config = loadConfig(GatewayConfig, values.config, "Gateway configuration");
  const at = (path: string) => resolve(dirname(values.config ?? ""), path);
  const dataDirectory = at(config.dataDirectory);
  if (values["rotate-log-key"]) {
    withLogKey(() => rotateLogKey(dataDirectory, config.gateway.id));
    process.stdout.write(
      "The gateway has a new log key. Start it again: it tells the cloud with its next batch.\n",
    );
    return null;
  }
  const wards = loadConfig(WardFile, at(config.wardFile), "Ward file");
  const hospital = wards.hospitals.find((one) => one.id === config.gateway.hospital);
  if (hospital === undefined) {
    const known = wards.hospitals.map((one) => one.id).join(", ");
    throw new ConfigError(`The ward file has no hospital ${config.gateway.hospital}; it has ${known}.`);
  }
  const topology = buildTopology(hospital, PROFILES);
  const hashes =
    config.mqtt === undefined
      ? {}
      : loadConfig(DeviceKeyHashes, at(config.mqtt.deviceKeyHashesFile), "Device key file");
  const transportFiles = loadTransportFiles(config, at);
  const journalFile = resolve(dataDirectory, "journal.sqlite");
  const cloudKey = readKey(at(config.cloud.keyFile));
  const log = createLog(`gateway ${config.gateway.id}`);
  const key = withLogKey(() => {
    finishRotation(dataDirectory);
    return readOrMakeLogKey(resolve(dataDirectory, LOG_KEY_FILE));
  });
  // Last: where anything else is wrong, the old epoch stays.
  const oldEpoch = values["new-epoch"];
  if (oldEpoch !== undefined) beginNewEpochAt(journalFile, oldEpoch, log);
  const onFatal = (error: unknown) => {
    // After a failed commit nobody knows what is on disk; a fresh start reads it.
    log.fatal(
      { err: error },
      "the journal failed; the process ends so that nothing is acknowledged that is not kept",
    );
    process.exit(1);
  };
  return {
    config,
    topology,
    journal: await openJournalAt(journalFile, config, isLogged ? key : null, onFatal),
    logBook: { key, directory: dataDirectory, networkKey: networkKeyOf(config) },
    cloudKey,
    deviceKeyHashes: new Map(Object.entries(hashes)),
    transportFiles,
    clock: systemClock,
    random: Math.random,
    log,
    onFatal,
  };
}

function beginNewEpochAt(file: string, named: string, log: GatewayParts["log"]): void {
  try {
    const salvage = beginNewEpoch(file, named, { nowMs: Date.now(), log });
    if (salvage === null) return;
    process.stderr.write(
      `The journal goes on under a new epoch with ${salvage.savedRecords} unsent records; the old file is kept as ${salvage.damagedFile}.\n`,
    );
  } catch (error) {
    throw journalError(file, error);
  }
}

function withLogKey<Result>(work: () => Result): Result {
  try {
    return work();
  } catch (error) {
    throw error instanceof LogKeyError ? new ConfigError(error.message, { cause: error }) : error;
  }
}

function networkKeyOf({ cloud: { networkKey } }: GatewayConfig): Uint8Array | null {
  return networkKey === undefined ? null : new Uint8Array(Buffer.from(networkKey, "base64"));
}

async function openJournalAt(
  file: string,
  { journal: life, gateway }: GatewayConfig,
  key: LogKey | null,
  onFatal: (error: unknown) => void,
): Promise<Journal> {
  try {
    return await openJournal({
      file,
      sessionsFile: resolve(dirname(file), "sessions.sqlite"),
      life,
      ...(key === null ? {} : { log: { gatewayId: gateway.id, key } }),
      onFatal,
    });
  } catch (error) {
    throw journalError(file, error);
  }
}

function journalError(file: string, error: unknown): ConfigError {
  const code = (error as { code?: string }).code ?? "";
  if (code.startsWith("SQLITE_BUSY") || code.startsWith("SQLITE_LOCKED")) {
    return new ConfigError(
      `The journal ${file} is in use by another gateway process. Stop that one, or give this one a dataDirectory of its own.`,
      { cause: error },
    );
  }
  if (isFull(error, file)) {
    const what = "to open it, or to save what is whole of a damaged one into a new file";
    return new ConfigError(`The disk of the journal ${file} has no room ${what}. Make room.`, {
      cause: error,
    });
  }
  return new ConfigError(`The journal ${file} cannot be opened (${code || (error as Error).message}).`, {
    cause: error,
  });
}

/** Looking at where time goes costs some, so it is switched on and off while the gateway runs. */
function switchTrace({ trace }: RunningGateway, log: GatewayParts["log"]): void {
  process.on("SIGUSR2", () => {
    trace.enabled = !trace.enabled;
    log.info({ enabled: trace.enabled }, "latency trace by stage");
  });
}

function readKey(file: string): string {
  try {
    return readFileSync(file, "utf8").trim();
  } catch (error) {
    const code = (error as NodeJS.ErrnoException).code ?? "unreadable";
    throw new ConfigError(`The gateway's key file ${file} cannot be read (${code}).`, { cause: error });
  }
}

function announce(running: RunningGateway): void {
  const { console: port, mqtt, mqttTls, mqttWebSocket, metrics } = running.ports;
  const url = `http://localhost:${port}`;
  const link = () => `${url}/sign-in?token=${running.newSignInToken()}`;
  if (process.send === undefined) {
    const doors = { MQTT: mqtt, "MQTT over TLS": mqttTls, "MQTT over WebSocket": mqttWebSocket };
    const mqttLines = Object.entries(doors)
      .filter(([, door]) => door !== null)
      .map(([name, door]) => `${name} for devices: port ${door}\n`)
      .join("");
    process.stdout.write(
      `Gateway status page: ${url}\n${mqttLines}Sign in (once, within 15 minutes): ${link()}\n`,
    );
    return;
  }
  const tell = (message: GatewayMessage) => process.send?.(message);
  tell({ kind: "ready", url, mqttPort: mqtt, metricsUrl: `http://localhost:${metrics}/metrics` });
  process.on("message", (message: { kind?: unknown }) => {
    if (message.kind === "sign-in-link") tell({ kind: "sign-in-link", url: link() });
  });
}

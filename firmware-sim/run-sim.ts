import type { Logger } from "pino";
import { loadDeviceKeys, loadKeys } from "./device-keys.ts";
import { buildDevices } from "./devices/build-devices.ts";
import { loadRecording, RECORDINGS } from "./monitor/recording.ts";
import { planHospital } from "./plan-hospital.ts";
import { runDevices } from "./run-devices.ts";
import { runHouseBroker } from "./run-house-broker.ts";
import { SetupProblem } from "./setup-problem.ts";
import type { SimConfig } from "./sim-config.ts";
import { NO_TRUTH_LOG, openTruthLog } from "./truth-log.ts";
import { createTruthTeller } from "./ward-day/truth-teller.ts";
import { realTimeAt, wardTimeAt } from "./ward-day/ward-clock.ts";
import { isMqtt, loadHospital } from "./ward-file.ts";

export type SimSurroundings = {
  readonly nowMs: () => number;
  readonly log: Logger;
  /** Called once, when the devices can be reached and have reached their brokers. */
  readonly ready: (line: string) => void;
};

/** One of the two programs, until stopped. */
export async function runSim(
  config: SimConfig,
  surroundings: SimSurroundings,
  signal: AbortSignal,
): Promise<void> {
  if (config.kind === "house-broker") {
    const keys = await loadKeys(config.keysFile);
    return runHouseBroker({ port: config.port, keys, ready: surroundings.ready }, signal);
  }
  const { nowMs } = surroundings;
  const { seed, speed, startedAtMs = nowMs(), truthFile, mqttUrl, brokers } = config;
  const hospital = await loadHospital(config.ward, config.hospital);
  const pace = { startedAtMs, speed };
  const { ward, faults } = planHospital({ hospital, seed, pace, faults: config.faults });
  const recordings = await Promise.all(Object.values(RECORDINGS).map(loadRecording));
  const speaksFromMs = wardTimeAt(pace, nowMs());
  return runDevices(
    {
      ...surroundings,
      hospital,
      models: buildDevices({ hospital, ward, pace, seed, recordings, faults, speaksFromMs }),
      wardTimeMs: () => wardTimeAt(pace, nowMs()),
      brokerUrl: (broker) => (broker === null ? mqttUrl : brokers[broker]),
      keyOf: await keysFor(
        hospital.devices.filter(isMqtt).map(({ id }) => id),
        config.deviceKeysFile,
      ),
      truth: createTruthTeller({ hospital, ward, seed, faults }),
      truthLog:
        truthFile === undefined ? NO_TRUTH_LOG : openTruthLog(truthFile, (atMs) => realTimeAt(pace, atMs)),
    },
    signal,
  );
}

async function keysFor(
  deviceIds: readonly string[],
  file: string | undefined,
): Promise<(id: string) => string> {
  if (deviceIds.length === 0) return () => "";
  if (file === undefined)
    throw new SetupProblem(`deviceKeysFile is missing: ${deviceIds.join(", ")} sign in with their keys`);
  return loadDeviceKeys(file, deviceIds);
}

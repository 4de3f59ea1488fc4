import type { Logger } from "pino";
import { loadDeviceKeys, loadKeys } from "./device-keys.ts";
import { buildDevices } from "./devices/build-devices.ts";
import { loadRecording, RECORDINGS } from "./monitor/recording.ts";
import { planHospital } from "./plan-hospital.ts";
import { type Life, runDevices } from "./run-devices.ts";
import { runHouseBroker } from "./run-house-broker.ts";
import { SetupProblem } from "./setup-problem.ts";
import type { SimConfig } from "./sim-config.ts";
import { NO_TRUTH_LOG, openTruthLog } from "./truth-log.ts";
import { createTruthTeller } from "./ward-day/truth-teller.ts";
import { wardTimeAt } from "./ward-day/ward-clock.ts";
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
  const { seed, speed, startedAtMs, truthFile, mqttUrl, brokers } = config;
  const hospital = await loadHospital(config.ward, config.hospital);
  const recordings = await Promise.all(Object.values(RECORDINGS).map(loadRecording));
  const truthLog = truthFile === undefined ? NO_TRUTH_LOG : openTruthLog(truthFile);
  const lifeFrom = (dayBeganAtMs: number): Life => {
    const pace = { startedAtMs: dayBeganAtMs, speed };
    const { ward, faults } = planHospital({ hospital, seed, pace, faults: config.faults });
    const wardTimeMs = () => wardTimeAt(pace, nowMs());
    return {
      models: buildDevices({ hospital, ward, pace, seed, recordings, faults, speaksFromMs: wardTimeMs() }),
      wardTimeMs,
      truth: createTruthTeller({ hospital, ward, seed, faults, pace }),
    };
  };
  return runDevices(
    {
      ...surroundings,
      hospital,
      // Until the devices are heard it is night: nothing changes, and nothing of it is told.
      life:
        startedAtMs === undefined
          ? { ...lifeFrom(nowMs() + nightLastsMsMax), truth: { linesUntil: () => [] } }
          : lifeFrom(startedAtMs),
      nextLife: startedAtMs === undefined ? () => lifeFrom(nowMs()) : null,
      brokerUrl: (broker) => (broker === null ? mqttUrl : brokers[broker]),
      keyOf: await keysFor(
        hospital.devices.filter(isMqtt).map(({ id }) => id),
        config.deviceKeysFile,
      ),
      truthLog,
    },
    signal,
  );
}

/** A broker that is away for longer finds the day begun. */
const nightLastsMsMax = 24 * 60 * 60_000;

async function keysFor(
  deviceIds: readonly string[],
  file: string | undefined,
): Promise<(id: string) => string> {
  if (deviceIds.length === 0) return () => "";
  if (file === undefined)
    throw new SetupProblem(`deviceKeysFile is missing: ${deviceIds.join(", ")} sign in with their keys`);
  return loadDeviceKeys(file, deviceIds);
}

import type { Logger } from "pino";
import { loadDeviceKeys } from "./device-keys.ts";
import { loadRecording, RECORDINGS } from "./monitor/recording.ts";
import { runMonitors } from "./monitor/run-monitors.ts";
import { runRoomSensors } from "./room-sensor/run-room-sensors.ts";
import type { SimConfig } from "./sim-config.ts";
import { runSmartBeds } from "./smart-bed/run-smart-beds.ts";
import { NO_TRUTH_LOG, openTruthLog } from "./truth-log.ts";
import { planWardDay } from "./ward-day/plan-ward-day.ts";
import { createWardClock } from "./ward-day/ward-clock.ts";
import { loadHospital } from "./ward-file.ts";

export type SimSurroundings = {
  readonly nowMs: () => number;
  readonly log: Logger;
  /** Called once, when the devices can be reached or have reached their broker. */
  readonly ready: (line: string) => void;
};

/** Real time in which housekeeping has checked the beds that begin the day clean, so that it is on record. */
const checkedWithinRealMs = 30_000;

/** One of the three programs, until stopped. */
export async function runSim(
  config: SimConfig,
  surroundings: SimSurroundings,
  signal: AbortSignal,
): Promise<void> {
  const { nowMs } = surroundings;
  const { seed, speed, startedAtMs = nowMs(), truthFile } = config;
  const hospital = await loadHospital(config.ward, config.hospital);
  const parts = {
    ...surroundings,
    hospital,
    seed,
    clock: createWardClock({ startedAtMs, speed, nowMs }),
    plan: planWardDay({ bedIds: hospital.bedIds, seed, checkedWithinMs: checkedWithinRealMs * speed }),
    truthLog: truthFile === undefined ? NO_TRUTH_LOG : openTruthLog(truthFile, nowMs),
  };

  switch (config.kind) {
    case "smart-bed": {
      const deviceIds = hospital.smartBeds.map(({ deviceId }) => deviceId);
      const keyOf = await loadDeviceKeys(config.deviceKeysFile, deviceIds);
      return runSmartBeds({ ...parts, mqttUrl: config.mqttUrl, keyOf }, signal);
    }
    case "room-sensor":
      return runRoomSensors(parts, signal);
    case "monitor": {
      const recordings = await Promise.all(Object.values(RECORDINGS).map(loadRecording));
      return runMonitors({ ...parts, recordings }, signal);
    }
  }
}

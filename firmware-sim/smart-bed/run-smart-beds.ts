import type { Logger } from "pino";
import { tickEvery } from "../pause.ts";
import type { TruthLog } from "../truth-log.ts";
import type { BedTruth } from "../ward-day/bed-truth.ts";
import { followWard } from "../ward-day/follow-ward.ts";
import type { WardClock } from "../ward-day/ward-clock.ts";
import type { WardDayPlan } from "../ward-day/ward-day-plan.ts";
import type { Hospital } from "../ward-file.ts";
import { connectSmartBed } from "./bed-link.ts";
import { createSmartBed } from "./smart-bed.ts";

export type SmartBedsParts = {
  readonly hospital: Hospital;
  readonly plan: WardDayPlan;
  readonly clock: WardClock;
  readonly seed: number;
  readonly mqttUrl: string;
  readonly keyOf: (deviceId: string) => string;
  readonly nowMs: () => number;
  readonly truthLog: TruthLog;
  readonly log: Logger;
  readonly ready: (line: string) => void;
};

const reportEveryMs = 5000;

/** All smart beds of a hospital. Also keeps the truth about its other beds, those without any device included. */
export async function runSmartBeds(parts: SmartBedsParts, signal: AbortSignal): Promise<void> {
  const { hospital, plan, clock, seed, mqttUrl, keyOf, nowMs, truthLog, log, ready } = parts;
  const devices = hospital.smartBeds.map(({ deviceId, bedId }) => {
    const link = connectSmartBed({ deviceId, mqttUrl, key: keyOf(deviceId), log });
    const bed = createSmartBed({ deviceId, seed, nowMs, publish: link.publish });
    return { bedId, link, bed };
  });
  const beds = new Map(devices.map(({ bedId, bed }) => [bedId, bed]));

  const live = async () => {
    for await (const { bedId, truth } of followWard(plan, clock, signal)) {
      truthLog.write({ bedId, ...onRecord(truth) });
      beds.get(bedId)?.feel(truth);
    }
  };
  const report = devices.map(({ bed }, place) => {
    const firstAfterMs = (reportEveryMs * (place + 1)) / devices.length;
    return tickEvery({ everyMs: reportEveryMs, firstAfterMs }, bed.report, signal);
  });
  void Promise.all(devices.map(({ link }) => link.connected)).then(() =>
    ready(`smart beds of ${hospital.id}: ${devices.length} connected to ${withoutSecrets(mqttUrl)}`),
  );

  await Promise.all([live(), ...report]);
  await Promise.all(devices.map(({ link }) => link.close()));
}

function onRecord(truth: BedTruth): { kind: string; weightKg?: number; because?: string } {
  switch (truth.kind) {
    case "in-bed":
    case "out-of-bed":
      return { kind: truth.kind, weightKg: truth.patient.weightKg };
    case "cleaning":
    case "awaiting-cleaning":
    case "clean":
      return truth;
  }
}

function withoutSecrets(url: string): string {
  const { protocol, host } = new URL(url);
  return `${protocol}//${host}`;
}

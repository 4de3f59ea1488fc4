import type { BedTruth } from "../ward-day/bed-truth.ts";
import { between, chanceFor } from "../ward-day/chance.ts";
import { type BedSignals, bedSignals, saysMore } from "./bed-signals.ts";

export type SmartBed = {
  /** What really is at the bed from now on; speaks at once if the bed's sensors notice. */
  feel(truth: BedTruth): void;
  /** The regular full report. */
  report(): void;
};

export type SmartBedParts = {
  readonly deviceId: string;
  readonly seed: number;
  readonly nowMs: () => number;
  readonly publish: (signals: BedSignals, atMs: number) => void;
};

/** A bed on the mains keeps its battery between these, up and down once in six hours. */
const batteryPct = { min: 80, max: 100 } as const;
const batteryCycleMs = 6 * 60 * 60_000;

export function createSmartBed({ deviceId, seed, nowMs, publish }: SmartBedParts): SmartBed {
  const chance = chanceFor(seed, "smart-bed", deviceId);
  const linenKg = between(chance, 0.4, 1.3);
  const batteryPhase = chance();

  let truth: BedTruth = { kind: "clean" };
  let said: BedSignals | undefined;
  const now = (): BedSignals =>
    bedSignals({
      truth,
      linenKg,
      scaleNoiseKg: between(chance, -0.2, 0.2),
      batteryPct: batteryAt(batteryPhase + nowMs() / batteryCycleMs),
    });
  const say = (signals: BedSignals) => {
    said = signals;
    publish(signals, nowMs());
  };

  return {
    feel: (next) => {
      truth = next;
      const signals = now();
      if (saysMore(said, signals)) say(signals);
    },
    report: () => say(now()),
  };
}

/** A triangle: down for half of the cycle, up for the other half. */
function batteryAt(cycles: number): number {
  const full = Math.abs(2 * (cycles % 1) - 1);
  return Math.round(batteryPct.min + (batteryPct.max - batteryPct.min) * full);
}

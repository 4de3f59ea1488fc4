import type { BedTruth } from "../ward-day/bed-truth.ts";

/** What the bed's own sensors and buttons say at one moment. */
export type BedSignals = {
  readonly occupancy: boolean;
  readonly loadKg: number;
  readonly sideRailUp: boolean;
  readonly brakeLocked: boolean;
  readonly batteryPct: number;
  /** The housekeeping button: true while cleaning is under way. */
  readonly cleaning: boolean;
};

export type BedCondition = {
  readonly truth: BedTruth;
  readonly linenKg: number;
  readonly scaleNoiseKg: number;
  readonly batteryPct: number;
};

/** The bed's own detector knows only its scale. */
const occupiedAboveKg = 30;

export function bedSignals({ truth, linenKg, scaleNoiseKg, batteryPct }: BedCondition): BedSignals {
  const patientKg = truth.kind === "in-bed" ? truth.patient.weightKg : 0;
  const loadKg = Math.max(0, Math.round((patientKg + linenKg + scaleNoiseKg) * 10) / 10);
  const cleaning = truth.kind === "cleaning";
  return {
    occupancy: loadKg > occupiedAboveKg,
    loadKg,
    sideRailUp: truth.kind === "in-bed",
    // Housekeeping wheels the bed aside to clean below it.
    brakeLocked: !cleaning,
    batteryPct,
    cleaning,
  };
}

/** These are worth a message of their own; load and battery wait for the next regular one. */
export function saysMore(before: BedSignals | undefined, after: BedSignals): boolean {
  return (
    before === undefined ||
    before.occupancy !== after.occupancy ||
    before.cleaning !== after.cleaning ||
    before.sideRailUp !== after.sideRailUp ||
    before.brakeLocked !== after.brakeLocked
  );
}

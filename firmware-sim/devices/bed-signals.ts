import type { BedTruth } from "../ward-day/bed-truth.ts";
import { lyingPatientOf } from "../ward-day/bed-truth.ts";

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
  /** Linen, and what else lies on the bed. */
  readonly otherKg: number;
  readonly scaleNoiseKg: number;
  readonly batteryPct: number;
};

/** The bed's own detector knows only its scale, and was made for grown-ups: a child is beneath its notice. */
const occupiedAboveKg = 30;

export function bedSignals({ truth, otherKg, scaleNoiseKg, batteryPct }: BedCondition): BedSignals {
  const patientKg = lyingPatientOf(truth)?.weightKg ?? 0;
  const loadKg = Math.max(0, Math.round((patientKg + otherKg + scaleNoiseKg) * 10) / 10);
  const cleaning = truth.kind === "cleaning";
  return {
    occupancy: loadKg > occupiedAboveKg,
    loadKg,
    sideRailUp: patientKg > 0,
    // Housekeeping wheels the bed aside to clean below it, and porters wheel it away.
    brakeLocked: !cleaning && truth.kind !== "rolled-away",
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

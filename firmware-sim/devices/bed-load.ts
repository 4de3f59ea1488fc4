import { lyingPatientOf } from "../ward-day/bed-truth.ts";
import type { Ward } from "../ward-day/ward.ts";

/** What presses on a mattress, linen apart, in kilograms. */
export type BedLoad = {
  readonly patientKg: number;
  readonly handledKg: number;
  /** Brake released, somewhere between the ward and a scanner: what is wired to the wall is unplugged. */
  readonly isRolledAway: boolean;
};

export function bedLoadAt(ward: Ward, bedId: string, wardTimeMs: number): BedLoad {
  const { truth, handledKg } = ward.bedAt(bedId, wardTimeMs);
  return {
    patientKg: lyingPatientOf(truth)?.weightKg ?? 0,
    handledKg,
    isRolledAway: truth.kind === "rolled-away",
  };
}

/**
 * What is really so at a bed, whatever its sensors say.
 *
 *   in-bed ⇄ out-of-bed          a toilet trip: the patient comes back
 *     │
 *     ▼ discharge
 *   awaiting-cleaning ─▶ cleaning ─▶ clean ─▶ in-bed (the next patient)
 *                                      ⇅
 *                                   cleaning (housekeeping's check when the day begins)
 */
export type BedTruth =
  | { readonly kind: "in-bed"; readonly patient: Patient }
  | { readonly kind: "out-of-bed"; readonly patient: Patient }
  | { readonly kind: "awaiting-cleaning" }
  | { readonly kind: "cleaning"; readonly because: "vacated" | "day-begins" }
  | { readonly kind: "clean" };

export type Patient = { readonly weightKg: number };

/** The bed is somebody's, also while they are at the toilet. */
export function patientOf(truth: BedTruth): Patient | undefined {
  return truth.kind === "in-bed" || truth.kind === "out-of-bed" ? truth.patient : undefined;
}

/**
 * What is really so at a bed, whatever its sensors say.
 *
 *   rolled-away ⇄ in-bed ⇄ out-of-bed        a scan in the bed; the toilet, or a scan without it: the patient comes back
 *                   │
 *                   ▼ discharge
 *        awaiting-cleaning ─▶ cleaning ─▶ clean ─▶ in-bed (the next patient)
 *                                           ⇅
 *                                        cleaning (housekeeping's check when the day begins)
 */
export type BedTruth =
  | { readonly kind: "in-bed"; readonly patient: Patient }
  | { readonly kind: "out-of-bed"; readonly patient: Patient; readonly where: "toilet" | "scan" }
  /** The patient lies in it, the brake is released, and what is wired to the wall is unplugged. */
  | { readonly kind: "rolled-away"; readonly patient: Patient }
  | { readonly kind: "awaiting-cleaning" }
  | { readonly kind: "cleaning"; readonly because: "vacated" | "day-begins" }
  | { readonly kind: "clean" };

/** The id is drawn by chance, and whatever is this patient's own (the recording, how the pad creeps) follows from it. */
export type Patient = { readonly id: number; readonly weightKg: number };

/** The bed is somebody's, also while they are at the toilet. */
export function patientOf(truth: BedTruth): Patient | undefined {
  return "patient" in truth ? truth.patient : undefined;
}

/** Whom the bed carries at this moment. */
export function lyingPatientOf(truth: BedTruth): Patient | undefined {
  return truth.kind === "in-bed" || truth.kind === "rolled-away" ? truth.patient : undefined;
}

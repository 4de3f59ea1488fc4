/**
 * The words in which a bed is asked for and described. Levels follow the NHS critical care levels (general 0 and 1,
 * high-dependency 2, intensive 3) and the bed kinds of AHRQ's HAvBED; what a bed offers beyond its level is a feature.
 */
import * as z from "zod";

export const LEVELS_OF_CARE = [
  "general",
  "high-dependency",
  "intensive",
  "maternity",
  "psychiatric",
  "burns",
] as const;
export const LevelOfCare = z.enum(LEVELS_OF_CARE);
export type LevelOfCare = z.infer<typeof LevelOfCare>;

/** `bariatric` goes with the bed's greatest patient mass. Pressure and single rooms are said of the room, see below. */
export const FEATURES = [
  "oxygen",
  "ventilator-invasive",
  "ventilator-noninvasive",
  "telemetry",
  "dialysis",
  "bariatric",
  "cot",
  "incubator",
  "low-low-bed",
  "ligature-safe",
  "single-room",
] as const;
export const Feature = z.enum(FEATURES);
export type Feature = z.infer<typeof Feature>;

/**
 * How a patient is kept apart. Contact and droplet ask for a single room, airborne for one with negative pressure and
 * protective for one with positive pressure, measured and within its limits.
 */
export const ISOLATION_NEEDS = ["none", "contact", "droplet", "airborne", "protective"] as const;
export const IsolationNeed = z.enum(ISOLATION_NEEDS);
export type IsolationNeed = z.infer<typeof IsolationNeed>;

/** Newborn up to 28 days, infant up to a year, child up to 16 years. */
export const AGE_BANDS = ["adult", "child", "infant", "newborn"] as const;
export const AgeBand = z.enum(AGE_BANDS);
export type AgeBand = z.infer<typeof AgeBand>;

/** FHIR administrative gender. */
export const SEXES = ["female", "male", "other", "unknown"] as const;
export const Sex = z.enum(SEXES);
export type Sex = z.infer<typeof Sex>;

/** Who may lie in a bed's bay. `same-as-bay`: whoever lies there already decides; an empty bay takes anybody. */
export const SEX_RULES = ["any", "female", "male", "same-as-bay"] as const;
export const SexRule = z.enum(SEX_RULES);
export type SexRule = z.infer<typeof SexRule>;

export const URGENCIES = ["emergency", "urgent", "routine"] as const;
export const Urgency = z.enum(URGENCIES);
export type Urgency = z.infer<typeof Urgency>;

/** Declared by a clinician, 1 the most acute, 5 the least, as triage scales count. */
export const ClinicalPriority = z.int().min(1).max(5);
export type ClinicalPriority = z.infer<typeof ClinicalPriority>;

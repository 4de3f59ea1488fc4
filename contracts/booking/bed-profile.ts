/** A bed's class and what it offers, as the hospital's administration says. */
import * as z from "zod";
import { AgeBand, Feature, LevelOfCare, SexRule } from "./vocabulary.ts";

export const BedProfileBody = z.object({
  levelOfCare: LevelOfCare,
  features: z.array(Feature).max(11),
  ageBands: z.array(AgeBand).min(1).max(4),
  sexRule: SexRule,
  /** Null: not said; the bed takes anybody. */
  patientMassKgMax: z.number().min(1).max(500).nullable(),
});
export type BedProfileBody = z.infer<typeof BedProfileBody>;

/** Whose bed it is, and whose readings: shown only inside the hospital that has the patient. */
import * as z from "zod";
import { At } from "./board.ts";
import { ZonedAt } from "./exports.ts";
import { BedId, DeviceId, HospitalId } from "./ids.ts";

/** Each field is encrypted on its own. */
export const PatientIdentity = z.object({
  familyName: z.string().trim().min(1).max(128),
  givenName: z.string().trim().min(1).max(128),
  /** The hospital's own patient number (HL7 PID-3). */
  patientNumber: z.string().trim().min(1).max(64),
  birthDate: z.iso.date().optional(),
});
export type PatientIdentity = z.infer<typeof PatientIdentity>;

export const IdentityView = z.object({
  encounterId: z.uuid(),
  hospitalId: HospitalId,
  identity: PatientIdentity,
  storedAt: At,
  version: z.int(),
});
export type IdentityView = z.infer<typeof IdentityView>;

/** For how long a device was at a bed, where that differs from what its gateway said. `to` left out: until corrected. */
export const PlacementBody = z.object({
  deviceId: DeviceId,
  /** Null: at no bed; its readings of that time belong to nobody. */
  bedId: BedId.nullable(),
  from: ZonedAt,
  to: ZonedAt.optional(),
  reason: z.string().trim().min(3).max(300),
});
export type PlacementBody = z.infer<typeof PlacementBody>;

/** Corrects when an encounter had a bed; the booking's own times are what was known then. */
export const StayCorrectionBody = z.object({
  stayId: z.uuid(),
  from: ZonedAt,
  to: ZonedAt.nullable(),
  reason: z.string().trim().min(3).max(300),
});
export type StayCorrectionBody = z.infer<typeof StayCorrectionBody>;

/** Two patients have changed beds (HL7 A17), or two records are one patient (A40). */
export const SwapBody = z.object({
  encounterIds: z.tuple([z.uuid(), z.uuid()]),
  at: ZonedAt,
  reason: z.string().trim().min(3).max(300),
});
export const MergeBody = z.object({
  from: z.uuid(),
  into: z.uuid(),
  reason: z.string().trim().min(3).max(300),
});

export const StayView = z.object({
  stayId: z.uuid(),
  encounterId: z.uuid(),
  bedId: BedId,
  hospitalId: HospitalId,
  from: At,
  to: At.nullable(),
  /** 1: as it was first known. */
  version: z.int(),
});
export const StayList = z.object({ stays: z.array(StayView), serverTime: At });
export type StayList = z.infer<typeof StayList>;

export const ATTRIBUTION_WHY_NOT = [
  "device-at-no-bed",
  "bed-without-encounter",
  "device-unknown",
  "identity-in-doubt",
] as const;
/** Who a device's readings of a moment belong to, and by which intervals. */
export const AttributionView = z.object({
  deviceId: DeviceId,
  at: At,
  encounterId: z.uuid().nullable(),
  bedId: BedId.nullable(),
  why: z.enum(ATTRIBUTION_WHY_NOT).nullable(),
  placement: z
    .object({ from: At.nullable(), to: At.nullable(), source: z.enum(["gateway", "correction"]) })
    .nullable(),
  stayId: z.uuid().nullable(),
  /** Corrections that changed the answer for this moment, oldest first. */
  trace: z.array(
    z.object({
      at: At,
      what: z.string(),
      encounterBefore: z.uuid().nullable(),
      encounterAfter: z.uuid().nullable(),
      reason: z.string(),
    }),
  ),
});
export type AttributionView = z.infer<typeof AttributionView>;

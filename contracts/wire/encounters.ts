/** Whose bed it is, and whose readings: shown only inside the hospital that has the patient. */
import * as z from "zod";
import { METRIC_NAMES } from "../metrics/catalogue.ts";
import { At } from "./board.ts";
import { ZonedAt } from "./exports.ts";
import { BedId, DeviceId, GatewayId, HospitalId } from "./ids.ts";
import { BadReason, ReadingValue } from "./reading.ts";

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

/** Why something was corrected. Nobody is to be named in it: it is kept in the clear. */
const CorrectionReason = z.string().trim().min(3).max(300);

/**
 * For how long a device was at a bed, where that differs from what its gateway said. It replaces what was said of that
 * time before.
 */
export const PlacementBody = z.object({
  deviceId: DeviceId,
  /** Needed where two gateways of the hospital have a device of that id. */
  gatewayId: GatewayId.optional(),
  /** Null: at no bed; its readings of that time belong to nobody. Left out: where its gateway said. */
  bedId: BedId.nullable().optional(),
  from: ZonedAt,
  /** Left out: until corrected. */
  to: ZonedAt.optional(),
  reason: CorrectionReason,
});
export type PlacementBody = z.infer<typeof PlacementBody>;

/** A stretch of readings that came to belong to somebody else. */
export const AttributionChange = z.object({
  bedId: BedId.nullable(),
  from: At,
  to: At.nullable(),
  encounterBefore: z.uuid().nullable(),
  encounterAfter: z.uuid().nullable(),
});
export const CorrectionAnswer = z.object({ changes: z.array(AttributionChange), serverTime: At });
export type CorrectionAnswer = z.infer<typeof CorrectionAnswer>;

/** Corrects when an encounter had a bed; the booking's own times are what was known then. */
export const StayCorrectionBody = z.object({
  stayId: z.uuid(),
  from: ZonedAt,
  to: ZonedAt.nullable(),
  reason: CorrectionReason,
});
export type StayCorrectionBody = z.infer<typeof StayCorrectionBody>;

/** Two patients have changed beds (HL7 A17), or two records are one patient (A40). */
export const SwapBody = z.object({
  encounterIds: z.tuple([z.uuid(), z.uuid()]),
  at: ZonedAt,
  reason: CorrectionReason,
});
export type SwapBody = z.infer<typeof SwapBody>;
/** Everything of `from` is `into`'s then. */
export const MergeBody = z.object({
  from: z.uuid(),
  into: z.uuid(),
  reason: CorrectionReason,
});
export type MergeBody = z.infer<typeof MergeBody>;

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

/** Of one answer. */
export const ENCOUNTER_READINGS_MAX = 2_000;
/** What was measured on a patient, wherever they lay in the hospital that asks; the oldest first. */
export const EncounterSeries = z.object({
  encounterId: z.uuid(),
  readings: z.array(
    z.object({
      gatewayId: GatewayId,
      deviceId: DeviceId,
      /** Where the patient lay. */
      bedId: BedId,
      metric: z.enum(METRIC_NAMES),
      /** Null: the device said that it has no value. */
      value: ReadingValue.nullable(),
      unit: z.string().nullable(),
      quality: z.enum(["good", "bad"]),
      badReason: BadReason.nullable(),
      observedAt: At,
      receivedAt: At,
    }),
  ),
  /** There are more, from this time on; null: these are all. */
  continueFrom: At.nullable(),
  serverTime: At,
});
export type EncounterSeries = z.infer<typeof EncounterSeries>;

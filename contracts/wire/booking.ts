/** Requests for a bed, the beds that match, and the bookings that come of them, as people's clients see them. */
import * as z from "zod";
import { REASONS, VERIFICATIONS } from "../bed/derive.ts";
import { BOOKING_EVENTS, BOOKING_STATES, RANK_FACTORS, REQUEST_STATES } from "../booking/states.ts";
import {
  AgeBand,
  ClinicalPriority,
  Feature,
  IsolationNeed,
  LevelOfCare,
  Sex,
  Urgency,
} from "../booking/vocabulary.ts";
import { At } from "./board.ts";
import { ZonedAt } from "./exports.ts";
import { BedId, HospitalId, RoomId, WardId } from "./ids.ts";
import { PersonRole } from "./roles.ts";

export const LATITUDE = z.number().min(-90).max(90);
export const LONGITUDE = z.number().min(-180).max(180);

/** Where the patient is now. A bed of ours is the one that a transfer frees, and whose vital signs count. */
export const RequestOrigin = z.discriminatedUnion("kind", [
  z.object({ kind: z.literal("hospital"), hospitalId: HospitalId, bedId: BedId.optional() }),
  z.object({
    kind: z.literal("place"),
    label: z.string().trim().min(1).max(128),
    latitude: LATITUDE,
    longitude: LONGITUDE,
  }),
]);
export type RequestOrigin = z.infer<typeof RequestOrigin>;

/** What the bed must be. Nothing in it names the patient. */
export const BedNeed = z.object({
  levelOfCare: LevelOfCare,
  features: z.array(Feature).max(11).default([]),
  isolation: IsolationNeed.default("none"),
  ageBand: AgeBand.default("adult"),
  sex: Sex.default("unknown"),
  /** For a bariatric bed; left out: not known, any bed will do. */
  patientMassKg: z.number().min(0.2).max(500).optional(),
  from: RequestOrigin,
  /** Only this hospital's beds; left out: all. */
  hospitalId: HospitalId.optional(),
});
export type BedNeed = z.infer<typeof BedNeed>;

export const BedRequestBody = z.object({
  need: BedNeed,
  urgency: Urgency,
  clinicalPriority: ClinicalPriority,
  /** Declared by a clinician, with when it was taken: the total of the published score. */
  news2: z.object({ total: z.int().min(0).max(20), takenAt: ZonedAt }).optional(),
  /** An encounter that is known already; left out: a new one begins. */
  encounterId: z.uuid().optional(),
});
export type BedRequestBody = z.infer<typeof BedRequestBody>;

/** What is left out stays. The need only while no bed is kept for it. */
export const BedRequestPatch = BedRequestBody.pick({ urgency: true, clinicalPriority: true })
  .partial()
  .extend({ need: BedNeed.optional(), news2: BedRequestBody.shape.news2.unwrap().nullable().optional() });
export type BedRequestPatch = z.infer<typeof BedRequestPatch>;

export const RequestCancelBody = z.object({ reason: z.string().trim().min(1).max(300).optional() });

/** By a clinician, with why; it stands above everything else until it is withdrawn. */
export const RequestOverride = z.object({ reason: z.string().trim().min(3).max(300) });

export const RankExplained = z.object({
  /** 1: next. */
  position: z.int().min(1),
  of: z.int().min(1),
  /** The factor that put it behind the one before it; null for the first. */
  behindBy: z.enum(RANK_FACTORS).nullable(),
  factors: z.array(z.object({ factor: z.enum(RANK_FACTORS), text: z.string() })),
});
export type RankExplained = z.infer<typeof RankExplained>;

export const RequestView = z.object({
  requestId: z.uuid(),
  state: z.enum(REQUEST_STATES),
  need: BedNeed,
  urgency: Urgency,
  clinicalPriority: ClinicalPriority,
  news2: z.object({ total: z.int(), takenAt: At }).nullable(),
  override: z.object({ reason: z.string(), at: At, role: PersonRole }).nullable(),
  encounterId: z.uuid(),
  /** Short and without a name, for people to say to each other: R-7F3K. */
  callName: z.string(),
  askedAt: At,
  askedBy: z.object({ role: PersonRole, hospitalId: HospitalId.nullable() }),
  /** Of an open one. */
  rank: RankExplained.nullable(),
  /** Its live booking. */
  bookingId: z.uuid().nullable(),
  version: z.int(),
});
export type RequestView = z.infer<typeof RequestView>;
export const RequestList = z.object({ requests: z.array(RequestView), serverTime: At });
export type RequestList = z.infer<typeof RequestList>;

/** Why a bed is not offered: what stands on its axes, or what it is not. */
export const MISFITS = [
  ...REASONS,
  "level-of-care",
  "level-of-care-unknown",
  "feature-missing",
  "isolation-kind",
  "age-band",
  "sex-rule",
  "patient-mass",
  "other-hospital-only",
  "assignment-source",
] as const;
export const Misfit = z.enum(MISFITS);
export type Misfit = z.infer<typeof Misfit>;

export const MatchedBed = z.object({
  bedId: BedId,
  label: z.string(),
  hospitalId: HospitalId,
  hospitalName: z.string(),
  wardId: WardId,
  wardName: z.string(),
  roomId: RoomId,
  roomName: z.string(),
  levelOfCare: LevelOfCare.nullable(),
  features: z.array(Feature),
  /** `verified`: its sensors say empty. `declared`: a person says so, and the hospital has to confirm. */
  basis: z.enum(["verified", "declared"]),
  verification: z.enum(VERIFICATIONS),
  /** Of the evidence; null: it has no sensor. */
  verifiedAt: At.nullable(),
  /** By the great circle; null: where one of the two is, is not known. */
  distanceKm: z.number().nonnegative().nullable(),
  /** Whether the hospital agrees by its policy without being asked. */
  autoAccept: z.boolean(),
  /** In words, the most important first: "verified 22 s ago", "isolation", "11 km". */
  why: z.array(z.string()),
  score: z.number(),
});
export type MatchedBed = z.infer<typeof MatchedBed>;

export const NotOffered = z.object({
  bedId: BedId,
  label: z.string(),
  hospitalId: HospitalId,
  wardName: z.string(),
  misfits: z.array(z.object({ code: Misfit, text: z.string() })),
});
export type NotOffered = z.infer<typeof NotOffered>;

export const MatchBody = z.object({
  need: BedNeed,
  limit: z.int().min(1).max(50).default(10),
  /** Of the beds that come closest. */
  notOfferedLimit: z.int().min(0).max(50).default(10),
});
export const MatchAnswer = z.object({
  beds: z.array(MatchedBed),
  notOffered: z.array(NotOffered),
  /**
   * Of all beds of the network, as `offered` and `keptBack` are: a patient may come to any of them. `notOffered` names
   * only beds that the caller may see.
   */
  searched: z.int(),
  offered: z.int(),
  /** Misfit → how many beds it keeps back. */
  keptBack: z.array(z.object({ code: Misfit, beds: z.int() })),
  serverTime: At,
});
export type MatchAnswer = z.infer<typeof MatchAnswer>;

/** What proved the bed when it was held. */
export const HoldEvidence = z.object({
  basis: z.enum(["verified", "declared"]),
  verification: z.enum(VERIFICATIONS),
  observedAt: At.nullable(),
  ageMs: z.int().nullable(),
  liveSeq: z.int(),
});

export const HoldBody = z.object({
  requestId: z.uuid(),
  bedId: BedId,
  /** Of a less urgent hold that is to give way: its booking. */
  preempts: z.uuid().optional(),
});
export type HoldBody = z.infer<typeof HoldBody>;

/** Every one names the token of the hold, so that who lost the claim cannot write over who has it. */
export const BookingEventBody = z.object({
  event: z
    .enum(BOOKING_EVENTS)
    .exclude(["expire", "presence", "preempt", "transfer-out"])
    .or(z.literal("undo")),
  fencingToken: z.int(),
  reason: z.string().trim().min(1).max(300).optional(),
});
export type BookingEventBody = z.infer<typeof BookingEventBody>;

export const BookingView = z.object({
  bookingId: z.uuid(),
  requestId: z.uuid(),
  encounterId: z.uuid(),
  callName: z.string(),
  state: z.enum(BOOKING_STATES),
  since: At,
  bedId: BedId,
  bedLabel: z.string(),
  hospitalId: HospitalId,
  wardName: z.string(),
  /** Who holds it: the other's hospital and role, never a name. */
  by: z.object({ role: PersonRole, hospitalId: HospitalId.nullable() }),
  isOwn: z.boolean(),
  /** When the hold lapses unless something is done. Null: it does not. */
  expiresAt: At.nullable(),
  renewalsLeft: z.int(),
  dischargeOrderedAt: At.nullable(),
  /** Since when somebody is in the bed, and what says so. */
  presence: z.object({ since: At, by: z.enum(["sensor", "person"]) }).nullable(),
  evidence: HoldEvidence,
  fencingToken: z.int(),
  /** What the caller may do now. */
  allowed: z.array(z.enum(BOOKING_EVENTS).or(z.literal("undo"))),
  /** Until when the last step can be taken back. */
  undoUntil: At.nullable(),
  /** Why it ended as it did. */
  reason: z.string().nullable(),
  version: z.int(),
});
export type BookingView = z.infer<typeof BookingView>;
export const BookingList = z.object({
  bookings: z.array(BookingView),
  nextCursor: z.string().nullable(),
  serverTime: At,
});
export type BookingList = z.infer<typeof BookingList>;

/** Beside the problem details of a lost race: who has the bed, and what else there is. */
export const LostRace = z.object({
  winner: z
    .object({ role: PersonRole, hospitalId: HospitalId.nullable(), state: z.enum(BOOKING_STATES), since: At })
    .nullable(),
  nextBest: MatchedBed.nullable(),
});
export type LostRace = z.infer<typeof LostRace>;

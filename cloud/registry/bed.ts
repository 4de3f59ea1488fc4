/** A bed as the cloud keeps it: what the events of its gateway's current journal come to, and how old its evidence is. */
import * as z from "zod";
import { AXIS_VALUES, type Axis } from "../../contracts/bed/axes.ts";
import { BedProfileBody } from "../../contracts/booking/bed-profile.ts";
import { BOOKING_STATES, LIVE_BOOKING_STATES } from "../../contracts/booking/states.ts";
import {
  AssignmentSource,
  BedSource,
  By,
  EvidenceRef,
  ROOM_CONDITIONS,
  ROOM_ISOLATIONS,
  RoomLimit,
  SensorFinding,
} from "../../contracts/wire/bed-event.ts";
import { AtMs, BedId, Epoch, GatewayId, HospitalId, RoomId, WardId } from "../../contracts/wire/ids.ts";

const axisFact = <A extends Axis>(axis: A) =>
  z.object({
    value: z.enum(AXIS_VALUES[axis]),
    /** Null: nobody has said anything of this axis. On the cloud's clock. */
    sinceMs: AtMs.nullable(),
    by: By.nullable(),
    evidence: z.array(EvidenceRef),
  });

export const BedAxes = z.object({
  occupancy: axisFact("occupancy"),
  assignment: axisFact("assignment"),
  readiness: axisFact("readiness"),
  service: axisFact("service"),
  infection: axisFact("infection"),
  staffing: axisFact("staffing"),
});
export type BedAxes = z.infer<typeof BedAxes>;

export const Settling = z.object({
  candidate: z.enum(AXIS_VALUES.occupancy),
  sinceMs: AtMs,
  dueAtMs: AtMs.nullable(),
});

export const Bed = z.object({
  bedId: BedId,
  hospitalId: HospitalId,
  gatewayId: GatewayId,
  /** The journal whose events made this state. */
  epoch: Epoch,
  wardId: WardId,
  wardName: z.string(),
  assignmentSource: AssignmentSource,
  roomId: RoomId,
  roomName: z.string(),
  label: z.string(),
  sources: z.array(BedSource),
  axes: BedAxes,
  settling: Settling.nullable(),
  roomCondition: z.enum(ROOM_CONDITIONS),
  roomIsolation: z.enum(ROOM_ISOLATIONS),
  roomLimits: z.array(RoomLimit),
  /** Open against its and its room's sensors; `sinceMs` on the cloud's clock. */
  findings: z.array(SensorFinding),
  /** Taken out of service by its gateway; its history stays. */
  removed: z.boolean(),
});
export type Bed = z.infer<typeof Bed>;

/** Who has a claim on a bed, as far as the board tells of it. A hold that has lapsed may stand here until it is swept. */
export const BedClaim = z.object({
  bookingId: z.string(),
  state: z.enum(LIVE_BOOKING_STATES),
  sinceMs: AtMs,
  /** When it lapses by itself; null: it lasts. */
  expiresAtMs: AtMs.nullable(),
  /** Of who claimed it. */
  role: z.string(),
  reservedAtMs: AtMs.nullable(),
  dischargeOrderedAtMs: AtMs.nullable(),
  /** Its patient is on the way to another bed. */
  isLeaving: z.boolean(),
});
export type BedClaim = z.infer<typeof BedClaim>;

/** The newest claim that is over, since when, and how it ended. */
export const EndedClaim = z.object({
  bookingId: z.string(),
  state: z.enum(BOOKING_STATES),
  sinceMs: AtMs,
});
export type EndedClaim = z.infer<typeof EndedClaim>;

const word = { sinceMs: AtMs, untilMs: AtMs.nullable(), role: z.string() };

/** What people said of a bed, the newest word on each axis. `vacancy`: somebody has looked and found it empty. */
export const BedWord = z.discriminatedUnion("axis", [
  z.object({ axis: z.literal("readiness"), value: z.enum(AXIS_VALUES.readiness), ...word }),
  z.object({ axis: z.literal("service"), value: z.enum(AXIS_VALUES.service), ...word }),
  z.object({ axis: z.literal("infection"), value: z.enum(AXIS_VALUES.infection), ...word }),
  z.object({ axis: z.literal("staffing"), value: z.enum(AXIS_VALUES.staffing), ...word }),
  z.object({ axis: z.literal("vacancy"), value: z.literal("vacant"), ...word }),
]);
export type BedWord = z.infer<typeof BedWord>;

/** A bed with what does not come from its events. Its axes as people see them: compose-axes.ts. */
export const KnownBed = z.object({
  bed: Bed,
  claim: BedClaim.nullable(),
  endedClaim: EndedClaim.nullable(),
  words: z.array(BedWord),
  /** Null: nobody has said what the bed is for. */
  profile: BedProfileBody.nullable(),
  /** Position of its newest event. */
  liveSeq: z.int().nonnegative(),
  gatewayLastHeardAtMs: AtMs.nullable(),
  /** Device id → when its newest usable reading was taken, on the cloud's clock. */
  lastObservedAtMs: z.record(z.string(), AtMs),
});
export type KnownBed = z.infer<typeof KnownBed>;

/** A bed that is derived from its gateway's events alone. */
export const EVENTS_ALONE: Pick<KnownBed, "claim" | "endedClaim" | "words" | "profile"> = {
  claim: null,
  endedClaim: null,
  words: [],
  profile: null,
};

/** What people's clients read over HTTP and the live socket. Timestamps are RFC 3339 in UTC. */
import * as z from "zod";
import { AXIS_VALUES, type Axis } from "../bed/axes.ts";
import { BADGES, CONFLICTS, DISPLAY_STATES, HL7_BED_CODES, REASONS, VERIFICATIONS } from "../bed/derive.ts";
import { BedProfileBody } from "../booking/bed-profile.ts";
import { METRIC_NAMES } from "../metrics/catalogue.ts";
import {
  AssignmentSource,
  By,
  DECIDING_METRICS,
  EvidenceRef,
  ROOM_CONDITIONS,
  ROOM_ISOLATIONS,
  RoomLimit,
  SensorFinding,
} from "./bed-event.ts";
import { BedId, DeviceId, GatewayId, HospitalId, RoomId, WardId } from "./ids.ts";
import { ReadingValue } from "./reading.ts";

export const At = z.iso.datetime();

export const EvidenceView = z.object({
  ...EvidenceRef.omit({ observedAtMs: true }).shape,
  observedAt: At,
});

const axisView = <A extends Axis>(axis: A) =>
  z.object({
    value: z.enum(AXIS_VALUES[axis]),
    /** Null: nobody has said anything of this axis. */
    since: At.nullable(),
    by: By.nullable(),
    evidence: z.array(EvidenceView),
    /** A hold or a person's word that ends by itself: when, and what the axis is from then on. Left out: it lasts. */
    lapse: z.object({ at: At, to: z.enum(AXIS_VALUES[axis]) }).optional(),
  });

export const Verdict = z.object({ ok: z.boolean(), reasons: z.array(z.enum(REASONS)) });

/** Derived when the answer was made; a client derives it again as time passes, by the same function. */
export const DerivedView = z.object({
  display: z.enum(DISPLAY_STATES),
  badges: z.array(z.enum(BADGES)),
  hl7Code: z.enum(HL7_BED_CODES).nullable(),
  verification: z.enum(VERIFICATIONS),
  freshness: z.enum(["fresh", "late", "stale"]).nullable(),
  conflict: z.object({ kind: z.enum(CONFLICTS), since: At }).nullable(),
  bookable: Verdict,
  offerable: Verdict,
});

export const SourceView = z.object({
  deviceId: DeviceId,
  expectedIntervalMs: z.int(),
  decides: z.enum(DECIDING_METRICS).nullable(),
  /** How much its vote counts beside the others; null: it has none. */
  weight: z.number().nullable(),
  lastObservedAt: At.nullable(),
});

/** What is wrong with a sensor, since when, what shows it, and in `detail` what to do. */
export const FindingView = z.object({
  ...SensorFinding.omit({ sinceMs: true, evidence: true }).shape,
  since: At,
  evidence: z.array(EvidenceView),
});
export type FindingView = z.infer<typeof FindingView>;

export const BedView = z.object({
  bedId: BedId,
  hospitalId: HospitalId,
  ward: z.object({ wardId: WardId, name: z.string(), assignmentSource: AssignmentSource }),
  gatewayId: GatewayId,
  room: z.object({
    roomId: RoomId,
    name: z.string(),
    condition: z.enum(ROOM_CONDITIONS),
    isolation: z.enum(ROOM_ISOLATIONS),
    limits: z.array(RoomLimit),
  }),
  label: z.string(),
  /** Null: nobody has said what the bed is for. */
  profile: BedProfileBody.nullable(),
  /** A person has looked and found it empty, which counts for a bed without a sensor; null: nobody has. */
  declaredVacant: z.object({ at: At, until: At }).nullable(),
  /** Its patient's discharge is ordered, or they are on the way to another bed: that it is empty contradicts nothing. */
  isLeaving: z.boolean(),
  axes: z.object({
    occupancy: axisView("occupancy"),
    assignment: axisView("assignment"),
    readiness: axisView("readiness"),
    service: axisView("service"),
    infection: axisView("infection"),
    staffing: axisView("staffing"),
  }),
  settling: z.object({ candidate: z.enum(AXIS_VALUES.occupancy), since: At, due: At.nullable() }).nullable(),
  sources: z.array(SourceView),
  /** Open against the bed's and its room's sensors; those on what decides come first. */
  findings: z.array(FindingView),
  derived: DerivedView,
  /** Sequence number of the bed's newest change on the live socket. */
  liveSeq: z.int().nonnegative(),
});
export type BedView = z.infer<typeof BedView>;

/** A source's newest value; of vital signs only what the caller may see. */
export const LatestValue = z.object({
  deviceId: DeviceId,
  metric: z.enum(METRIC_NAMES),
  value: ReadingValue.nullable(),
  unit: z.string().nullable(),
  quality: z.enum(["good", "bad"]),
  badReason: z.string().nullable(),
  observedAt: At,
  receivedAt: At,
});
export type LatestValue = z.infer<typeof LatestValue>;

export const BedDetail = z.object({ bed: BedView, latest: z.array(LatestValue), serverTime: At });
export type BedDetail = z.infer<typeof BedDetail>;

export const BedPage = z.object({
  beds: z.array(BedView),
  nextCursor: z.string().nullable(),
  serverTime: At,
});
export type BedPage = z.infer<typeof BedPage>;

export const Counts = z.object({
  beds: z.int(),
  byState: z.object(
    Object.fromEntries(DISPLAY_STATES.map((state) => [state, z.int()])) as Record<
      (typeof DISPLAY_STATES)[number],
      z.ZodInt
    >,
  ),
  bookable: z.int(),
  conflicts: z.int(),
  stale: z.int(),
});
export type Counts = z.infer<typeof Counts>;

export const GatewayView = z.object({
  gatewayId: GatewayId,
  hospitalId: HospitalId,
  lastHeardAt: At.nullable(),
});
export type GatewayView = z.infer<typeof GatewayView>;

export const HospitalView = z.object({
  hospitalId: HospitalId,
  name: z.string(),
  counts: Counts,
  wards: z.array(
    z.object({ wardId: WardId, name: z.string(), assignmentSource: AssignmentSource, counts: Counts }),
  ),
  gateways: z.array(GatewayView),
});
export type HospitalView = z.infer<typeof HospitalView>;

export const HospitalList = z.object({ hospitals: z.array(HospitalView), serverTime: At });
export type HospitalList = z.infer<typeof HospitalList>;

export const TimelineEntry = z.object({
  gatewayId: GatewayId,
  epoch: z.string(),
  seq: z.int(),
  kind: z.string(),
  to: z.string().nullable(),
  by: By.nullable(),
  evidence: z.array(EvidenceView),
  observedAt: At,
  receivedAt: At,
});
export type TimelineEntry = z.infer<typeof TimelineEntry>;
/** Newest first. */
export const Timeline = z.object({
  entries: z.array(TimelineEntry),
  nextCursor: z.string().nullable(),
  serverTime: At,
});
export type Timeline = z.infer<typeof Timeline>;

/**
 * RFC 9457, with a stable `code` to act on and a `hint` to read. Some have more members: who won a lost race, what keeps
 * a bed back.
 */
export const Problem = z.looseObject({
  type: z.string(),
  title: z.string(),
  status: z.int(),
  code: z.string(),
  detail: z.string(),
  hint: z.string(),
  instance: z.string(),
});
export type Problem = z.infer<typeof Problem>;

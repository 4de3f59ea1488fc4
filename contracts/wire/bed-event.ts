import * as z from "zod";
import { AXIS_VALUES } from "../bed/axes.ts";
import { METRIC_NAMES } from "../metrics/catalogue.ts";
import { AtMs, BedId, DeviceId, Lane, RoomId, Seq, WardId } from "./ids.ts";
import { ReadingValue } from "./reading.ts";

/** A reading that an event rests on: where it stands in the journal, and what it said. */
export const EvidenceRef = z.object({
  lane: Lane,
  seq: Seq,
  deviceId: DeviceId,
  metric: z.enum(METRIC_NAMES),
  value: ReadingValue.nullable(),
  unit: z.string().max(32).nullable(),
  observedAtMs: AtMs,
  /** For occupancy: what the source says of it, and how much that counts. */
  vote: z.enum(AXIS_VALUES.occupancy).optional(),
  weight: z.number().positive().max(10).optional(),
});
export type EvidenceRef = z.infer<typeof EvidenceRef>;

/** Who says so. A sensor by its readings, silence by a limit that passed, a declaration by the file or person it came from. */
export const By = z.discriminatedUnion("kind", [
  z.object({ kind: z.literal("sensor"), deviceId: DeviceId }),
  z.object({ kind: z.literal("silence"), deviceId: DeviceId }),
  z.object({ kind: z.literal("declaration"), who: z.string().min(1).max(128) }),
]);
export type By = z.infer<typeof By>;

export const AssignmentSource = z.enum(["none", "bookings", "adt"]);
export type AssignmentSource = z.infer<typeof AssignmentSource>;

export const DECIDING_METRICS = ["occupancy", "load", "pulse-rate"] as const;

/**
 * A source of evidence about a bed, and how often it is due. `decides` names the metric by which it has a say in the
 * bed's occupancy, `weight` (1 where left out) how much that counts beside the others.
 */
export const BedSource = z.object({
  deviceId: DeviceId,
  expectedIntervalMs: z.int().min(100).max(3_600_000),
  decides: z.enum(DECIDING_METRICS).nullable(),
  weight: z.number().positive().max(10).optional(),
});
export type BedSource = z.infer<typeof BedSource>;

const common = {
  bedId: BedId,
  observedAtMs: AtMs,
  receivedAtMs: AtMs,
};

/** A room built to hold air in (negative pressure) or out (positive), measured against the corridor. */
export const ROOM_ISOLATIONS = ["none", "negative-pressure", "positive-pressure"] as const;

/** Between which values something in a room is to stay, both included; null: no limit on that side. */
export const RoomLimit = z.object({
  metric: z.enum(METRIC_NAMES),
  min: z.number().nullable(),
  max: z.number().nullable(),
});
export type RoomLimit = z.infer<typeof RoomLimit>;

/** The bed as its gateway has it in service; written again only when something in it changed. */
export const BedCommissioned = z.object({
  kind: z.literal("bed-commissioned"),
  ...common,
  wardId: WardId,
  wardName: z.string().min(1).max(128),
  roomId: RoomId,
  roomName: z.string().min(1).max(128),
  label: z.string().min(1).max(32),
  assignmentSource: AssignmentSource,
  roomIsolation: z.enum(ROOM_ISOLATIONS).optional(),
  roomLimits: z.array(RoomLimit).max(8).optional(),
  sources: z.array(BedSource).max(32),
});

export const BedDecommissioned = z.object({ kind: z.literal("bed-decommissioned"), ...common });

const axisChanged = <Axis extends keyof typeof AXIS_VALUES>(axis: Axis) =>
  z.object({
    kind: z.literal(`${axis}-changed` as const),
    ...common,
    to: z.enum(AXIS_VALUES[axis]),
    by: By,
    evidence: z.array(EvidenceRef).max(16),
  });

/** Raw evidence differs from the status and has not lasted yet; `candidate` null: it went back. */
export const OccupancySettling = z.object({
  kind: z.literal("occupancy-settling"),
  ...common,
  candidate: z.enum(AXIS_VALUES.occupancy).nullable(),
  /** When the candidate becomes the status if nothing changes. */
  dueAtMs: AtMs.nullable(),
  evidence: z.array(EvidenceRef).max(16),
});

export const ROOM_CONDITIONS = ["within-limits", "out-of-limits", "unknown"] as const;

export const RoomConditionChanged = z.object({
  kind: z.literal("room-condition-changed"),
  ...common,
  to: z.enum(ROOM_CONDITIONS),
  by: By,
  evidence: z.array(EvidenceRef).max(16),
});

/**
 * `stuck`: goes on saying the very same, companions too. `drifting`: its empty bed grows heavier or lighter.
 * `implausible`: says what no bed or patient does. `contradiction`: fresh sources of one bed say opposite things.
 */
export const FINDING_KINDS = ["stuck", "drifting", "implausible", "contradiction"] as const;

/** What is wrong with a sensor, the readings that show it, and in `detail` what to do. */
export const SensorFinding = z.object({
  deviceId: DeviceId,
  metric: z.enum(METRIC_NAMES),
  kind: z.enum(FINDING_KINDS),
  sinceMs: AtMs,
  detail: z.string().max(300),
  evidence: z.array(EvidenceRef).max(8),
});
export type SensorFinding = z.infer<typeof SensorFinding>;

/** All that is open of a bed's sensors and its room's; an empty list: nothing is wrong any more. */
export const SensorFindingsChanged = z.object({
  kind: z.literal("sensor-findings-changed"),
  ...common,
  findings: z.array(SensorFinding).max(16),
});

export const BedEvent = z.discriminatedUnion("kind", [
  BedCommissioned,
  BedDecommissioned,
  axisChanged("occupancy"),
  axisChanged("readiness"),
  axisChanged("service"),
  axisChanged("infection"),
  axisChanged("staffing"),
  OccupancySettling,
  RoomConditionChanged,
  SensorFindingsChanged,
]);
export type BedEvent = z.infer<typeof BedEvent>;

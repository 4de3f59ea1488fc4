/** A bed as the cloud keeps it: what the events of its gateway's current journal come to, and how old its evidence is. */
import * as z from "zod";
import { AXIS_VALUES, type Axis } from "../../contracts/bed/axes.ts";
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

/** A bed with what does not come from its events. */
export const KnownBed = z.object({
  bed: Bed,
  /** Position of its newest event. */
  liveSeq: z.int().nonnegative(),
  gatewayLastHeardAtMs: AtMs.nullable(),
  /** Device id → when its newest usable reading was taken, on the cloud's clock. */
  lastObservedAtMs: z.record(z.string(), AtMs),
});
export type KnownBed = z.infer<typeof KnownBed>;

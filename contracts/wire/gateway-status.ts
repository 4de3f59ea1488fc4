/** What a gateway's own status page reads: is everything connected, what did each device say last, and what waits to be sent. */
import * as z from "zod";
import { AXIS_VALUES } from "../bed/axes.ts";
import { METRIC_NAMES } from "../metrics/catalogue.ts";
import { DECIDING_METRICS, FINDING_KINDS, ROOM_CONDITIONS } from "./bed-event.ts";
import { At } from "./board.ts";
import { BedId, DeviceId, Epoch, GatewayId, HospitalId, Lane, RoomId } from "./ids.ts";
import { ReadingValue } from "./reading.ts";

const count = z.int().nonnegative();

/** Something that went wrong, counted; `detail` says what was expected, what came and what to do. */
export const CountedProblem = z.object({ reason: z.string(), count, lastAt: At, detail: z.string() });
export type CountedProblem = z.infer<typeof CountedProblem>;

/** Whether it should run and whether it is connected are two facts. */
export const LinkStatus = z.object({
  linkId: z.string(),
  kind: z.enum(["mqtt", "mqtt-tls", "mqtt-websocket", "mqtt-broker", "modbus-tcp", "modbus-rtu", "serial"]),
  running: z.enum(["running", "stopped"]),
  state: z.enum(["listening", "connected", "connecting", "down"]),
  since: At,
  detail: z.string(),
  /** How often it came up again after it was up once, since the gateway started. */
  reconnects: count,
});
export type LinkStatus = z.infer<typeof LinkStatus>;

export const DeviceStatus = z.object({
  deviceId: DeviceId,
  profile: z.string(),
  bedId: BedId.nullable(),
  roomId: RoomId.nullable(),
  linkId: z.string(),
  /** Where on its link it is found: a Modbus unit, a name on a broker; null where the link has one device alone. */
  address: z.string().nullable(),
  /** Null: never heard since the gateway started. */
  lastHeardAt: At.nullable(),
  freshness: z.enum(["fresh", "late", "stale"]).nullable(),
  expectedIntervalMs: z.int(),
  readings: count,
  badReadings: count,
  problems: z.array(CountedProblem),
  latest: z.array(
    z.object({
      metric: z.enum(METRIC_NAMES),
      value: ReadingValue.nullable(),
      unit: z.string().nullable(),
      quality: z.enum(["good", "bad"]),
      badReason: z.string().nullable(),
      observedAt: At,
    }),
  ),
});
export type DeviceStatus = z.infer<typeof DeviceStatus>;

/** How one source votes on a bed's occupancy now; `ageMs` null: not heard since the gateway started. */
export const VoteStatus = z.object({
  deviceId: DeviceId,
  metric: z.enum(DECIDING_METRICS),
  weight: z.number(),
  vote: z.enum(AXIS_VALUES.occupancy),
  /** "Absent" without the newest value to bear it out: it yields to any other word. */
  isWeak: z.boolean(),
  ageMs: z.int().nullable(),
  /** Why its vote does not count at present, in words; null: it counts. */
  setAside: z.string().nullable(),
});
export type VoteStatus = z.infer<typeof VoteStatus>;

/** What is wrong with a sensor, in `detail` with what to do, and the readings that show it. */
export const FindingStatus = z.object({
  deviceId: DeviceId,
  metric: z.enum(METRIC_NAMES),
  kind: z.enum(FINDING_KINDS),
  since: At,
  detail: z.string(),
  evidence: z.array(
    z.object({
      deviceId: DeviceId,
      metric: z.enum(METRIC_NAMES),
      value: ReadingValue.nullable(),
      unit: z.string().nullable(),
      observedAt: At,
    }),
  ),
});
export type FindingStatus = z.infer<typeof FindingStatus>;

/** Bytes that could not be read, as they came. They may hold a patient's data. */
export const QuarantineEntry = z.object({
  /** Counts on over all that were ever quarantined. */
  id: count,
  deviceId: DeviceId,
  receivedAt: At,
  reason: z.string(),
  detail: z.string(),
  /** Length of the whole message; `raw` may be its beginning alone. */
  bytes: count,
  /** Base64. */
  raw: z.string(),
});
export type QuarantineEntry = z.infer<typeof QuarantineEntry>;
/** The newest of what is kept, newest first; the ring holds `keptMax` at most. */
export const QuarantineList = z.object({ entries: z.array(QuarantineEntry), kept: count, keptMax: count });
export type QuarantineList = z.infer<typeof QuarantineList>;

export const LaneStatus = z.object({
  lane: Lane,
  headSeq: count,
  highWaterMarkSeq: count,
  queued: count,
  oldestUnsentAt: At.nullable(),
});

/** `reserve`: full, living on what was set aside; `stalled`: not even that is left, nothing is acknowledged. */
export const DISK_STATES = ["normal", "reserve", "stalled"] as const;

export const DiskStatus = z.object({
  state: z.enum(DISK_STATES),
  /** The journal with its log and what is set aside. */
  usedBytes: count,
  budgetBytes: count,
  freeBytes: count,
  /** Readings given up for want of space or found damaged, ever; each range of them is accounted for. */
  tombstoned: z.object({ diskBudget: count, damaged: count }),
  /** The newest complete check of every row; null: none has ended yet. */
  lastCheckAt: At.nullable(),
  damagedRows: count,
  /** A damaged file, or a copy, that this journal began from; null: it began empty. */
  salvagedFrom: z.string().nullable(),
});
export type DiskStatus = z.infer<typeof DiskStatus>;

/** The gateway's own log, and the network's as this gateway witnesses it: see docs/evidence.md. */
export const LogStatus = z.object({
  /** Leaves: written, stored by the cloud, under the newest signed checkpoint. */
  size: count,
  storedSize: count,
  checkpointSize: count,
  checkpointAt: At.nullable(),
  /** Why the cloud does not take it, and what to do; null: it does, or is not asked yet. */
  trouble: z.string().nullable(),
  /** Nothing more is sent before the gateway is started anew. */
  isHalted: z.boolean(),
  /** Of the network's log, as far as this gateway cosigned it. */
  witnessedSize: count,
  witnessedAt: At.nullable(),
  /** Why it cosigns nothing more, and where what shows it is kept; null: it does. */
  witnessRefused: z.string().nullable(),
  /** What kept it from cosigning last; the next may be well. */
  witnessTrouble: z.string().nullable(),
});
export type LogStatus = z.infer<typeof LogStatus>;

export const GatewayStatus = z.object({
  gatewayId: GatewayId,
  hospitalId: HospitalId,
  startedAt: At,
  now: At,
  cloud: z.object({
    url: z.string(),
    state: z.enum(["connected", "retrying", "refused", "not-yet"]),
    lastReplyAt: At.nullable(),
    lastError: z.string().nullable(),
    /** Cloud's clock minus the gateway's, from the quickest exchange of the last minute; right to half its round trip. */
    clockOffsetMs: z.int().nullable(),
    clockUncertaintyMs: z.int().nonnegative().nullable(),
  }),
  journal: z.object({
    epoch: Epoch,
    lanes: z.array(LaneStatus),
    /** In the ring now, and ever: the second goes on where the first stands still. */
    quarantined: count,
    quarantinedEver: count,
    parked: count,
    disk: DiskStatus,
  }),
  /** Null: none is kept. */
  log: LogStatus.nullable(),
  links: z.array(LinkStatus),
  devices: z.array(DeviceStatus),
  beds: z.array(
    z.object({
      bedId: BedId,
      label: z.string(),
      wardName: z.string(),
      roomName: z.string(),
      occupancy: z.enum(AXIS_VALUES.occupancy),
      occupancySince: At.nullable(),
      settling: z.enum(AXIS_VALUES.occupancy).nullable(),
      readiness: z.enum(AXIS_VALUES.readiness),
      roomCondition: z.enum(ROOM_CONDITIONS),
      votes: z.array(VoteStatus),
      findings: z.array(FindingStatus),
    }),
  ),
  /** Trouble that belongs to no device of this gateway: unknown devices, wrong keys. */
  problems: z.array(CountedProblem),
});
export type GatewayStatus = z.infer<typeof GatewayStatus>;

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
});
export type LinkStatus = z.infer<typeof LinkStatus>;

export const DeviceStatus = z.object({
  deviceId: DeviceId,
  profile: z.string(),
  bedId: BedId.nullable(),
  roomId: RoomId.nullable(),
  linkId: z.string(),
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
  ageMs: z.int().nullable(),
  /** Why its vote does not count at present, in words; null: it counts. */
  setAside: z.string().nullable(),
});
export type VoteStatus = z.infer<typeof VoteStatus>;

export const FindingStatus = z.object({
  deviceId: DeviceId,
  metric: z.enum(METRIC_NAMES),
  kind: z.enum(FINDING_KINDS),
  since: At,
  detail: z.string(),
});
export type FindingStatus = z.infer<typeof FindingStatus>;

/** Bytes that could not be read, as they came (at most the first 4 KiB of a message are kept). */
export const QuarantineEntry = z.object({
  deviceId: DeviceId,
  receivedAt: At,
  reason: z.string(),
  detail: z.string(),
  bytes: count,
  /** Base64. */
  raw: z.string(),
});
export type QuarantineEntry = z.infer<typeof QuarantineEntry>;
/** Newest first; the ring holds no more than it says. */
export const QuarantineList = z.object({ entries: z.array(QuarantineEntry), kept: count, keptMax: count });
export type QuarantineList = z.infer<typeof QuarantineList>;

export const LaneStatus = z.object({
  lane: Lane,
  headSeq: count,
  highWaterMarkSeq: count,
  queued: count,
  oldestUnsentAt: At.nullable(),
});

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
    /** Cloud's clock minus the gateway's, measured on the newest exchange. */
    clockOffsetMs: z.int().nullable(),
  }),
  journal: z.object({ epoch: Epoch, lanes: z.array(LaneStatus), quarantined: count, parked: count }),
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

/**
 * How well the data is that the beds' states rest on: sources, gateways and stores, each with the figures that show it.
 * Nothing that was measured on a patient is in it. Ages count from `serverTime`.
 */
import * as z from "zod";
import { METRIC_NAMES } from "../metrics/catalogue.ts";
import { At, FindingView } from "./board.ts";
import { BedId, DeviceId, GatewayId, HospitalId, Lane, RoomId, WardId } from "./ids.ts";

export const DataHealthQuery = z.object({
  hospital: HospitalId.optional().describe("Left out: every hospital that the caller may see."),
});
export type DataHealthQuery = z.infer<typeof DataHealthQuery>;

/** Of one answer; those in trouble come first, and `devicesInAll` says how many there are. */
export const DEVICES_MAX = 2_000;

/**
 * How long readings took from their device to the cloud's database, over the period; a difference of two clocks, so
 * the offset of the gateway's is in it. The percentiles are of single minutes' means, each minute counted as often as
 * it has readings: stored for good is each minute's sum, not each reading. `maxMs` is that of a single reading.
 */
export const Lag = z.object({
  readings: z.int().positive(),
  minutes: z.int().positive(),
  p50Ms: z.number(),
  p95Ms: z.number(),
  maxMs: z.number(),
});
export type Lag = z.infer<typeof Lag>;

export const LaneHealth = z.object({
  lane: Lane,
  /** Of the gateway's present journal; everything up to here is stored. */
  storedThroughSeq: z.int().nonnegative(),
  /** When its newest record came; null: none has. */
  receivedAt: At.nullable(),
  /** How old that record was when it came: minutes or hours where the lane works off a backlog. Null: none has come. */
  behindMs: z.number().nullable(),
  /** Stored, and not yet in the newest values. Null: of bed events, which are applied as they are stored. */
  unappliedRecords: z.int().nonnegative().nullable(),
});
export type LaneHealth = z.infer<typeof LaneHealth>;

export const GatewayHealth = z.object({
  gatewayId: GatewayId,
  hospitalId: HospitalId,
  /** Null: never. */
  lastHeardAt: At.nullable(),
  isSilent: z.boolean(),
  /** The cloud's clock minus the gateway's, as its newest batch showed it; the way of the batch is in it. Null: no batch yet. */
  clock: z.object({ offsetMs: z.number(), measuredAt: At }).nullable(),
  lanes: z.array(LaneHealth),
  /** Records that could not be read and are kept aside. */
  parkedRecords: z.int().nonnegative(),
  /** Times that it was refused, since two journals or processes used its numbers; null: never. */
  refused: z.object({ times: z.int().positive(), lastAt: At }).nullable(),
  /** Records that it had to let go of; of some of them there are aggregates. Null: none. */
  tombstones: z.object({ records: z.int().positive(), ranges: z.int().positive(), lastAt: At }).nullable(),
  /** Null: nothing came in the period. */
  lag: Lag.nullable(),
});
export type GatewayHealth = z.infer<typeof GatewayHealth>;

/** bed: what a bed says of itself · patient: what is measured on somebody · room: the room's sensors · unknown: it never said anything */
export const SOURCE_KINDS = ["bed", "patient", "room", "unknown"] as const;
export type SourceKind = (typeof SOURCE_KINDS)[number];

export const DeviceHealth = z.object({
  gatewayId: GatewayId,
  hospitalId: HospitalId,
  deviceId: DeviceId,
  kind: z.enum(SOURCE_KINDS),
  /** The beds that name it as a source; a room's sensor has all of its room's. */
  beds: z.array(z.object({ bedId: BedId, label: z.string(), wardId: WardId, roomId: RoomId })),
  metrics: z.array(z.enum(METRIC_NAMES)),
  /** Null: nobody said so. */
  expectedIntervalMs: z.int().positive().nullable(),
  /** Null: never. */
  lastObservedAt: At.nullable(),
  /** Stale too where its gateway is silent or it was never heard; null: the interval is not known. */
  freshness: z.enum(["fresh", "late", "stale"]).nullable(),
  /** In the period, bad ones included. */
  readings: z.int().nonnegative(),
  /** Bad, or without a value: a monitor that nobody wears has nothing else. */
  badReadings: z.int().nonnegative(),
  /** Those of a minute in which the same series had good ones as well. */
  badAmongGood: z.int().nonnegative(),
  lag: Lag.nullable(),
  /**
   * Minutes of the period in which its gateway recorded readings of others and none of it. Null: it is due less often
   * than twice a minute, or nobody said how often.
   */
  gapMinutes: z.int().nonnegative().nullable(),
  /** How often in the period it began to say something else of a bed's occupancy than the bed's status. */
  settlings: z.int().nonnegative(),
  /** How many times over its limits it is (NOISY_* below); from 1 on it is called noisy. */
  noise: z.number().nonnegative(),
});
export type DeviceHealth = z.infer<typeof DeviceHealth>;

/** In an hour: a bed is got into and out of a few times an hour at most, each of which begins once. */
export const NOISY_SETTLINGS_MIN = 12;
/** Of bad readings among good ones: at least NOISY_BAD_READINGS_MIN, since a single one is no noise. */
export const NOISY_BAD_SHARE_MIN = 0.05;
export const NOISY_BAD_READINGS_MIN = 10;
export const NOISIEST_MAX = 10;

/** What a gateway's own checks hold against a sensor, with what shows it and, in `detail`, what to do. */
export const SuspectSensor = z.object({
  ...FindingView.shape,
  hospitalId: HospitalId,
  gatewayId: GatewayId,
  bedId: BedId,
  bedLabel: z.string(),
});
export type SuspectSensor = z.infer<typeof SuspectSensor>;

/** latest: newest values · rollups: minutes and hours in PostgreSQL · influxdb: the store beside the database */
export const STORE_STAGES = ["latest", "rollups", "influxdb"] as const;

/** What readings are brought on to after they are stored in PostgreSQL. */
export const StoreHealth = z.object({
  stage: z.enum(STORE_STAGES),
  /** Stored in PostgreSQL, and not yet in this one. */
  behindRecords: z.int().nonnegative(),
  /** Since when the oldest of those waits; null: none waits, or only bed events do. */
  oldestReceivedAt: At.nullable(),
  /** Null: this process does not feed it, or it has no states of its own. */
  state: z.enum(["standby", "idle", "feeding", "waiting"]).nullable(),
  /** What keeps it waiting, and what to do. */
  trouble: z.object({ message: z.string(), since: At }).nullable(),
  /** Records that it will never take; they stay in PostgreSQL. */
  refusedRecords: z.int().nonnegative(),
  /** Of the newest of those; null: there are none. */
  refusedReason: z.string().nullable(),
});
export type StoreHealth = z.infer<typeof StoreHealth>;

export const DataHealth = z.object({
  /** Lags, shares, gaps and settlings are of this hour: whole minutes that are rolled up. */
  from: At,
  /** Exclusive. */
  to: At,
  hospitals: z.array(z.object({ hospitalId: HospitalId, name: z.string() })),
  gateways: z.array(GatewayHealth),
  devices: z.array(DeviceHealth),
  devicesInAll: z.int().nonnegative(),
  /** The noisiest first; at most NOISIEST_MAX. */
  noisy: z.array(z.object({ gatewayId: GatewayId, deviceId: DeviceId })),
  suspects: z.array(SuspectSensor),
  stores: z.array(StoreHealth),
  serverTime: At,
});
export type DataHealth = z.infer<typeof DataHealth>;

/**
 * Measured values over time, as people's clients ask for them: any range in a bounded number of points. A point stands
 * for `everyMs` of time, or for a single reading where `everyMs` is null. Columns are as long as each other.
 */
import * as z from "zod";
import { METRIC_NAMES } from "../metrics/catalogue.ts";
import { At, Problem } from "./board.ts";
import { AtMs, BedId, DeviceId, GatewayId, HospitalId, RoomId, WardId } from "./ids.ts";
import { BadReason, ReadingValue } from "./reading.ts";

/** Of one series in one answer, whatever the range. */
export const POINTS_MAX = 2_000;
/** Of all series of one answer together; with many of them each has fewer. */
export const POINTS_IN_ALL_MAX = 20_000;
export const SERIES_MAX = 200;

/** How wide a point may be, in milliseconds, narrowest first. The first four are made of readings, those from a minute on of roll-ups. */
export const EVERY_MS = [
  1_000, 2_000, 5_000, 10_000, 30_000, 60_000, 120_000, 300_000, 600_000, 900_000, 1_800_000, 3_600_000,
  7_200_000, 10_800_000, 21_600_000, 43_200_000, 86_400_000, 604_800_000,
] as const;

/** How a client names a width, narrowest first. `raw`: every single reading. */
export const RESOLUTIONS = {
  raw: null,
  "1s": 1_000,
  "2s": 2_000,
  "5s": 5_000,
  "10s": 10_000,
  "30s": 30_000,
  "1m": 60_000,
  "2m": 120_000,
  "5m": 300_000,
  "10m": 600_000,
  "15m": 900_000,
  "30m": 1_800_000,
  "1h": 3_600_000,
  "2h": 7_200_000,
  "3h": 10_800_000,
  "6h": 21_600_000,
  "12h": 43_200_000,
  "1d": 86_400_000,
  "1w": 604_800_000,
} as const satisfies Record<string, (typeof EVERY_MS)[number] | null>;

/** Points of a series where the client asks for no number of them. */
export const POINTS_DEFAULT = 600;
/** Ten years. */
export const RANGE_MS_MAX = 3_653 * 86_400_000;

/** Booleans count as 0 and 1, so that their mean is the share of time in which they held. */
export const SeriesPoints = z.object({
  atMs: z
    .array(AtMs)
    .describe(
      "Where each point begins, or when the reading was observed, in milliseconds since 1970 in UTC. Ascending; two readings may share a millisecond.",
    ),
  min: z
    .array(z.number().nullable())
    .describe("The least of the good readings, in the series' unit; null where there were none."),
  mean: z.array(z.number().nullable()).describe("Of the good readings; of booleans the share that was true."),
  max: z.array(z.number().nullable()).describe("The greatest of the good readings."),
  last: z.array(z.number().nullable()).describe("The good reading that was observed last."),
  count: z.array(z.int()).describe("Good readings."),
  bad: z
    .array(z.int())
    .describe(
      "Readings that were kept and are not used: out of range, wrong unit, a fault of the sensor, no value.",
    ),
});
export type SeriesPoints = z.infer<typeof SeriesPoints>;

/** What one device measured of one thing, in one place and unit. */
export const SeriesKey = z.object({
  hospitalId: HospitalId,
  gatewayId: GatewayId,
  deviceId: DeviceId,
  bedId: BedId.nullable(),
  roomId: RoomId.nullable(),
  metric: z.enum(METRIC_NAMES),
  unit: z.string().nullable().describe("UCUM; null for booleans, which count as 0 and 1."),
});
export type SeriesKey = z.infer<typeof SeriesKey>;

export const STORE_NAMES = ["postgresql", "influxdb"] as const;
export type StoreName = (typeof STORE_NAMES)[number];

export const SeriesAnswer = z.object({
  from: At.describe("Where the first point may begin: at or before what was asked for."),
  to: At.describe("Exclusive."),
  everyMs: z
    .int()
    .positive()
    .nullable()
    .describe("How wide a point is, in milliseconds; null: each is a single reading."),
  source: z
    .enum(STORE_NAMES)
    .describe("Which store answered; another than usual where the usual one did not, or is behind."),
  series: z.array(z.object({ ...SeriesKey.shape, points: SeriesPoints })),
  serverTime: At,
});
export type SeriesAnswer = z.infer<typeof SeriesAnswer>;

const METRICS_HELP =
  "One metric, several by commas, or the parameter several times. Left out: all that the caller may read of the bed's, ward's, room's or device's own; what a bed's room measures is included where its metric is named.";

/** Where the values were measured. One of bed, room and ward, or a device; further ones narrow it down. */
const place = {
  hospital: HospitalId.optional().describe("Narrows the rest down to one hospital; needed with ward."),
  ward: WardId.optional().describe("All beds of a ward, with hospital."),
  room: RoomId.optional().describe("What the sensors of a room measure."),
  bed: BedId.optional().describe("What the sensors of a bed measure."),
  device: DeviceId.optional().describe("What one device measures."),
  metric: z
    .union([z.string().max(1_024), z.array(z.string().max(1_024)).max(64)])
    .optional()
    .describe(METRICS_HELP),
};

/** Times, points and resolution are read by hand, so that each way to get them wrong has its own answer. */
export const SeriesQuery = z.object({
  ...place,
  from: z
    .string()
    .max(64)
    .optional()
    .describe("RFC 3339 with its zone, 2026-11-26T05:00:00Z. Left out: a day before `to`."),
  to: z.string().max(64).optional().describe("Exclusive; RFC 3339 with its zone. Left out: now."),
  points: z
    .string()
    .max(32)
    .optional()
    .describe(
      `Points of each series at most, 1 to ${POINTS_MAX}; ${POINTS_DEFAULT} where left out, ${POINTS_MAX} with a resolution. All series together have no more than ${POINTS_IN_ALL_MAX}.`,
    ),
  resolution: z
    .string()
    .max(32)
    .optional()
    .describe(
      `auto (the default) or how wide a point is: ${Object.keys(RESOLUTIONS).join(", ")}. Points begin at whole multiples of it since 1970 in UTC.`,
    ),
});
export type SeriesQuery = z.infer<typeof SeriesQuery>;

/** Why a question was refused, with what would be possible: the known metrics or resolutions, or the finest one for the range. */
export const SeriesProblem = Problem.extend({
  metrics: z.array(z.string()).optional(),
  resolutions: z.array(z.string()).optional(),
  finest: z.string().optional(),
});
export type SeriesProblem = z.infer<typeof SeriesProblem>;

export const LatestQuery = z.object(place);
export type LatestQuery = z.infer<typeof LatestQuery>;

/** The newest value of one series. Value, quality, time and age travel together. */
export const LatestSeriesValue = z.object({
  ...SeriesKey.omit({ unit: true }).shape,
  /** Null: the device said that it has no value. A value of bad quality is shown as such or not at all. */
  value: ReadingValue.nullable(),
  /** UCUM; as it came where the quality is bad for its unit; null for booleans. */
  unit: z.string().nullable(),
  quality: z.enum(["good", "bad"]),
  badReason: BadReason.nullable(),
  observedAt: At,
  receivedAt: At,
  /** At `serverTime`. */
  ageMs: z.int().nonnegative(),
  /** How often its device is due; null: nobody said so. */
  expectedIntervalMs: z.int().positive().nullable(),
  /** By the age, the interval and whether its gateway is heard; null: the interval is not known. */
  freshness: z.enum(["fresh", "late", "stale"]).nullable(),
});
export type LatestSeriesValue = z.infer<typeof LatestSeriesValue>;

export const LatestAnswer = z.object({ values: z.array(LatestSeriesValue), serverTime: At });
export type LatestAnswer = z.infer<typeof LatestAnswer>;

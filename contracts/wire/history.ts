/**
 * Measured values over time, as people's clients ask for them: any range in a bounded number of points. A point stands
 * for `everyMs` of time, or for a single reading where `everyMs` is null. Columns are as long as each other.
 */
import * as z from "zod";
import { METRIC_NAMES } from "../metrics/catalogue.ts";
import { At } from "./board.ts";
import { AtMs, BedId, DeviceId, GatewayId, HospitalId, RoomId } from "./ids.ts";

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

/** Booleans count as 0 and 1, so that their mean is the share of time in which they held. */
export const SeriesPoints = z.object({
  /** Where each point begins, or when the reading was observed. Ascending; two readings may share a millisecond. */
  atMs: z.array(AtMs),
  /** Of the good readings; null where there were none. */
  min: z.array(z.number().nullable()),
  mean: z.array(z.number().nullable()),
  max: z.array(z.number().nullable()),
  /** Of the good reading that was observed last. */
  last: z.array(z.number().nullable()),
  /** Good readings. */
  count: z.array(z.int()),
  /** Readings that were kept and are not used: out of range, wrong unit, a fault of the sensor, no value. */
  bad: z.array(z.int()),
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
  unit: z.string().nullable(),
});
export type SeriesKey = z.infer<typeof SeriesKey>;

export const STORE_NAMES = ["postgresql", "influxdb"] as const;
export type StoreName = (typeof STORE_NAMES)[number];

export const SeriesAnswer = z.object({
  from: At,
  /** Exclusive. */
  to: At,
  /** Null: single readings. */
  everyMs: z.int().positive().nullable(),
  /** Which store answered; another than usual where the usual one did not. */
  source: z.enum(STORE_NAMES),
  series: z.array(z.object({ ...SeriesKey.shape, points: SeriesPoints })),
  serverTime: At,
});
export type SeriesAnswer = z.infer<typeof SeriesAnswer>;

/**
 * What a ward's beds came to in a period, from their events alone: how long they were used, how soon they were clean
 * again, and for how long nobody could know. Durations are milliseconds. A figure that is not known is null, and
 * `missing` says why; it is never 0. How each is worked out stands in cloud/kpi/figures.ts.
 */
import * as z from "zod";
import { DISPLAY_STATES } from "../bed/derive.ts";
import { At } from "./board.ts";
import { HospitalId, WardId } from "./ids.ts";

/** How a range is cut: at midnights of the time zone, weeks begin on Monday; `whole`: not at all. */
export const KPI_BY = ["day", "week", "month", "whole"] as const;
export type KpiBy = (typeof KPI_BY)[number];

/** Of one answer: a year of days, and some. */
export const KPI_PERIODS_MAX = 400;
/** Periods of all wards and hospitals of one answer together. */
export const KPI_CELLS_MAX = 5_000;

/**
 * not-yet: the period has not begun · not-kept: its bed events are gone by the retention policy · not-in-service: no bed was · occupancy-unknown, readiness-unknown,
 * assignment-unknown, state-unknown: all the time · none-finished: nothing of the kind ended in the period
 */
export const KPI_MISSING = [
  "not-yet",
  "not-kept",
  "not-in-service",
  "occupancy-unknown",
  "readiness-unknown",
  "assignment-unknown",
  "state-unknown",
  "none-finished",
] as const;
export type KpiMissing = (typeof KPI_MISSING)[number];

const ms = z.int().nonnegative();
const count = z.int().nonnegative();

/** Those that ended in the period, however long before it they began. Percentiles are interpolated, as spreadsheets do. */
export const KpiDurations = z.object({
  finished: count,
  medianMs: ms.nullable(),
  p90Ms: ms.nullable(),
  longestMs: ms.nullable(),
  /** Still going on at the end of the period: not in the figures above. */
  open: count,
  /** When the oldest open one began. */
  openSince: At.nullable(),
  /** Ended in the period, but nobody saw when they began, or their end as such: not in the figures above. */
  unseen: count,
});
export type KpiDurations = z.infer<typeof KpiDurations>;

export const KPI_FIGURES = [
  "occupiedMs",
  "occupiedShare",
  "unknownMs",
  "staleMs",
  "availableMs",
  "blockedMs",
  "conflictMs",
  "ghostMs",
  "squatMs",
  "contradictionMs",
  "stays",
  "turnovers",
  "exitToClean",
  "cleaning",
] as const;
export type KpiFigureName = (typeof KPI_FIGURES)[number];

export const KpiFigures = z.object({
  /** In service for some part of the period. */
  beds: count,
  /** Time in service, of all beds together; what is not over yet counts up to now. */
  inServiceMs: ms,
  occupiedMs: ms.nullable(),
  /** 0 to 1: of the time in service in which the occupancy was known. */
  occupiedShare: z.number().min(0).max(1).nullable(),
  /** Occupancy not known. */
  unknownMs: ms.nullable(),
  /** Of that: because a sensor, or the gateway, said nothing any more. */
  staleMs: ms.nullable(),
  /** Shown as available. */
  availableMs: ms.nullable(),
  /** Shown as blocked. */
  blockedMs: ms.nullable(),
  /** By the state shown; null where no bed was in service. */
  stateMs: z.record(z.enum(DISPLAY_STATES), ms).nullable(),
  /** In at least one of the three below. */
  conflictMs: ms.nullable(),
  /** Admitted, but empty. */
  ghostMs: ms.nullable(),
  /** Used, but assigned to nobody. */
  squatMs: ms.nullable(),
  /** Sensors of one bed said opposite things. */
  contradictionMs: ms.nullable(),
  /** Begun in the period; one lasts from a bed's first use after it was clean until it is clean again. */
  stays: count.nullable(),
  /** Stays ended in the period: the bed was clean again. */
  turnovers: count.nullable(),
  /** From when a bed was left for the last time before its cleaning until it was clean. */
  exitToClean: KpiDurations,
  /** From when cleaning was begun until it was finished. */
  cleaning: KpiDurations,
  /** Why a figure, or the percentiles of a duration, are null. */
  missing: z.partialRecord(z.enum(KPI_FIGURES), z.enum(KPI_MISSING)),
});
export type KpiFigures = z.infer<typeof KpiFigures>;

export const KpiPeriod = z.object({
  from: At,
  /** Exclusive. */
  to: At,
  /** The local date on which it begins, 2026-11-23. */
  name: z.string(),
  /** It had ended when the answer was made. */
  isOver: z.boolean(),
});
export type KpiPeriod = z.infer<typeof KpiPeriod>;

const rows = {
  name: z.string(),
  /** As many as there are periods. */
  periods: z.array(KpiFigures),
  whole: KpiFigures,
};

export const KpiWard = z.object({ wardId: WardId, ...rows });
export type KpiWard = z.infer<typeof KpiWard>;
export const KpiHospital = z.object({ hospitalId: HospitalId, ...rows, wards: z.array(KpiWard) });
export type KpiHospital = z.infer<typeof KpiHospital>;

export const KpiAnswer = z.object({
  from: At,
  /** Exclusive. */
  to: At,
  by: z.enum(KPI_BY),
  timeZone: z.string(),
  periods: z.array(KpiPeriod),
  hospitals: z.array(KpiHospital),
  serverTime: At,
});
export type KpiAnswer = z.infer<typeof KpiAnswer>;

/** Times and zone are read by hand, so that each way to get them wrong has its own answer. */
export const KpiQuery = z.object({
  hospital: HospitalId.optional().describe("Left out: all that the caller may see. Needed with ward."),
  ward: WardId.optional().describe("One ward, with its hospital."),
  from: z
    .string()
    .max(64)
    .optional()
    .describe("RFC 3339 with its zone, 2026-11-26T05:00:00Z. Left out: a day before `to`."),
  to: z.string().max(64).optional().describe("Exclusive; RFC 3339 with its zone. Left out: now."),
  by: z.enum(KPI_BY).default("whole").describe("How the range is cut; weeks begin on Monday."),
  timeZone: z
    .string()
    .max(64)
    .optional()
    .describe(
      "Whose midnights cut it, as the IANA database names it: Europe/London. Needed unless by=whole.",
    ),
});
export type KpiQuery = z.infer<typeof KpiQuery>;

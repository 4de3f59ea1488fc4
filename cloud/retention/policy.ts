/**
 * Which policy counts, and before which moment data has served its time. Raw data goes by whole weeks, so that a week
 * is one file and one partition: nothing goes early, and what goes may have stayed up to six days longer. Pure.
 */
import { RETENTION_CLASSES, type RetentionPolicy } from "../../config/history.ts";
import type { HospitalId, Lane } from "../../contracts/wire/ids.ts";
import { LANES } from "../../contracts/wire/lanes.ts";
import { WEEK_MS } from "../ingest/reading-blocks.ts";

export type DataClass = (typeof RETENTION_CLASSES)[number];

export const DAY_MS = 86_400_000;
/**
 * Two whole months and a day: reports of last month are made from bed events, and corrected while this month runs.
 * However short a policy is, bed events stay for so long.
 */
export const BED_EVENTS_MS_MIN = 63 * DAY_MS;

const LANE_OF = {
  vitals: "vitals",
  environment: "environment",
  "bed-events": "beds",
} as const satisfies Record<DataClass, Lane>;

export const laneOf = (dataClass: DataClass): Lane => LANE_OF[dataClass];
export const laneNumberOf = (dataClass: DataClass): number => LANES.indexOf(LANE_OF[dataClass]);

/** A policy that names the hospital counts before one that names none. Null: kept for ever. */
export function policyFor(
  policies: readonly RetentionPolicy[],
  dataClass: DataClass,
  hospitalId: HospitalId,
): RetentionPolicy | null {
  const ofClass = policies.filter((policy) => policy.class === dataClass);
  return (
    ofClass.find(({ hospital }) => hospital === hospitalId) ??
    ofClass.find(({ hospital }) => hospital === undefined) ??
    null
  );
}

/** What begins before these moments and, for raw data, ends with its week by then, is due. Null: never. */
export type Cutoffs = {
  readonly rawMs: number;
  readonly minuteMs: number | null;
  readonly hourMs: number | null;
};

export function cutoffsOf(policy: RetentionPolicy, nowMs: number): Cutoffs {
  const ageMs = policy.rawDays * DAY_MS;
  const keptMs = policy.class === "bed-events" ? Math.max(ageMs, BED_EVENTS_MS_MIN) : ageMs;
  const before = (days: number | undefined) =>
    days === undefined ? null : startOfDay(nowMs - days * DAY_MS);
  return {
    rawMs: weekOf(nowMs - keptMs),
    minuteMs: policy.class === "bed-events" ? null : before(policy.minuteDays),
    hourMs: policy.class === "bed-events" ? null : before(policy.hourDays),
  };
}

/** Where the week begins that this moment lies in, as partitions are cut. */
export const weekOf = (atMs: number): number => Math.floor(atMs / WEEK_MS) * WEEK_MS;
const startOfDay = (atMs: number): number => Math.floor(atMs / DAY_MS) * DAY_MS;

/** All raw data of one class of one hospital and one week. */
export type Parcel = {
  readonly class: DataClass;
  readonly hospitalId: HospitalId;
  readonly fromMs: number;
  /** Exclusive. */
  readonly toMs: number;
};

export type Errand = {
  readonly policy: RetentionPolicy;
  readonly class: DataClass;
  readonly hospitalId: HospitalId;
  readonly cutoffs: Cutoffs;
};

/** What there is to do for each class and hospital that a policy counts for. */
export function errandsOf(
  policies: readonly RetentionPolicy[],
  hospitalIds: readonly HospitalId[],
  nowMs: number,
): Errand[] {
  return RETENTION_CLASSES.flatMap((dataClass) =>
    hospitalIds.flatMap((hospitalId) => {
      const policy = policyFor(policies, dataClass, hospitalId);
      return policy === null
        ? []
        : [{ policy, class: dataClass, hospitalId, cutoffs: cutoffsOf(policy, nowMs) }];
    }),
  );
}

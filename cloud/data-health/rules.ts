/** What the figures of sources say of them. Pure. */
import { type Freshness, freshnessOf } from "../../contracts/bed/freshness.ts";
import type { MetricName } from "../../contracts/metrics/catalogue.ts";
import {
  type DeviceHealth,
  NOISIEST_MAX,
  NOISY_BAD_READINGS_MIN,
  NOISY_BAD_SHARE_MIN,
  NOISY_SETTLINGS_MIN,
  type SourceKind,
} from "../../contracts/wire/data-health.ts";
import { isVitalSign } from "../registry/readable-metrics.ts";

const MINUTE_MS = 60_000;
export const PERIOD_MS = 60 * MINUTE_MS;
/** Readings are rolled up within some ten seconds; a minute that ended less than this ago may be half of one. */
const ROLLED_UP_AFTER_MS = 30_000;

export type Period = { readonly fromMs: number; readonly toMs: number };

/** The last hour of whole minutes that are rolled up. */
export function periodBefore(nowMs: number): Period {
  const toMs = Math.floor((nowMs - ROLLED_UP_AFTER_MS) / MINUTE_MS) * MINUTE_MS;
  return { fromMs: toMs - PERIOD_MS, toMs };
}

const BED_METRICS: readonly MetricName[] = ["occupancy", "load", "bed-brake", "side-rail", "cleaning"];

/** A bed's pad may measure a pulse, too: it is a monitor only where it says nothing of the bed. */
export function kindOf(metrics: readonly MetricName[], isOfRoom: boolean): SourceKind {
  if (metrics.length === 0) return "unknown";
  if (isOfRoom) return "room";
  if (metrics.some((metric) => BED_METRICS.includes(metric))) return "bed";
  return metrics.some(isVitalSign) ? "patient" : "bed";
}

export type Heard = {
  readonly lastObservedAtMs: number | null;
  readonly expectedIntervalMs: number | null;
  readonly isGatewaySilent: boolean;
};

export function freshnessOfSource(heard: Heard, nowMs: number): Freshness | null {
  const { lastObservedAtMs, expectedIntervalMs, isGatewaySilent } = heard;
  if (isGatewaySilent || lastObservedAtMs === null) return "stale";
  return expectedIntervalMs === null
    ? null
    : freshnessOf(Math.max(0, nowMs - lastObservedAtMs), expectedIntervalMs);
}

/** What is due less often leaves a minute out without anything being wrong. */
const COUNTED_INTERVAL_MS_MAX = 30_000;

/** `recordedMinutes`: of its gateway, in the period; `ownMinutes`: those of them with a reading of the device. */
export function gapMinutesOf(
  recordedMinutes: number,
  ownMinutes: number,
  expectedIntervalMs: number | null,
): number | null {
  if (expectedIntervalMs === null || expectedIntervalMs > COUNTED_INTERVAL_MS_MAX) return null;
  return Math.max(0, recordedMinutes - ownMinutes);
}

type Shares = Pick<DeviceHealth, "readings" | "badAmongGood" | "settlings">;

/**
 * How many times over its limits a source is; from 1 on it is noisy. What is bad for minutes on end is no noise: a
 * monitor that nobody wears says "no value" all the time.
 */
export function noiseOf({ readings, badAmongGood, settlings }: Shares): number {
  const ofBad = badAmongGood < NOISY_BAD_READINGS_MIN ? 0 : badAmongGood / readings / NOISY_BAD_SHARE_MIN;
  return Math.max(settlings / NOISY_SETTLINGS_MIN, ofBad);
}

export function noisiest(devices: readonly DeviceHealth[]): DeviceHealth[] {
  return devices
    .filter(({ noise }) => noise >= 1)
    .sort((one, other) => other.noise - one.noise)
    .slice(0, NOISIEST_MAX);
}

/** Those in trouble first, so that a list that is cut loses what is well. */
export function worstFirst(devices: readonly DeviceHealth[]): DeviceHealth[] {
  const rank = { stale: 0, late: 1, fresh: 3 } as const;
  const rankOf = ({ freshness, noise, gapMinutes }: DeviceHealth) =>
    freshness === null
      ? 2
      : freshness === "fresh" && (noise >= 1 || (gapMinutes ?? 0) > 0)
        ? 2
        : rank[freshness];
  return devices.toSorted(
    (one, other) =>
      rankOf(one) - rankOf(other) ||
      one.hospitalId.localeCompare(other.hospitalId) ||
      one.deviceId.localeCompare(other.deviceId),
  );
}

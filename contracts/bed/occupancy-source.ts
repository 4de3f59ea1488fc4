/** Of several sources on one bed: whose age its status has, and whether one of them is in doubt. */
import type { BedSource, SensorFinding } from "../wire/bed-event.ts";
import type { Occupancy } from "./axes.ts";
import { staleAfterMs } from "./freshness.ts";

export type HeardSource = Pick<BedSource, "decides" | "expectedIntervalMs"> & {
  readonly lastObservedAtMs: number | null;
};
export type OccupancySource = Pick<HeardSource, "expectedIntervalMs" | "lastObservedAtMs">;

/**
 * A status is as fresh as the freshest source that can carry it: the one that goes stale last. A pulse proves somebody,
 * but its absence proves nothing, so it never carries "absent". Null: no source decides, the bed has no sensor.
 */
export function occupancySource(
  sources: readonly HeardSource[],
  occupancy: Occupancy,
): OccupancySource | null {
  let freshest: OccupancySource | null = null;
  for (const { decides, expectedIntervalMs, lastObservedAtMs } of sources) {
    if (decides === null) continue;
    // Until one is found that carries it, it is as if nothing was heard.
    freshest ??= { expectedIntervalMs, lastObservedAtMs: null };
    const carries = occupancy !== "absent" || decides !== "pulse-rate";
    const heard = { expectedIntervalMs, lastObservedAtMs };
    if (carries && staleAtMs(heard) > staleAtMs(freshest)) freshest = heard;
  }
  return freshest;
}

function staleAtMs({ expectedIntervalMs, lastObservedAtMs }: OccupancySource): number {
  return lastObservedAtMs === null
    ? Number.NEGATIVE_INFINITY
    : lastObservedAtMs + staleAfterMs(expectedIntervalMs);
}

/** Whether what is said of the occupancy may be wrong at its root. A contradiction is the graver one. */
export const SENSOR_DOUBTS = ["none", "suspect", "contradiction"] as const;
export type SensorDoubt = (typeof SENSOR_DOUBTS)[number];

type Named = Pick<SensorFinding, "deviceId" | "metric" | "kind">;

/** A finding on what does not decide (a room's sensor, a battery) is worth a look, but is no doubt about the bed. */
export function sensorDoubt(
  sources: readonly Pick<BedSource, "deviceId" | "decides">[],
  findings: readonly Named[],
): SensorDoubt {
  if (findings.length === 0) return "none";
  const onDeciding = findings.filter((finding) =>
    sources.some(({ deviceId, decides }) => deviceId === finding.deviceId && decides === finding.metric),
  );
  if (onDeciding.length === 0) return "none";
  return onDeciding.some(({ kind }) => kind === "contradiction") ? "contradiction" : "suspect";
}

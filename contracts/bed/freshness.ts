/** How old evidence may be. Ages come from server time and grow by themselves; no message from a gateway makes a bed stale. */

export type Freshness = "fresh" | "late" | "stale";

/** Late is shown and warns; stale can no longer be relied on. */
export const LATE_AFTER_INTERVALS = 2;
export const STALE_AFTER_INTERVALS = 3;
/**
 * Ages reach the cloud with heartbeats some seconds apart. A monitor that reports every second would look late between
 * any two of them, so lateness begins no sooner than three heartbeats.
 */
export const LATE_AFTER_MS_MIN = 15_000;
/** A sensor that reports every second is not given up for a hiccup of a few. */
export const STALE_AFTER_MS_MIN = 60_000;
/** A gateway silent for this long makes all its beds stale at once. */
export const GATEWAY_SILENT_AFTER_MS = 30_000;

export function staleAfterMs(expectedIntervalMs: number): number {
  return Math.max(STALE_AFTER_MS_MIN, STALE_AFTER_INTERVALS * expectedIntervalMs);
}

export function freshnessOf(ageMs: number, expectedIntervalMs: number): Freshness {
  if (ageMs > staleAfterMs(expectedIntervalMs)) return "stale";
  const lateAfterMs = Math.max(LATE_AFTER_MS_MIN, LATE_AFTER_INTERVALS * expectedIntervalMs);
  return ageMs > lateAfterMs ? "late" : "fresh";
}

export function isGatewaySilent(lastHeardAtMs: number | null, nowMs: number): boolean {
  return lastHeardAtMs === null || nowMs - lastHeardAtMs > GATEWAY_SILENT_AFTER_MS;
}

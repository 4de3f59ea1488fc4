/** Figures of data health in words. Pure. */
import { durationWords } from "../../../contracts/ui/age-words.ts";
import type { DeviceHealth, Lag, StoreHealth } from "../../../contracts/wire/data-health.ts";

const counted = new Intl.NumberFormat("en-GB");

export function countWords(count: number): string {
  return counted.format(count);
}

/** "80 ms", "1.2 s", "4 min". A lag below nothing is a clock that is ahead. */
export function lagWords(ms: number): string {
  const size = Math.abs(ms);
  const words =
    Math.round(size) < 1_000
      ? `${Math.round(size)} ms`
      : size < 60_000
        ? `${(size / 1_000).toFixed(1)} s`
        : durationWords(size);
  return ms < 0 ? `−${words}` : words;
}

export function lagsWords(lag: Lag | null): string {
  if (lag === null) return "nothing came";
  return `${lagWords(lag.p50Ms)} · ${lagWords(lag.p95Ms)} · ${lagWords(lag.maxMs)}`;
}

export function badWords({ readings, badReadings }: Pick<DeviceHealth, "readings" | "badReadings">): string {
  if (readings === 0) return "no readings";
  if (badReadings === 0) return `none of ${countWords(readings)}`;
  const share = (100 * badReadings) / readings;
  return `${countWords(badReadings)} of ${countWords(readings)} (${share < 1 ? "under 1" : Math.round(share)} %)`;
}

export function gapWords(gapMinutes: number | null): string {
  if (gapMinutes === null) return "not counted";
  return gapMinutes === 0 ? "none" : `${gapMinutes} min`;
}

export function clockWords(offsetMs: number): string {
  if (Math.abs(offsetMs) < 1_000) return `within 1 s (${Math.round(offsetMs)} ms)`;
  // The cloud's clock minus the gateway's.
  return `${lagWords(Math.abs(offsetMs))} ${offsetMs > 0 ? "behind" : "ahead"}`;
}

export const STAGE_WORDS: Readonly<Record<StoreHealth["stage"], string>> = {
  latest: "Newest values",
  rollups: "Roll-ups of minutes and hours (PostgreSQL)",
  influxdb: "InfluxDB",
};

export const FEED_WORDS: Readonly<Record<NonNullable<StoreHealth["state"]>, string>> = {
  standby: "another process feeds it",
  idle: "has everything",
  feeding: "being fed",
  waiting: "waiting",
};

export const LANE_WORDS = { beds: "Bed events", vitals: "Vitals", environment: "Environment" } as const;

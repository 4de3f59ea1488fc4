/** A range cut at the midnights of a time zone, through daylight saving. Pure. */
import type { KpiBy } from "../../contracts/wire/kpi.ts";

export type Period = {
  readonly fromMs: number;
  /** Exclusive. */
  readonly toMs: number;
  /** The local date on which it begins. */
  readonly name: string;
};

const DAY_MS = 86_400_000;
/** 1970-01-05 was a Monday. */
const MONDAY = 4;

/** Null: nobody knows such a zone. */
export function timeZoneOf(name: string): TimeZone | null {
  try {
    return new TimeZone(name);
  } catch (error) {
    if (error instanceof RangeError) return null;
    throw error;
  }
}

/** Days are counted since 1970-01-01 in local dates. */
export class TimeZone {
  readonly name: string;
  readonly #format: Intl.DateTimeFormat;

  /** Throws a RangeError where nobody knows such a zone. */
  constructor(name: string) {
    this.#format = new Intl.DateTimeFormat("en-US", {
      timeZone: name,
      calendar: "gregory",
      hourCycle: "h23",
      year: "numeric",
      month: "numeric",
      day: "numeric",
      hour: "numeric",
      minute: "numeric",
      second: "numeric",
    });
    this.name = name;
  }

  dayOf(atMs: number): number {
    return Math.floor((atMs + this.#offsetMsAt(atMs)) / DAY_MS);
  }

  /**
   * When a local day begins. Where clocks are put forward at midnight there is none, and it begins an hour later; where
   * midnight comes twice, at the first.
   */
  startOf(day: number): number {
    const before = this.#offsetMsAt(day * DAY_MS - DAY_MS);
    const after = this.#offsetMsAt(day * DAY_MS + DAY_MS);
    const midnights = [before, after]
      .map((offsetMs) => ({ offsetMs, atMs: day * DAY_MS - offsetMs }))
      .filter(({ offsetMs, atMs }) => this.#offsetMsAt(atMs) === offsetMs)
      .map(({ atMs }) => atMs);
    return midnights.length > 0 ? Math.min(...midnights) : day * DAY_MS - before;
  }

  /** Local time minus UTC. */
  #offsetMsAt(atMs: number): number {
    const parts = this.#format.formatToParts(atMs);
    const part = (type: Intl.DateTimeFormatPartTypes) =>
      Number(parts.find((each) => each.type === type)?.value);
    const local = Date.UTC(
      part("year"),
      part("month") - 1,
      part("day"),
      part("hour"),
      part("minute"),
      part("second"),
    );
    return local - Math.floor(atMs / 1_000) * 1_000;
  }
}

/** Null: more than `periodsMax`. The first and the last may be cut short by the range. */
export function periodsOf(
  { fromMs, toMs }: { readonly fromMs: number; readonly toMs: number },
  by: KpiBy,
  zone: TimeZone,
  periodsMax: number,
): Period[] | null {
  if (by === "whole") return [{ fromMs, toMs, name: dateName(zone.dayOf(fromMs)) }];
  const periods: Period[] = [];
  let startMs = fromMs;
  for (let day = zone.dayOf(fromMs); startMs < toMs; day = nextDay(day, by)) {
    const endMs = Math.min(zone.startOf(nextDay(day, by)), toMs);
    // A zone that crossed the date line has left out a day.
    if (endMs <= startMs) continue;
    if (periods.length === periodsMax) return null;
    periods.push({ fromMs: startMs, toMs: endMs, name: dateName(zone.dayOf(startMs)) });
    startMs = endMs;
  }
  return periods;
}

/** The day on which the period after that of `day` begins. */
function nextDay(day: number, by: Exclude<KpiBy, "whole">): number {
  if (by === "day") return day + 1;
  if (by === "week") return mondayOf(day) + 7;
  const date = new Date(day * DAY_MS);
  return Date.UTC(date.getUTCFullYear(), date.getUTCMonth() + 1) / DAY_MS;
}

/** The Monday on or before it. */
export const mondayOf = (day: number): number => day - ((((day - MONDAY) % 7) + 7) % 7);

export const dateName = (day: number): string => new Date(day * DAY_MS).toISOString().slice(0, 10);

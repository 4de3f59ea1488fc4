/** Which stretch of time the figures are of, cut at this browser's midnights, and the one before to compare with. Pure. */
import type { KpiBy } from "../../../contracts/wire/kpi.ts";

export const PERIOD_WORDS = {
  today: "Today so far",
  yesterday: "Yesterday",
  "7d": "Last 7 days",
  "last-week": "Last week",
  "30d": "Last 30 days",
  "last-month": "Last month",
} as const;
export type PeriodName = keyof typeof PERIOD_WORDS;
export const PERIOD_NAMES = Object.keys(PERIOD_WORDS) as PeriodName[];
const DEFAULT_PERIOD: PeriodName = "7d";

export type KpiRange = {
  readonly fromMs: number;
  /** Exclusive. */
  readonly toMs: number;
  readonly by: KpiBy;
  /** What it is compared with. Of a day that is not over, the day before up to the same time. */
  readonly beforeFromMs: number;
  readonly beforeToMs: number;
};

/** What means nothing is the default, not refused: a link may be old. */
export function readPeriod(search: string): PeriodName {
  const name = new URLSearchParams(search).get("period");
  return PERIOD_NAMES.find((known) => known === name) ?? DEFAULT_PERIOD;
}

export function rangeOf(name: PeriodName, nowMs: number): KpiRange {
  const range = stretchOf(name, nowMs);
  const beforeToMs =
    name === "today"
      ? range.beforeFromMs + Math.max(MINUTE_MS, floorToMinute(nowMs) - range.fromMs)
      : range.fromMs;
  return { ...range, beforeToMs };
}

const MINUTE_MS = 60_000;
const floorToMinute = (ms: number) => Math.floor(ms / MINUTE_MS) * MINUTE_MS;

/** How the period before is called. */
export function beforeWords(name: PeriodName): string {
  return name === "today" ? "yesterday up to the same time" : "the period before";
}

function stretchOf(name: PeriodName, nowMs: number): Omit<KpiRange, "beforeToMs"> {
  const today = midnight(nowMs, 0);
  switch (name) {
    case "today":
      return { fromMs: today, toMs: midnight(nowMs, 1), by: "whole", beforeFromMs: midnight(nowMs, -1) };
    case "yesterday":
      return { fromMs: midnight(nowMs, -1), toMs: today, by: "whole", beforeFromMs: midnight(nowMs, -2) };
    case "7d":
      return { fromMs: midnight(nowMs, -7), toMs: today, by: "day", beforeFromMs: midnight(nowMs, -14) };
    case "30d":
      return { fromMs: midnight(nowMs, -30), toMs: today, by: "day", beforeFromMs: midnight(nowMs, -60) };
    case "last-week": {
      // Weeks begin on Monday.
      const sinceMonday = (new Date(nowMs).getDay() + 6) % 7;
      const day = (days: number) => midnight(nowMs, days - sinceMonday);
      return { fromMs: day(-7), toMs: day(0), by: "day", beforeFromMs: day(-14) };
    }
    case "last-month":
      return { fromMs: month(nowMs, -1), toMs: month(nowMs, 0), by: "day", beforeFromMs: month(nowMs, -2) };
  }
}

/** By the calendar, since a day on which clocks are changed is not 24 hours. */
function midnight(nowMs: number, days: number): number {
  const now = new Date(nowMs);
  return new Date(now.getFullYear(), now.getMonth(), now.getDate() + days).getTime();
}

function month(nowMs: number, months: number): number {
  const now = new Date(nowMs);
  return new Date(now.getFullYear(), now.getMonth() + months, 1).getTime();
}

const dayOfYear = new Intl.DateTimeFormat("en-GB", { day: "numeric", month: "short", year: "numeric" });

/** "17 Nov 2026 to 23 Nov 2026", both days included; one day alone. */
export function daysWords(fromMs: number, toMs: number): string {
  const first = dayOfYear.format(fromMs);
  const last = dayOfYear.format(toMs - 1);
  return first === last ? first : `${first} to ${last}`;
}

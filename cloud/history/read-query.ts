/** What was asked of the history, read by hand: each way to get a time, a number or a name wrong has its own answer. Pure. */
import * as z from "zod";
import { isMetricName, METRIC_NAMES, type MetricName } from "../../contracts/metrics/catalogue.ts";
import {
  POINTS_DEFAULT,
  POINTS_MAX,
  RANGE_MS_MAX,
  RESOLUTIONS,
  type SeriesQuery,
} from "../../contracts/wire/history.ts";
import { AT_MS_MAX } from "../../contracts/wire/ids.ts";
import { CloudError } from "../http/problem.ts";

/** Clocks of clients differ; so much ahead of ours is still now. */
const CLIENT_CLOCK_AHEAD_MS_MAX = 60_000;
const RANGE_DEFAULT_MS = 86_400_000;
const DAY_MS = 86_400_000;

export type AskedRange = { readonly fromMs: number; readonly toMs: number };
export type Asked = AskedRange & {
  /** Null: all that the caller may read. */
  readonly metrics: readonly MetricName[] | null;
  readonly points: number;
  readonly everyMs: number | null | "auto";
};

export function readQuery(query: SeriesQuery, nowMs: number): Asked {
  const metrics = readMetrics(query.metric);
  const everyMs = readResolution(query.resolution);
  const points = readPoints(query.points, everyMs);
  return { metrics, points, everyMs, ...readRange(query.from, query.to, nowMs) };
}

export function readMetrics(metric: string | readonly string[] | undefined): readonly MetricName[] | null {
  if (metric === undefined) return null;
  const names = new Set([metric].flat().flatMap((text) => text.split(",").map((name) => name.trim())));
  const unknown = [...names].filter((name) => !isMetricName(name));
  if (unknown.length > 0)
    throw new CloudError(
      "METRIC_UNKNOWN",
      `metric: expected names of ${METRIC_NAMES.join(", ")}; ${unknown.length} of ${names.size} are none of them.`,
      { metrics: METRIC_NAMES },
    );
  return [...names].filter(isMetricName);
}

export function readRange(from: string | undefined, to: string | undefined, nowMs: number): AskedRange {
  const toMs = to === undefined ? nowMs : readTime("to", to);
  const fromMs = from === undefined ? Math.max(0, toMs - RANGE_DEFAULT_MS) : readTime("from", from);
  checkRange({ fromMs, toMs }, nowMs);
  return { fromMs, toMs };
}

const rfc3339 = (atMs: number) => new Date(atMs).toISOString();

export function checkRange({ fromMs, toMs }: AskedRange, nowMs: number): void {
  const range = `from ${rfc3339(fromMs)} to ${rfc3339(toMs)}`;
  if (fromMs > toMs) throw new CloudError("RANGE_REVERSED", `The range goes ${range}: backwards.`);
  if (fromMs === toMs) throw new CloudError("RANGE_EMPTY", `The range goes ${range}: it holds nothing.`);
  if (fromMs > nowMs + CLIENT_CLOCK_AHEAD_MS_MAX)
    throw new CloudError("RANGE_IN_FUTURE", `The range goes ${range}; here it is ${rfc3339(nowMs)}.`);
  if (toMs - fromMs > RANGE_MS_MAX)
    throw new CloudError(
      "RANGE_TOO_LONG",
      `The range goes ${range}: ${Math.ceil((toMs - fromMs) / DAY_MS)} days; at most ${RANGE_MS_MAX / DAY_MS} are possible.`,
    );
}

const Zoned = z.iso.datetime({ offset: true });
const WithoutZone = z.union([z.iso.datetime({ local: true }), z.iso.date()]);

function readTime(field: "from" | "to", text: string): number {
  // A plus that was not escaped arrives as a space, and nothing else can be meant by it.
  const time = text.replace(/ (?=\d{2}:\d{2}$)/, "+").toUpperCase();
  if (!Zoned.safeParse(time).success) {
    if (WithoutZone.safeParse(time).success)
      throw new CloudError(
        "TIME_ZONE_MISSING",
        `${field}: expected a time with its zone, such as 2026-11-26T05:00:00Z; without one it could mean any of a day's hours.`,
      );
    throw new CloudError("TIME_UNREADABLE", `${field}: expected a time such as 2026-11-26T05:00:00Z.`);
  }
  const atMs = Date.parse(time);
  if (!(atMs >= 0 && atMs <= AT_MS_MAX))
    throw new CloudError("TIME_UNREADABLE", `${field}: expected a time from 1970 to 9999.`);
  return atMs;
}

function readPoints(text: string | undefined, everyMs: Asked["everyMs"]): number {
  if (text === undefined) return everyMs === "auto" ? POINTS_DEFAULT : POINTS_MAX;
  const points = /^\d{1,15}$/.test(text) ? Number(text) : Number.NaN;
  if (points >= 1 && points <= POINTS_MAX) return points;
  const came = Number.isNaN(points) ? "something else" : String(points);
  throw new CloudError(
    "POINTS_REFUSED",
    `points: expected a whole number from 1 to ${POINTS_MAX}, got ${came}.`,
  );
}

function readResolution(name: string | undefined): Asked["everyMs"] {
  if (name === undefined || name === "auto") return "auto";
  if (Object.hasOwn(RESOLUTIONS, name)) return RESOLUTIONS[name as keyof typeof RESOLUTIONS];
  throw new CloudError(
    "RESOLUTION_UNKNOWN",
    `resolution: expected auto or one of ${Object.keys(RESOLUTIONS).join(", ")}.`,
    { resolutions: Object.keys(RESOLUTIONS) },
  );
}

/** The name of a width of EVERY_MS, for people. */
export function resolutionName(everyMs: number | null): string {
  const found = Object.entries(RESOLUTIONS).find(([, width]) => width === everyMs);
  return found?.[0] ?? `${everyMs} ms`;
}

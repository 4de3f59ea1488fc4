/** What was asked of the figures, read by hand: each way to get it wrong has its own answer. Pure. */
import { KPI_PERIODS_MAX, type KpiQuery } from "../../contracts/wire/kpi.ts";
import { readRange } from "../history/read-query.ts";
import { CloudError } from "../http/problem.ts";
import { type Period, periodsOf, type TimeZone, timeZoneOf } from "./periods.ts";

export type AskedKpi = {
  readonly fromMs: number;
  readonly toMs: number;
  readonly zone: TimeZone;
  readonly periods: readonly Period[];
};

export function readKpiQuery(query: KpiQuery, nowMs: number): AskedKpi {
  const { hospital, ward, by } = query;
  if (ward !== undefined && hospital === undefined)
    throw new CloudError(
      "WARD_NOT_FOUND",
      "ward: expected its hospital beside it; two hospitals may each have one.",
    );
  const range = readRange(query.from, query.to, nowMs);
  const zone = readTimeZone(query);
  const periods = periodsOf(range, by, zone, KPI_PERIODS_MAX);
  if (periods === null)
    throw new CloudError(
      "RANGE_TOO_LONG",
      `The range has more than ${KPI_PERIODS_MAX} periods of a ${by}, which is the most. Choose longer periods, or a shorter range.`,
    );
  return { ...range, zone, periods };
}

function readTimeZone({ timeZone, by }: KpiQuery): TimeZone {
  if (timeZone === undefined && by !== "whole")
    throw new CloudError(
      "TIME_ZONE_UNKNOWN",
      `timeZone: expected a name such as Europe/London; a ${by} begins at midnight, and midnight is another time in each zone.`,
    );
  const zone = timeZoneOf(timeZone ?? "UTC");
  if (zone === null)
    throw new CloudError(
      "TIME_ZONE_UNKNOWN",
      "timeZone: expected a name of the IANA database, such as Europe/London; this is none.",
    );
  return zone;
}

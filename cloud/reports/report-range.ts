/** Which days a report is about: those before the day on which it is due, by the clocks of its zone. Pure. */
import type { ReportSchedule } from "../../config/history.ts";
import type { KpiBy } from "../../contracts/wire/kpi.ts";
import { mondayOf, type TimeZone } from "../kpi/periods.ts";

const DAY_MS = 86_400_000;

export type ReportRange = { readonly fromMs: number; readonly toMs: number; readonly by: KpiBy };

export function reportRange(period: ReportSchedule["period"], zone: TimeZone, dueAtMs: number): ReportRange {
  const today = zone.dayOf(dueAtMs);
  const [fromDay, toDay] = daysOf(period, today);
  const by = period === "yesterday" ? "whole" : "day";
  return { fromMs: zone.startOf(fromDay), toMs: zone.startOf(toDay), by };
}

/** The second is not part of it. */
function daysOf(period: ReportSchedule["period"], today: number): readonly [number, number] {
  if (period === "yesterday") return [today - 1, today];
  if (period === "last-week") return [mondayOf(today) - 7, mondayOf(today)];
  const date = new Date(today * DAY_MS);
  const month = (past: number) => Date.UTC(date.getUTCFullYear(), date.getUTCMonth() - past) / DAY_MS;
  return [month(1), month(0)];
}

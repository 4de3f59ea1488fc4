/** When reports are due, by node-cron. */
import { createTask, parse, type ScheduledTask, schedule } from "node-cron";
import type { ReportSchedule } from "../../config/history.ts";
import { TimeZone } from "../kpi/periods.ts";
import { StartError } from "../start-error.ts";

type Timing = Pick<ReportSchedule, "name" | "cron" | "timeZone">;

export type ReportScheduler = {
  /** Throws a StartError for what is no schedule. Calls until it is stopped. */
  start(timing: Timing, onDue: () => void): { stop(): void };
  /** The last time at or before `nowMs` at which it was due; null: never in the last year. */
  lastDueMs(timing: Timing, nowMs: number): number | null;
};

const DAYS_BACK_MAX = 366;
const MINUTE_MS = 60_000;
const HOUR_MS = 3_600_000;
/** What it would write to the console is either said by the runner or of no use. */
const SILENT = { info() {}, warn() {}, error() {}, debug() {} };

export const cronScheduler: ReportScheduler = {
  start({ name, cron, timeZone: timezone }, onDue) {
    const options = { name, timezone, noOverlap: true, logger: SILENT, suppressMissedWarning: true };
    const task = checked(name, () => schedule(cron, onDue, options));
    return { stop: () => void task.destroy() };
  },
  lastDueMs({ name, cron, timeZone }, nowMs) {
    const task = checked(name, () => createTask(cron, () => {}, { timezone: timeZone, logger: SILENT }));
    try {
      return lastMatch(task, cron, new TimeZone(timeZone), nowMs);
    } finally {
      void task.destroy();
    }
  },
};

function checked(name: string, make: () => ScheduledTask): ScheduledTask {
  try {
    return make();
  } catch (error) {
    throw new StartError(
      `reports: ${name} was to have a cron of minute, hour, day, month and weekday, such as 30 6 * * 1, but has another (${error instanceof Error ? error.message : "unknown error"}). Correct it in the configuration.`,
      { cause: error },
    );
  }
}

/** Back through the days, and on each through the minutes that the fields name, an hour more and less where clocks were changed. */
function lastMatch(task: ScheduledTask, cron: string, zone: TimeZone, nowMs: number): number | null {
  const { hour, minute, month } = parse(cron);
  const today = zone.dayOf(nowMs);
  for (let day = today; day > today - DAYS_BACK_MAX; day -= 1) {
    if (!month.includes(new Date(day * 86_400_000).getUTCMonth() + 1)) continue;
    const startMs = zone.startOf(day);
    const candidates = hour
      .flatMap((each) => minute.map((past) => startMs + each * HOUR_MS + past * MINUTE_MS))
      .flatMap((atMs) => [atMs - HOUR_MS, atMs, atMs + HOUR_MS])
      .filter((atMs) => atMs <= nowMs)
      .toSorted((left, right) => right - left);
    const found = candidates.find((atMs) => task.match(new Date(atMs)));
    if (found !== undefined) return found;
  }
  return null;
}

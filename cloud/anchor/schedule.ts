/** When the next checkpoint is due, by node-cron. */
import { createTask, schedule } from "node-cron";
import { StartError } from "../start-error.ts";
import type { Schedule } from "./worker.ts";

/** What it would write to the console is of no use. */
const SILENT = { info() {}, warn() {}, error() {}, debug() {} };
const OPTIONS = { timezone: "UTC", noOverlap: true, logger: SILENT, suppressMissedWarning: true };

/** Throws a StartError for what is no schedule. */
export function cronSchedule(cron: string): Schedule {
  try {
    void createTask(cron, () => {}, OPTIONS).destroy();
  } catch (error) {
    throw new StartError(
      `anchor.schedule was to be minute, hour, day, month and weekday, such as */10 * * * *, but is something else (${error instanceof Error ? error.message : "unknown error"}). Correct it in the configuration.`,
      { cause: error },
    );
  }
  return (onDue) => {
    const task = schedule(cron, onDue, OPTIONS);
    return { stop: () => void task.destroy() };
  };
}

/**
 * Makes what the schedule wants, one report at a time over all processes:
 *
 *   due ─▶ waiting ─▶ running ─▶ done | failed      back to waiting, further apart each time, while there is hope
 *
 * Whether something is due is asked of the schedule and of what is stored, not of a timer: what was missed while the
 * service was down is made once when it is back, for the last time at which it was due.
 */
import { createHash } from "node:crypto";
import type { Logger } from "pino";
import type { ReportSchedule } from "../../config/history.ts";
import type { ReportFormat } from "../../contracts/wire/exports.ts";
import type { KpiAnswer } from "../../contracts/wire/kpi.ts";
import type { Clock, Randomness } from "../clock.ts";
import { isPassingTrouble } from "../database/trouble.ts";
import { uuidOf } from "../exports/exports.ts";
import { CloudError } from "../http/problem.ts";
import type { Kpi } from "../kpi/kpi.ts";
import { TimeZone } from "../kpi/periods.ts";
import { waited } from "../live/every.ts";
import type { ReportScheduler } from "./cron.ts";
import { FORMATS } from "./formats.ts";
import { REPORT_ATTEMPTS_MAX, REPORT_FILE_BYTES_MAX, REPORT_MS_MAX, retryAfterMs } from "./limits.ts";
import { reportRange } from "./report-range.ts";
import type { MadeFile, ReportRepository, StoredReport } from "./repository.ts";

/** Without being woken: for a database that was away, and for another process that gave up. */
const LOOK_EVERY_MS = 60_000;

export const REPORT_OUTCOMES = ["done", "retried", "failed"] as const;
export type ReportMeter = { made(outcome: (typeof REPORT_OUTCOMES)[number], ms: number): void };

export type ReportRunnerDeps = {
  readonly schedules: readonly ReportSchedule[];
  readonly scheduler: ReportScheduler;
  readonly repository: ReportRepository;
  readonly kpi: Pick<Kpi, "answerFor">;
  readonly clock: Clock;
  readonly randomness: Randomness;
  readonly meter: ReportMeter;
  readonly log: Logger;
};

export class ReportRunner {
  readonly #deps: ReportRunnerDeps;
  #wake = new AbortController();

  constructor(deps: ReportRunnerDeps) {
    this.#deps = deps;
    // What is no schedule is found at the start.
    for (const schedule of deps.schedules) deps.scheduler.lastDueMs(schedule, deps.clock.nowMs());
  }

  /** Until the signal; rejects only by a bug. */
  async run(signal: AbortSignal): Promise<void> {
    const { schedules, scheduler, log } = this.#deps;
    const tasks = schedules.map((schedule) => scheduler.start(schedule, () => this.#wake.abort()));
    try {
      while (!signal.aborted) {
        this.#wake = new AbortController();
        let waitMs = LOOK_EVERY_MS;
        try {
          waitMs = await this.work(signal);
        } catch (error) {
          if (signal.aborted) return;
          if (!isPassingTrouble(error)) throw error;
          log.warn({ err: error }, "reports wait for the database");
        }
        const enough = AbortSignal.any([signal, this.#wake.signal]);
        if (!enough.aborted) await waited(waitMs, enough);
      }
    } finally {
      for (const task of tasks) task.stop();
    }
  }

  /** All that is due now; for how long there is nothing more to do, as far as is known. */
  async work(signal: AbortSignal): Promise<number> {
    const { repository, schedules, clock } = this.#deps;
    for (const schedule of schedules) await this.#plan(schedule);
    for (;;) {
      const report = signal.aborted ? undefined : await repository.claim(clock.nowMs());
      if (report === undefined) break;
      await this.#make(report, signal);
    }
    await repository.sweep();
    const nextMs = (await repository.nextAttemptAtMs()) ?? Number.POSITIVE_INFINITY;
    return Math.min(Math.max(nextMs - clock.nowMs(), 1_000), LOOK_EVERY_MS);
  }

  async #plan({ name, hospital, formats, period, timeZone, cron }: ReportSchedule): Promise<void> {
    const { repository, scheduler, clock, randomness } = this.#deps;
    const sinceMs = await repository.knownSince(name, clock.nowMs());
    const dueAtMs = scheduler.lastDueMs({ name, cron, timeZone }, clock.nowMs());
    if (dueAtMs === null || dueAtMs < sinceMs) return;
    const range = reportRange(period, new TimeZone(timeZone), dueAtMs);
    const reportId = uuidOf(randomness.bytes(16));
    await repository.plan({
      reportId,
      name,
      hospitalId: hospital ?? null,
      timeZone,
      formats,
      dueAtMs,
      ...range,
    });
  }

  async #make(report: StoredReport, signal: AbortSignal): Promise<void> {
    const { repository, clock, meter, log } = this.#deps;
    const { reportId, name, attempts } = report;
    const startedAtMs = clock.nowMs();
    try {
      if (attempts > REPORT_ATTEMPTS_MAX) throw new Error("the service stopped during each attempt");
      const files = await this.#files(report, AbortSignal.any([signal, AbortSignal.timeout(REPORT_MS_MAX)]));
      await repository.finish(reportId, files, clock.nowMs());
      meter.made("done", clock.nowMs() - startedAtMs);
      log.info({ report: name, reportId, files: files.length }, "a report was made");
    } catch (error) {
      // Whoever stops the service does not fail its report.
      if (signal.aborted) return await repository.retry(reportId, null, clock.nowMs());
      const isLast = attempts >= REPORT_ATTEMPTS_MAX;
      log.error({ err: error, report: name, reportId, attempts, isLast }, "a report was not made");
      meter.made(isLast ? "failed" : "retried", clock.nowMs() - startedAtMs);
      if (isLast)
        await repository.fail(
          reportId,
          `${reasonOf(error)} It was tried ${attempts} times and is not tried again.`,
        );
      else await repository.retry(reportId, reasonOf(error), clock.nowMs() + retryAfterMs(attempts));
    }
  }

  async #files(report: StoredReport, signal: AbortSignal): Promise<MadeFile[]> {
    const { hospitalId, fromMs, toMs, timeZone, by, name, formats } = report;
    const scope =
      hospitalId === null ? ({ kind: "network" } as const) : ({ kind: "hospital", hospitalId } as const);
    const [from, to] = [new Date(fromMs).toISOString(), new Date(toMs).toISOString()];
    const kpi = await this.#deps.kpi.answerFor(scope, { from, to, by, timeZone }, signal);
    const files: MadeFile[] = [];
    for (const format of formats) files.push(await fileOf(name, format, kpi));
    return files;
  }
}

async function fileOf(name: string, format: ReportFormat, kpi: KpiAnswer): Promise<MadeFile> {
  const chunks: Uint8Array[] = [];
  let bytes = 0;
  await FORMATS[format].write({ title: `Report ${name}`, kpi }, async (chunk) => {
    const data = typeof chunk === "string" ? Buffer.from(chunk) : chunk;
    bytes += data.byteLength;
    if (bytes > REPORT_FILE_BYTES_MAX) throw new ReportTooLarge();
    chunks.push(data);
  });
  const content = Buffer.concat(chunks);
  const sha256 = createHash("sha256").update(content).digest("hex");
  const start = kpi.periods[0]?.name ?? "";
  return { format, fileName: `${name}.${start}.${format}`, sha256, content };
}

class ReportTooLarge extends Error {}

function reasonOf(error: unknown): string {
  if (error instanceof CloudError) return error.message;
  if (error instanceof ReportTooLarge)
    return `A file has more than ${REPORT_FILE_BYTES_MAX / 2 ** 20} MiB. Configure a report of one hospital, or of a shorter period.`;
  if (error instanceof DOMException && error.name === "TimeoutError")
    return `It took longer than ${REPORT_MS_MAX / 60_000} minutes.`;
  if (isPassingTrouble(error)) return "The database did not answer.";
  return "The service could not make it; its log says why.";
}

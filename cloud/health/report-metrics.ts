/** How the making of scheduled reports goes. Every label set is there from the start, at zero. */
import { Counter, Histogram, type Registry } from "prom-client";
import { REPORT_OUTCOMES, type ReportMeter } from "../reports/report-runner.ts";

const BUCKETS_S = [0.1, 0.5, 1, 5, 15, 60, 300, 600];

export function createReportMeter(registers: Registry[]): ReportMeter {
  const reports = new Counter({
    name: "hospitell_reports_total",
    help: "Attempts at a scheduled report: done, to be tried again, or given up",
    labelNames: ["outcome"],
    registers,
  });
  const seconds = new Histogram({
    name: "hospitell_report_seconds",
    help: "Time that an attempt at a scheduled report took",
    buckets: BUCKETS_S,
    registers,
  });
  for (const outcome of REPORT_OUTCOMES) reports.inc({ outcome }, 0);
  return {
    made(outcome, ms) {
      reports.inc({ outcome });
      seconds.observe(ms / 1_000);
    },
  };
}

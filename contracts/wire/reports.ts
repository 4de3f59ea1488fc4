/** Reports that are made by the schedule, and kept to be fetched. */
import * as z from "zod";
import { At } from "./board.ts";
import { REPORT_FORMATS } from "./exports.ts";
import { HospitalId } from "./ids.ts";

/** Waiting: for its turn, or to be tried again. Failed: it is not tried any more; `error` says why. */
export const REPORT_STATES = ["waiting", "running", "done", "failed"] as const;

export const ReportFile = z.object({
  format: z.enum(REPORT_FORMATS),
  fileName: z.string(),
  bytes: z.int().nonnegative(),
  sha256: z.string(),
});
export type ReportFile = z.infer<typeof ReportFile>;

export const ReportView = z.object({
  reportId: z.uuid(),
  /** As the configuration calls it. */
  name: z.string(),
  /** Null: of all hospitals. */
  hospitalId: HospitalId.nullable(),
  from: At,
  /** Exclusive. */
  to: At,
  timeZone: z.string(),
  /** When the schedule wanted it. */
  dueAt: At,
  state: z.enum(REPORT_STATES),
  attempts: z.int().nonnegative(),
  /** Of the last attempt: why there is no report, and what becomes of it. */
  error: z.string().nullable(),
  nextAttemptAt: At.nullable(),
  madeAt: At.nullable(),
  files: z.array(ReportFile),
});
export type ReportView = z.infer<typeof ReportView>;

/** Newest first: those that the caller may fetch. */
export const ReportList = z.object({ reports: z.array(ReportView), serverTime: At });
export type ReportList = z.infer<typeof ReportList>;

/** Where the cloud keeps what was measured, for how long, and what it reports of it. Keys and passwords come by environment alone. */
import * as z from "zod";
import { HospitalId } from "../contracts/wire/ids.ts";

const httpUrl = z
  .url({ protocol: /^https?$/ })
  .refine(
    (url) => new URL(url).username === "",
    "expected an address without a password: that comes by environment",
  );
const name = z.string().min(1).max(128);
const days = z.int().min(1).max(36_500);

/** Beside the database, which always holds roll-ups and, for as long as `retention` says, every reading. */
export const TimeSeries = z.strictObject({
  influxdb: z
    .discriminatedUnion("api", [
      z.strictObject({ api: z.literal("1"), url: httpUrl, database: name.default("hospitell") }),
      z.strictObject({
        api: z.literal("2"),
        url: httpUrl,
        org: name,
        bucket: name,
        /** The database name under which the server answers InfluxQL. Left out: it does not, and PostgreSQL is read. */
        queryDatabase: name.optional(),
        /** What the server keeps of a time; VictoriaMetrics keeps milliseconds. */
        timePrecision: z.enum(["ns", "ms"]).default("ns"),
      }),
    ])
    .optional(),
});
export type TimeSeries = z.infer<typeof TimeSeries>;
export type InfluxConfig = NonNullable<TimeSeries["influxdb"]>;

export const RETENTION_CLASSES = ["vitals", "environment", "bed-events"] as const;

/** A policy with a hospital counts there instead of one without. What no policy names is kept for ever. */
export const RetentionPolicy = z.strictObject({
  class: z.enum(RETENTION_CLASSES),
  hospital: HospitalId.optional(),
  /** Of single readings and bed events. */
  rawDays: days,
  /** Of the roll-ups by the minute and by the hour; left out: for ever. */
  minuteDays: days.optional(),
  hourDays: days.optional(),
  /** What becomes of raw data when its time is over. */
  afterwards: z.enum(["delete", "archive"]),
});
export type RetentionPolicy = z.infer<typeof RetentionPolicy>;

export const Archive = z.union([
  z.strictObject({ directory: z.string().min(1) }),
  z.strictObject({
    s3: z.strictObject({
      endpoint: httpUrl,
      region: name,
      bucket: name,
      prefix: z.string().max(256).default(""),
    }),
  }),
]);
export type Archive = z.infer<typeof Archive>;

const CRON_FIELDS = /^\S+( \S+){4}$/;

/** Made by the schedule and kept to be fetched. */
export const ReportSchedule = z.strictObject({
  name: z.string().regex(/^[a-z0-9-]{1,64}$/, "expected 1 to 64 of a-z, 0-9 and -"),
  /** Left out: of all hospitals. */
  hospital: HospitalId.optional(),
  cron: z.string().regex(CRON_FIELDS, "expected five fields: minute hour day month weekday"),
  timeZone: z.string().refine(isTimeZone, "expected a time zone like Europe/London"),
  period: z.enum(["yesterday", "last-week", "last-month"]),
  formats: z.array(z.enum(["pdf", "xlsx", "csv"])).min(1),
});
export type ReportSchedule = z.infer<typeof ReportSchedule>;

function isTimeZone(zone: string): boolean {
  try {
    new Intl.DateTimeFormat("en", { timeZone: zone });
    return true;
  } catch {
    return false;
  }
}

export const history = {
  timeSeries: TimeSeries.prefault({}),
  retention: z.array(RetentionPolicy).default([]),
  archive: Archive.optional(),
  reports: z.array(ReportSchedule).default([]),
};

type History = z.infer<z.ZodObject<typeof history>>;
type Finding = { readonly message: string; readonly path: (string | number)[] };

/** What fits each field but not the others. */
export function findingsIn(
  { retention, archive, reports }: History,
  hospitalIds: ReadonlySet<string>,
): Finding[] {
  const findings: Finding[] = [];
  for (const [index, policy] of retention.entries()) {
    const at = (field: string) => ["retention", index, field];
    if (policy.hospital !== undefined && !hospitalIds.has(policy.hospital))
      findings.push({ message: "hospital is not in hospitals", path: at("hospital") });
    if (policy.afterwards === "archive" && archive === undefined)
      findings.push({ message: "there is no archive: say where with archive", path: at("afterwards") });
    if ((policy.minuteDays ?? Number.POSITIVE_INFINITY) < policy.rawDays)
      findings.push({ message: "roll-ups by the minute must outlast readings", path: at("minuteDays") });
    if ((policy.hourDays ?? Number.POSITIVE_INFINITY) < (policy.minuteDays ?? policy.rawDays))
      findings.push({
        message: "roll-ups by the hour must outlast those by the minute",
        path: at("hourDays"),
      });
    const isSame = (other: RetentionPolicy) =>
      other.class === policy.class && other.hospital === policy.hospital;
    if (retention.findIndex(isSame) !== index)
      findings.push({ message: "a second policy for the same class and hospital", path: at("class") });
  }
  for (const [index, report] of reports.entries()) {
    if (report.hospital !== undefined && !hospitalIds.has(report.hospital))
      findings.push({ message: "hospital is not in hospitals", path: ["reports", index, "hospital"] });
    if (reports.findIndex((other) => other.name === report.name) !== index)
      findings.push({ message: "report name is used twice", path: ["reports", index, "name"] });
  }
  return findings;
}

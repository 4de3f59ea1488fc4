/**
 * Files made of what is stored: asked for, made in the background while their progress is told, fetched, and gone after
 * a while. Each kind of file is one member of `ExportRequest`.
 */
import * as z from "zod";
import { METRIC_NAMES } from "../metrics/catalogue.ts";
import { At } from "./board.ts";
import { EVERY_MS } from "./history.ts";
import { BedId, DeviceId, HospitalId, RoomId, WardId } from "./ids.ts";
import { KPI_BY } from "./kpi.ts";

/** Waiting: others are made before it. Failed and cancelled have no file. */
export const EXPORT_STATES = ["waiting", "running", "done", "failed", "cancelled"] as const;

/** A time with its zone, as people's clients send it; `2026-11-26T05:00:00Z` or with an offset such as +01:00. */
export const ZonedAt = z.iso.datetime({
  offset: true,
  error: "expected a time with its zone, such as 2026-11-26T05:00:00Z or 2026-11-26T06:00:00+01:00",
});

/** Which series: all that the caller may read of what is named. At least one of hospital and ward, room, bed, device. */
export const SeriesSelection = z.object({
  hospital: HospitalId.optional(),
  /** Only together with its hospital. */
  ward: WardId.optional(),
  room: RoomId.optional(),
  bed: BedId.optional(),
  device: DeviceId.optional(),
  /** All where left out. */
  metrics: z.array(z.enum(METRIC_NAMES)).min(1).optional(),
});
export type SeriesSelection = z.infer<typeof SeriesSelection>;

export const SeriesExportRequest = z.object({
  kind: z.literal("series"),
  format: z.enum(["csv", "parquet"]),
  selection: SeriesSelection,
  from: ZonedAt,
  /** Exclusive. */
  to: ZonedAt,
  everyMs: z
    .literal(EVERY_MS)
    .nullable()
    .describe("How wide a point is, in milliseconds; null: every single reading."),
});
export type SeriesExportRequest = z.infer<typeof SeriesExportRequest>;

export const REPORT_FORMATS = ["pdf", "xlsx", "csv"] as const;
export type ReportFormat = (typeof REPORT_FORMATS)[number];

/** What GET /api/v1/kpi answers, as a file. */
export const KpiExportRequest = z.object({
  kind: z.literal("kpi"),
  format: z.enum(REPORT_FORMATS),
  /** All that the caller may see where left out. */
  hospital: HospitalId.optional(),
  /** Only together with its hospital. */
  ward: WardId.optional(),
  from: ZonedAt,
  /** Exclusive. */
  to: ZonedAt,
  by: z.enum(KPI_BY),
  /** As the IANA database names it: whose midnights cut the range, and whose clocks the file shows. */
  timeZone: z.string().max(64),
});
export type KpiExportRequest = z.infer<typeof KpiExportRequest>;

export const ExportRequest = z.discriminatedUnion("kind", [SeriesExportRequest, KpiExportRequest]);
export type ExportRequest = z.infer<typeof ExportRequest>;

export const ExportAccepted = z.object({ exportId: z.uuid() });
export type ExportAccepted = z.infer<typeof ExportAccepted>;

export const ExportView = z.object({
  exportId: z.uuid(),
  request: ExportRequest,
  state: z.enum(EXPORT_STATES),
  doneRows: z.int().nonnegative(),
  /** An estimate until the export is done; null: nobody knows yet. */
  totalRows: z.int().nonnegative().nullable(),
  totalIsEstimate: z.boolean(),
  /** 0 to 100; 100 only once it is done. Null: nobody knows. */
  percent: z.number().min(0).max(100).nullable(),
  /** By the speed so far; null where nobody can say, and once it has ended. */
  secondsLeft: z.int().nonnegative().nullable(),
  fileName: z.string(),
  /** Of the file so far. */
  bytes: z.int().nonnegative(),
  /** Of the whole file, in hex; null until it is done. */
  sha256: z.string().nullable(),
  /** Why it failed, and what to do. */
  error: z.string().nullable(),
  /** What the file lacks of what was asked for; null: nothing is known to be missing. */
  note: z.string().nullable(),
  askedAt: At,
  /** Null until it has ended. */
  endedAt: At.nullable(),
  /** The file is deleted then; null until it has ended. */
  expiresAt: At.nullable(),
});
export type ExportView = z.infer<typeof ExportView>;

/** Newest first: those that the caller may fetch. */
export const ExportList = z.object({ exports: z.array(ExportView), serverTime: At });
export type ExportList = z.infer<typeof ExportList>;

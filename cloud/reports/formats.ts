/** The formats of a report. */
import type { ReportFormat } from "../../contracts/wire/exports.ts";
import type { Sink } from "../exports/table/table.ts";
import { writeKpiCsv } from "./kpi-csv.ts";
import { kpiPdf } from "./kpi-pdf.ts";
import type { KpiReport } from "./kpi-report.ts";
import { kpiXlsx } from "./kpi-xlsx.ts";

type Format = { readonly contentType: string; write(report: KpiReport, sink: Sink): Promise<void> };

/** A workbook and pages are made in memory: their rows are bounded by KPI_CELLS_MAX. */
export const FORMATS: Readonly<Record<ReportFormat, Format>> = {
  pdf: { contentType: "application/pdf", write: async (report, sink) => sink(await kpiPdf(report)) },
  xlsx: {
    contentType: "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
    write: async (report, sink) => sink(await kpiXlsx(report)),
  },
  csv: { contentType: "text/csv; charset=utf-8; header=present", write: writeKpiCsv },
};

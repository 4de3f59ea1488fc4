/** A report as a table for other programs: one row for each place and period, with what is not known, and why, in words. */
import { csvWriter } from "../exports/table/csv.ts";
import type { Column, ColumnType, Row, Sink } from "../exports/table/table.ts";
import { type KpiReport, REPORT_COLUMNS, type ReportColumn, type ReportRow, tablesOf } from "./kpi-report.ts";

const TYPES: Readonly<Record<ReportColumn["unit"], ColumnType>> = {
  minutes: "number",
  share: "number",
  count: "integer",
};

const COLUMNS: readonly Column[] = [
  { name: "hospital", type: "text" },
  { name: "hospital_name", type: "text" },
  { name: "ward", type: "text" },
  { name: "ward_name", type: "text" },
  { name: "period", type: "text" },
  { name: "from_utc", type: "time" },
  { name: "to_utc", type: "time" },
  { name: "time_zone", type: "text" },
  ...REPORT_COLUMNS.map(({ name, unit }) => ({ name, type: TYPES[unit] })),
  { name: "missing", type: "text" },
];

export async function writeKpiCsv(report: KpiReport, sink: Sink): Promise<void> {
  const { timeZone } = report.kpi;
  const table = csvWriter(COLUMNS, sink);
  for (const { rows } of tablesOf(report)) await table.write(rows.map((row) => cells(row, timeZone)));
  await table.finish();
}

function cells({ hospital, ward, period, figures }: ReportRow, timeZone: string): Row {
  return [
    hospital.id,
    hospital.name,
    ward?.id ?? null,
    ward?.name ?? null,
    period.name,
    Date.parse(period.from),
    Date.parse(period.to),
    timeZone,
    ...REPORT_COLUMNS.map((column) => column.value(figures)),
    Object.entries(figures.missing)
      .map(([name, why]) => `${name}: ${why}`)
      .join("; "),
  ];
}

/** A report as a workbook: a summary, a sheet for each hospital and ward, and what the figures mean. */
import writeExcelFile, { type Cell, type Row, type Sheet } from "write-excel-file/node";
import { DEFINITIONS, NOT_AN_ALARM } from "./definitions.ts";
import {
  type KpiReport,
  REPORT_COLUMNS,
  type ReportColumn,
  type ReportRow,
  type ReportTable,
  reasonOf,
  tablesOf,
} from "./kpi-report.ts";
import { SheetNames, sheetText } from "./sheet-names.ts";

const FORMATS: Readonly<Record<ReportColumn["unit"], string>> = {
  minutes: "#,##0.0",
  share: "0.0%",
  count: "#,##0",
};
/** Times are in UTC, as a cell of a workbook has no zone. */
const TIME_FORMAT = "yyyy-mm-dd hh:mm";
const FIGURE_WIDTH = 14;
const MISSING_COLOUR = "#666666";
const HEADER_COLOUR = "#E6E6E6";

type NodeSheet = Sheet<Buffer>;

const header = (text: string): Cell => ({
  value: text,
  fontWeight: "bold",
  wrap: true,
  backgroundColor: HEADER_COLOUR,
});
const time = (at: string): Cell => ({ value: new Date(at), type: Date, format: TIME_FORMAT });
const text = (value: string): Cell => ({ value: sheetText(value), type: String });

export async function kpiXlsx(report: KpiReport): Promise<Uint8Array> {
  const tables = tablesOf(report);
  const names = new SheetNames(["Summary", "Definitions"]);
  const sheets: NodeSheet[] = [
    summary(report, tables),
    ...tables.map((table) =>
      sheet(
        names.nameFor(table.ward?.name ?? table.hospital.name),
        [headings(["Period"]), ...table.rows.map(periodRow)],
        [12],
      ),
    ),
    {
      sheet: "Definitions",
      data: [[header("Figure"), header("What it means")], ...DEFINITIONS.map((row) => row.map(text))],
      columns: [{ width: 26 }, { width: 120 }],
      stickyRowsCount: 1,
    },
  ];
  return await writeExcelFile(sheets).toBuffer();
}

/** The whole range: one row for each hospital and ward. */
function summary({ title, kpi }: KpiReport, tables: readonly ReportTable[]): NodeSheet {
  const about: Row[] = [
    [{ value: sheetText(title), fontWeight: "bold" }],
    [text(NOT_AN_ALARM)],
    [text("From, UTC"), time(kpi.from)],
    [text("To, UTC"), time(kpi.to)],
    [text("Days, weeks and months of"), text(kpi.timeZone)],
    [text("Made, UTC"), time(kpi.serverTime)],
    [],
  ];
  const rows = tables.flatMap(({ hospital, ward, rows: of }) => {
    const whole = of.find(({ isWhole }) => isWhole);
    if (whole === undefined) return [];
    return [[text(hospital.name), text(ward?.name ?? "All wards"), ...times(whole), ...figures(whole)]];
  });
  const own = sheet("Summary", [headings(["Hospital", "Ward"]), ...rows], [26, 26]);
  return { ...own, data: [...about, ...own.data], stickyRowsCount: about.length + 1 };
}

function sheet(name: string, data: Row[], widths: readonly number[]): NodeSheet {
  const columns = [...widths, 16, 16, ...REPORT_COLUMNS.map(() => FIGURE_WIDTH)].map((width) => ({ width }));
  return { sheet: name, data, columns, stickyRowsCount: 1, orientation: "landscape" };
}

const headings = (first: readonly string[]): Row =>
  [...first, "From, UTC", "To, UTC", ...REPORT_COLUMNS.map(({ title }) => title)].map(header);

const periodRow = (row: ReportRow): Row => [text(row.period.name), ...times(row), ...figures(row)];
const times = ({ period }: ReportRow): Cell[] => [time(period.from), time(period.to)];

function figures({ figures: of }: ReportRow): Cell[] {
  return REPORT_COLUMNS.map((column): Cell => {
    const value = column.value(of);
    if (value === null) return { value: reasonOf(column, of), type: String, textColor: MISSING_COLOUR };
    return { value, type: Number, format: FORMATS[column.unit] };
  });
}

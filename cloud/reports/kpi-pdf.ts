/** A report to read and to print: A4 across, a table for each hospital and ward, and what the figures mean. */
import PDFDocument from "pdfkit";
import type { KpiBy, KpiFigureName, KpiFigures, KpiMissing } from "../../contracts/wire/kpi.ts";
import { CloudError } from "../http/problem.ts";
import { DEFINITIONS, NOT_AN_ALARM } from "./definitions.ts";
import { type KpiReport, type ReportRow, type ReportTable, tablesOf } from "./kpi-report.ts";
import { localTime } from "./local-time.ts";
import { type PdfColumn, PdfPages } from "./pdf-pages.ts";

const MINUTE_MS = 60_000;
const HOUR_MS = 3_600_000;

/** Where there is no room for the whole reason. */
const SHORT: Readonly<Record<KpiMissing, string>> = {
  "not-yet": "not yet",
  "not-kept": "not kept",
  "not-in-service": "no bed",
  "occupancy-unknown": "unknown",
  "readiness-unknown": "unknown",
  "assignment-unknown": "unknown",
  "state-unknown": "unknown",
  "none-finished": "none",
};

/** Some fifty pages. Who wants more wants a table to work with. */
const ROWS_MAX = 2_000;

function requireRoom(tables: readonly ReportTable[]): void {
  const rows = tables.reduce((sum, table) => sum + table.rows.length, 0);
  if (rows > ROWS_MAX)
    throw new CloudError(
      "RANGE_TOO_LONG",
      `It would have ${rows} rows on paper; at most ${ROWS_MAX} are possible. Choose longer periods, one ward, or xlsx or csv.`,
    );
}

const PERIOD_TITLES: Readonly<Record<KpiBy, string>> = {
  day: "Day",
  week: "Week from",
  month: "Month from",
  whole: "Range",
};

type Words = (figures: KpiFigures) => string;

const because = ({ missing }: KpiFigures, name: KpiFigureName): string =>
  SHORT[missing[name] ?? "state-unknown"];

function words(
  name: KpiFigureName,
  value: number | null,
  figures: KpiFigures,
  show: (value: number) => string,
) {
  return value === null ? because(figures, name) : show(value);
}

const hours = (name: "unknownMs" | "staleMs" | "conflictMs" | "availableMs" | "blockedMs"): Words => {
  return (figures) => words(name, figures[name], figures, (ms) => (ms / HOUR_MS).toFixed(1));
};
const count = (name: "stays" | "turnovers"): Words => {
  return (figures) => words(name, figures[name], figures, String);
};
const minutes = (name: "exitToClean" | "cleaning", part: "medianMs" | "p90Ms" | "longestMs"): Words => {
  return (figures) => words(name, figures[name][part], figures, (ms) => (ms / MINUTE_MS).toFixed(0));
};
const percent: Words = (figures) =>
  words("occupiedShare", figures.occupiedShare, figures, (share) => `${(share * 100).toFixed(1)} %`);

const FIGURES: readonly PdfColumn<KpiFigures>[] = [
  { title: "Beds", width: 34, text: ({ beds }) => String(beds) },
  { title: "Occupied", width: 80, text: percent, bar: ({ occupiedShare }) => occupiedShare },
  { title: "Not known, h", width: 44, text: hours("unknownMs") },
  { title: "Silent, h", width: 44, text: hours("staleMs") },
  { title: "Conflict, h", width: 44, text: hours("conflictMs") },
  { title: "Available, h", width: 44, text: hours("availableMs") },
  { title: "Blocked, h", width: 44, text: hours("blockedMs") },
  { title: "Stays", width: 36, text: count("stays") },
  { title: "Turn-\novers", width: 36, text: count("turnovers") },
  { title: "Exit to clean median, min", width: 52, text: minutes("exitToClean", "medianMs") },
  { title: "Exit to clean 90 %, min", width: 52, text: minutes("exitToClean", "p90Ms") },
  { title: "Exit to clean longest, min", width: 52, text: minutes("exitToClean", "longestMs") },
  { title: "Not clean at the end", width: 44, text: ({ exitToClean }) => String(exitToClean.open) },
  { title: "Cleaning median, min", width: 48, text: minutes("cleaning", "medianMs") },
];

export async function kpiPdf(report: KpiReport): Promise<Uint8Array> {
  const { title, kpi } = report;
  const tables = tablesOf(report);
  requireRoom(tables);
  const document = new PDFDocument({
    size: "A4",
    layout: "landscape",
    margin: 36,
    // Page numbers need to know how many there are.
    bufferPages: true,
    info: {
      Title: title,
      Producer: "Hospitell",
      Creator: "Hospitell",
      CreationDate: new Date(kpi.serverTime),
    },
  });
  const chunks: Uint8Array[] = [];
  const ended = new Promise<void>((resolve, reject) => {
    document.on("data", (chunk: Uint8Array) => chunks.push(chunk));
    document.on("end", resolve);
    document.on("error", reject);
  });
  const zone = kpi.timeZone;
  const local = (at: string) => localTime(Date.parse(at), zone);
  const pages = new PdfPages(document);
  pages.title(title);
  pages.line(`${local(kpi.from)} to ${local(kpi.to)} (exclusive), time zone ${zone}`);
  pages.line(`Made ${local(kpi.serverTime)}. ${NOT_AN_ALARM}`);
  if (Date.parse(kpi.to) > Date.parse(kpi.serverTime))
    pages.line("The range was not over when this was made: its figures are those up to then.");
  await pages.table("Whole range", placeColumns(), tables.flatMap(wholeRow));
  if (kpi.by !== "whole")
    for (const table of tables) await pages.table(placeName(table), periodColumns(kpi.by), table.rows);
  pages.definitions("What the figures mean", DEFINITIONS);
  pages.finish(`${title} · made ${local(kpi.serverTime)} · ${NOT_AN_ALARM}`);
  document.end();
  await ended;
  return Buffer.concat(chunks);
}

const placeName = ({ hospital, ward }: Pick<ReportRow, "hospital" | "ward">) =>
  ward === null ? `${hospital.name}, all wards` : `${hospital.name}, ${ward.name}`;

/** Below its hospital a ward needs no more than its own name. */
const inList = (row: ReportRow) => (row.ward === null ? placeName(row) : `   ${row.ward.name}`);

const wholeRow = ({ rows }: ReportTable): ReportRow[] => rows.filter(({ isWhole }) => isWhole);

const figureColumns = FIGURES.map(
  ({ text, bar, ...column }): PdfColumn<ReportRow> => ({
    ...column,
    text: ({ figures }) => text(figures),
    ...(bar === undefined ? {} : { bar: ({ figures }: ReportRow) => bar(figures) }),
  }),
);
const placeColumns = (): PdfColumn<ReportRow>[] => [
  { title: "Hospital, its wards", width: 124, text: inList, isLeft: true },
  ...figureColumns,
];
const periodColumns = (by: KpiBy): PdfColumn<ReportRow>[] => [
  {
    title: PERIOD_TITLES[by],
    width: 124,
    text: ({ period }) => (period.name === "whole" ? "Whole range" : period.name),
    isLeft: true,
  },
  ...figureColumns,
];

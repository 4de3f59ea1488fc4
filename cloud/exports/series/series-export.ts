/** Series as a file: every single reading, or points of any width, of all that the asker may read of a place. */
import { SeriesExportRequest as Schema, type SeriesExportRequest } from "../../../contracts/wire/exports.ts";
import type { PersonCaller } from "../../access/scope.ts";
import type { Clock } from "../../clock.ts";
import type { Database } from "../../database/schema.ts";
import type { SeriesDirectory } from "../../history/directory.ts";
import { pointsPlan } from "../../history/plan.ts";
import { checkRange, resolutionName } from "../../history/read-query.ts";
import type { RoutedReader } from "../../history/routed-reader.ts";
import type { Series } from "../../history/series-store.ts";
import { CloudError } from "../../http/problem.ts";
import { type AnyExportKind, type ExportJob, exportKind } from "../export-kind.ts";
import { csvWriter } from "../table/csv.ts";
import { parquetWriter } from "../table/parquet.ts";
import type { Column, TableWriter } from "../table/table.ts";
import { rawReadings } from "./raw-readings.ts";
import { POINT_COLUMNS, pointRows, READING_COLUMNS, readingRow } from "./series-columns.ts";
import { journalNames, unitsOf } from "./series-names.ts";

/** All that a large hospital's ward says, and more. */
const SERIES_PER_EXPORT_MAX = 2_000;
/** The points by which readings are counted begin before the range and end after it: two of a thousand, of each series. */
const UNSURE_OF = 0.01;
/** Read at once, each with so many points: what an answer on a screen has, too. */
const SERIES_PER_READ = 20;
const POINTS_PER_READ = 1_000;

export type SeriesExportDeps = {
  readonly db: Database;
  readonly directory: SeriesDirectory;
  readonly reader: RoutedReader;
  readonly clock: Clock;
};

const FORMATS = {
  csv: { contentType: "text/csv; charset=utf-8; header=present", writer: csvWriter },
  parquet: { contentType: "application/vnd.apache.parquet", writer: parquetWriter },
} as const;

type Wanted = { readonly series: readonly Series[]; readonly fromMs: number; readonly toMs: number };

export function seriesExport(deps: SeriesExportDeps): AnyExportKind {
  return exportKind({
    name: "series",
    request: Schema,
    async prepare(request, asker) {
      const { series, fromMs, toMs } = await wantedOf(deps, request, asker);
      const { everyMs } = request;
      return {
        fileName: fileNameOf(request),
        contentType: FORMATS[request.format].contentType,
        rowsEstimate: everyMs === null ? null : series.length * Math.ceil((toMs - fromMs) / everyMs),
      };
    },
    async run(request, asker, job) {
      const wanted = await wantedOf(deps, request, asker);
      const open = (columns: readonly Column[]) => FORMATS[request.format].writer(columns, job.write);
      if (request.everyMs === null) await writeReadings(deps, wanted, open(READING_COLUMNS), job);
      else await writePoints(deps, wanted, request.everyMs, open(POINT_COLUMNS), job);
    },
  });
}

async function wantedOf(
  { directory, clock }: SeriesExportDeps,
  { selection: { metrics, ...place }, from, to }: SeriesExportRequest,
  asker: PersonCaller,
): Promise<Wanted> {
  const range = { fromMs: Date.parse(from), toMs: Date.parse(to) };
  checkRange(range, clock.nowMs());
  const series = await directory.find(asker, place, metrics ?? null);
  if (series.length > SERIES_PER_EXPORT_MAX)
    throw new CloudError(
      "SERIES_TOO_MANY",
      `${series.length} series are meant; an export takes ${SERIES_PER_EXPORT_MAX}.`,
    );
  return { series, ...range };
}

function fileNameOf({ selection, from, to, everyMs, format }: SeriesExportRequest): string {
  const { bed, room, ward, device } = selection;
  const place = bed ?? room ?? ward ?? device ?? "series";
  const times = [from, to].map((time) => new Date(time).toISOString().slice(0, 19).replace(/[-:]/g, ""));
  return `${[place, ...times, resolutionName(everyMs)].join(".")}.${format}`;
}

async function writeReadings(
  { db, reader }: SeriesExportDeps,
  { series, fromMs, toMs }: Wanted,
  table: TableWriter,
  job: ExportJob,
): Promise<void> {
  const places = await unitsOf(db, series);
  const journals = await journalNames(db, series);
  let done = 0;
  const known = await countReadings(reader, { series, fromMs, toMs }, job.signal);
  job.progress(done, known);
  for await (const page of rawReadings(db, [...places.keys()], { fromMs, toMs }, job.signal)) {
    await table.write(
      page.flatMap((reading) => {
        const place = places.get(reading.seriesId);
        return place === undefined
          ? []
          : [readingRow(reading, place, journals.get(reading.journalId) ?? null)];
      }),
    );
    done += page.length;
    job.progress(done);
  }
  await table.finish();
  if (known - done > known * UNSURE_OF)
    job.note(
      `About ${known} readings were taken in this range, and ${done} of them are kept one by one. The others are in the points of a minute or wider, and where there is an archive, in it.`,
    );
}

async function writePoints(
  { reader }: SeriesExportDeps,
  { series, fromMs, toMs }: Wanted,
  everyMs: number,
  table: TableWriter,
  { signal, progress }: ExportJob,
): Promise<void> {
  let done = 0;
  const endMs = Math.ceil(toMs / everyMs) * everyMs;
  for (let startMs = Math.floor(fromMs / everyMs) * everyMs; startMs < endMs; ) {
    const window = { fromMs: startMs, toMs: Math.min(startMs + POINTS_PER_READ * everyMs, endMs), everyMs };
    for (const some of groupsOf(series)) {
      signal.throwIfAborted();
      const { points } = await reader.read(some, { ...window, pointsMax: POINTS_PER_READ }, signal);
      const rows = some.flatMap((key, place) => {
        const found = points[place];
        return found === undefined ? [] : pointRows(key, everyMs, found);
      });
      await table.write(rows);
      done += rows.length;
      progress(done);
    }
    startMs = window.toMs;
  }
  await table.finish();
}

/** By the counts of wide points: an estimate. */
async function countReadings(
  reader: RoutedReader,
  { series, fromMs, toMs }: Wanted,
  signal: AbortSignal,
): Promise<number> {
  let count = 0;
  for (const some of groupsOf(series)) {
    const plan = pointsPlan({
      fromMs,
      toMs,
      points: POINTS_PER_READ,
      seriesCount: some.length,
      everyMs: "auto",
      intervalMs: 1,
    });
    if (plan.kind === "too-long")
      throw new Error("the longest range does not fit into the points of one read");
    const { points } = await reader.read(some, plan, signal);
    for (const each of points)
      for (const [place, good] of each.count.entries()) count += good + (each.bad[place] ?? 0);
  }
  return count;
}

function groupsOf(series: readonly Series[]): Series[][] {
  const groups: Series[][] = [];
  for (let start = 0; start < series.length; start += SERIES_PER_READ)
    groups.push(series.slice(start, start + SERIES_PER_READ));
  return groups;
}

import { momentWords } from "../../../contracts/ui/clock-words.ts";
import type { SeriesSelection } from "../../../contracts/wire/exports.ts";
import { ExportPanel } from "./ExportPanel.tsx";

/**
 * Series as a file, for a bed's or a ward's page: every single reading, or one row a minute. `selection` names a bed,
 * a room, a ward with its hospital, or a device, as contracts/wire/exports.ts says; of it the file has what the reader
 * may read. `toMs` is exclusive. Needs a QueryClientProvider around it.
 *
 *   <SeriesExport selection={{ bed: bed.bedId }} fromMs={bounds.fromMs} toMs={bounds.toMs} nowMs={nowMs} />
 */
export function SeriesExport({
  selection,
  fromMs,
  toMs,
  nowMs,
}: {
  readonly selection: SeriesSelection;
  readonly fromMs: number;
  readonly toMs: number;
  readonly nowMs: number;
}) {
  // What has not happened yet is in no file.
  const endMs = Math.min(toMs, nowMs);
  const request = { kind: "series", selection, from: isoOf(fromMs), to: isoOf(endMs) } as const;
  return (
    <ExportPanel
      title="Readings as a file"
      note={`What you may read of ${momentWords(fromMs, nowMs)} to ${momentWords(endMs, nowMs)}, with quality and times. Parquet is for programs.`}
      choices={[
        { words: "CSV, every reading", request: { ...request, format: "csv", everyMs: null } },
        { words: "CSV, by the minute", request: { ...request, format: "csv", everyMs: 60_000 } },
        { words: "Parquet, every reading", request: { ...request, format: "parquet", everyMs: null } },
      ]}
    />
  );
}

const isoOf = (atMs: number) => new Date(atMs).toISOString();

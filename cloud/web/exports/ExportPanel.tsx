import { useId } from "react";
import type { ExportRequest } from "../../../contracts/wire/exports.ts";
import { ExportProgress } from "./ExportProgress.tsx";
import { useExports } from "./use-exports.ts";
import "./exports.css";

export type ExportChoice = {
  /** On its button, and what its file is called while it is made: "CSV", "PDF". */
  readonly words: string;
  readonly request: ExportRequest;
};

/**
 * Buttons that each start an export job, and under them how far every job of this page is: rows, percent, time left,
 * cancel, try again, download, or why it failed. Needs a QueryClientProvider around it; the jobs go on in the service
 * when the page is left, but are no longer listed here.
 */
export function ExportPanel({
  title = "Export",
  note,
  choices,
}: {
  readonly title?: string;
  /** What will be in the file: "Every reading of 24 Nov 01:00 to 09:00 that you may read". */
  readonly note: string;
  readonly choices: readonly ExportChoice[];
}) {
  const exports = useExports();
  const titleId = useId();
  return (
    <section className="exports" aria-labelledby={titleId}>
      <h3 id={titleId}>{title}</h3>
      <p className="quiet">{note}</p>
      <p className="export-actions">
        {choices.map(({ words, request }) => (
          <button key={words} type="button" className="control" onClick={() => exports.ask(words, request)}>
            {words}
          </button>
        ))}
      </p>
      {exports.asked.length === 0 ? null : (
        <ul className="export-list" aria-label="Exports asked for here">
          {exports.asked.map((asked) => (
            <ExportProgress key={asked.key} asked={asked} exports={exports} />
          ))}
        </ul>
      )}
    </section>
  );
}

/** How far an export is, in words. Pure. */
import { durationWords } from "../../../contracts/ui/age-words.ts";
import type { ExportView } from "../../../contracts/wire/exports.ts";

const counted = new Intl.NumberFormat("en-GB");

export function progressWords(view: ExportView): string {
  const { state, doneRows, totalRows, totalIsEstimate, percent, secondsLeft, bytes } = view;
  switch (state) {
    case "waiting":
      return "Waiting: others are made before it.";
    case "running": {
      const of =
        totalRows === null ? "" : ` of ${totalIsEstimate ? "about " : ""}${counted.format(totalRows)}`;
      return [
        `${counted.format(doneRows)}${of} rows`,
        ...(percent === null ? [] : [`${Math.floor(percent)} %`]),
        secondsLeft === null ? "time left not known" : `about ${durationWords(secondsLeft * 1_000)} left`,
      ].join(" · ");
    }
    case "done":
      return `${counted.format(doneRows)} rows · ${bytesWords(bytes)}`;
    case "failed":
      return `Failed. ${view.error ?? "The service gave no reason."}`;
    case "cancelled":
      return "Cancelled. No file was kept.";
  }
}

export function bytesWords(bytes: number): string {
  if (bytes < 1_000) return `${bytes} B`;
  if (bytes < 1_000_000) return `${(bytes / 1_000).toFixed(0)} kB`;
  return `${(bytes / 1_000_000).toFixed(1)} MB`;
}

export function hasEnded({ state }: Pick<ExportView, "state">): boolean {
  return state === "done" || state === "failed" || state === "cancelled";
}

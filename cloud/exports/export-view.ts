/** An export as its asker sees it, with how far it is. Pure. */
import { ExportRequest, type ExportView } from "../../contracts/wire/exports.ts";
import { rfc3339, rfc3339OrNull } from "../registry/bed-view.ts";
import type { StoredExport } from "./repository.ts";

export function exportView(stored: StoredExport, nowMs: number): ExportView {
  const {
    exportId,
    state,
    doneRows,
    bytes,
    sha256,
    error,
    note,
    fileName,
    askedAtMs,
    endedAtMs,
    expiresAtMs,
  } = stored;
  const totalRows = state === "done" ? doneRows : stored.totalRows;
  return {
    exportId,
    request: ExportRequest.parse(stored.request),
    state,
    doneRows,
    totalRows,
    totalIsEstimate: state !== "done",
    percent: percentOf(stored),
    secondsLeft: secondsLeftOf(stored, nowMs),
    fileName,
    bytes,
    sha256,
    error,
    note,
    askedAt: rfc3339(askedAtMs),
    endedAt: rfc3339OrNull(endedAtMs),
    expiresAt: rfc3339OrNull(expiresAtMs),
  };
}

type Facts = Pick<StoredExport, "state" | "doneRows" | "totalRows" | "startedAtMs">;

/** The total is an estimate: what outgrows it is not done before it is. */
function percentOf({ state, doneRows, totalRows, startedAtMs }: Facts): number | null {
  if (state === "done") return 100;
  if (startedAtMs === null) return 0;
  if (totalRows === null) return null;
  return Math.min(99, Math.floor((100 * doneRows) / Math.max(totalRows, 1)));
}

function secondsLeftOf({ state, doneRows, totalRows, startedAtMs }: Facts, nowMs: number): number | null {
  if (state !== "running" || totalRows === null || startedAtMs === null || doneRows === 0) return null;
  const msARow = Math.max(nowMs - startedAtMs, 0) / doneRows;
  return Math.ceil((Math.max(totalRows - doneRows, 0) * msARow) / 1_000);
}

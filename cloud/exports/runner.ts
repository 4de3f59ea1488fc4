/**
 * Makes exports, one at a time, in the order in which they were asked for:
 *
 *   waiting ─▶ running ─▶ done | failed      cancelled from either; after a restart what was running waits again
 *
 * An export that ended is deleted with its file when its time is over.
 */
import type { Logger } from "pino";
import type { PersonCaller } from "../access/scope.ts";
import type { Clock } from "../clock.ts";
import { isPassingTrouble } from "../database/trouble.ts";
import { CloudError } from "../http/problem.ts";
import { waited } from "../live/every.ts";
import { errorCode } from "../start-error.ts";
import { type ExportFiles, FileTooLarge, type OpenExportFile } from "./export-files.ts";
import type { AnyExportKind } from "./export-kind.ts";
import {
  EXPORT_ATTEMPTS_MAX,
  EXPORT_BYTES_IN_ALL_MAX,
  EXPORT_LASTS_MS,
  PROGRESS_EVERY_MS,
} from "./limits.ts";
import type { Ending, ExportRepository, Progress, StoredExport } from "./repository.ts";

/** Without being woken: for what expires, and for a database that was away. */
const LOOK_EVERY_MS = 10_000;

export const EXPORT_OUTCOMES = ["done", "failed", "cancelled", "begun-anew"] as const;
export type ExportMeter = { ended(outcome: (typeof EXPORT_OUTCOMES)[number]): void };

export type ExportRunnerDeps = {
  readonly repository: ExportRepository;
  readonly files: ExportFiles;
  readonly kinds: ReadonlyMap<string, AnyExportKind>;
  readonly clock: Clock;
  readonly log: Logger;
  readonly meter: ExportMeter;
};

export class ExportRunner {
  readonly #deps: ExportRunnerDeps;
  #running: { readonly exportId: string; readonly cancel: AbortController } | null = null;
  #wake = new AbortController();

  constructor(deps: ExportRunnerDeps) {
    this.#deps = deps;
  }

  /** There is something to do. */
  wake(): void {
    this.#wake.abort();
  }

  /** Of one that is being made here; its `run` ends soon after. */
  cancel(exportId: string): void {
    if (this.#running?.exportId === exportId) this.#running.cancel.abort();
  }

  /** Until the signal; rejects only by a bug. What is being made then is begun anew after the next start. */
  async run(signal: AbortSignal): Promise<void> {
    const { repository, files, log } = this.#deps;
    let isFresh = true;
    while (!signal.aborted) {
      this.#wake = new AbortController();
      try {
        if (isFresh) {
          await files.removeUnfinished();
          await repository.beginAnew();
          isFresh = false;
        }
        await this.#sweep();
        if (await this.#makeNext(signal)) continue;
      } catch (error) {
        if (!isPassingTrouble(error)) throw error;
        log.warn({ err: error }, "exports wait for the database");
      }
      const enough = AbortSignal.any([signal, this.#wake.signal]);
      if (!enough.aborted) await waited(LOOK_EVERY_MS, enough);
    }
  }

  async #sweep(): Promise<void> {
    const { repository, files, clock } = this.#deps;
    const overdue = await repository.overdue(clock.nowMs(), EXPORT_BYTES_IN_ALL_MAX);
    // The file first: a row without a file can be removed later, a file without a row is never found again.
    for (const exportId of overdue) await files.remove(exportId);
    await repository.remove(overdue);
  }

  /** False: nothing waits. */
  async #makeNext(signal: AbortSignal): Promise<boolean> {
    const { repository, clock, log, meter } = this.#deps;
    const claimed = await repository.claim(clock.nowMs());
    if (claimed === undefined) return false;
    const cancel = new AbortController();
    this.#running = { exportId: claimed.exportId, cancel };
    try {
      const ending = await this.#make(claimed, AbortSignal.any([signal, cancel.signal]), cancel.signal);
      meter.ended(ending?.state ?? "begun-anew");
      if (ending === null) await repository.beginAnew(claimed.exportId);
      else {
        const endedAtMs = clock.nowMs();
        await repository.end(claimed.exportId, ending, {
          endedAtMs,
          expiresAtMs: endedAtMs + EXPORT_LASTS_MS,
        });
      }
      log.info(
        { exportId: claimed.exportId, kind: claimed.kind, state: ending?.state ?? "waiting" },
        "an export ended",
      );
      return true;
    } finally {
      this.#running = null;
    }
  }

  /** Null: it is to be begun anew. */
  async #make(claimed: StoredExport, stop: AbortSignal, cancelled: AbortSignal): Promise<Ending | null> {
    const { kinds, files, log } = this.#deps;
    if (claimed.attempts > EXPORT_ATTEMPTS_MAX)
      return failed(
        `It was begun ${EXPORT_ATTEMPTS_MAX} times, and the service stopped each time. Ask for less.`,
      );
    const kind = kinds.get(claimed.kind);
    if (kind === undefined) return failed("This version of the service does not know this kind of export.");
    const file = await files.create(claimed.exportId);
    try {
      const written = await this.#write(claimed, kind, file, stop);
      return { state: "done", sha256: await file.finish(), ...written };
    } catch (error) {
      await file.discard();
      if (cancelled.aborted) return { state: "cancelled" };
      if (stop.aborted) return null;
      if (isPassingTrouble(error) && claimed.attempts < EXPORT_ATTEMPTS_MAX) {
        log.warn({ err: error, exportId: claimed.exportId }, "an export is begun anew");
        return null;
      }
      log.error({ err: error, exportId: claimed.exportId, kind: claimed.kind }, "an export failed");
      return failed(reasonOf(error));
    }
  }

  async #write(
    { exportId, request, totalRows, ...claimed }: StoredExport,
    kind: AnyExportKind,
    file: OpenExportFile,
    signal: AbortSignal,
  ): Promise<Progress & { readonly note: string | null }> {
    const { repository, clock } = this.#deps;
    const progress = { doneRows: 0, totalRows };
    let note: string | null = null;
    const cancel = () => this.cancel(exportId);
    let savedAtMs = clock.nowMs();
    await kind.run(request, askerOf(claimed), {
      signal,
      progress(doneRows, total) {
        progress.doneRows = doneRows;
        if (total !== undefined) progress.totalRows = total;
      },
      note(text) {
        note = text;
      },
      async write(chunk) {
        signal.throwIfAborted();
        await file.write(chunk);
        if (clock.nowMs() - savedAtMs < PROGRESS_EVERY_MS) return;
        savedAtMs = clock.nowMs();
        if (!(await repository.progress(exportId, { ...progress, bytes: file.bytes }))) cancel();
      },
    });
    signal.throwIfAborted();
    return { ...progress, bytes: file.bytes, note };
  }
}

const failed = (error: string) => ({ state: "failed", error }) as const;

const askerOf = ({
  role,
  hospitalId,
  sessionSha256,
}: Pick<StoredExport, "role" | "hospitalId" | "sessionSha256">): PersonCaller => ({
  kind: "person",
  role,
  hospitalId,
  sessionSha256,
});

function reasonOf(error: unknown): string {
  if (error instanceof CloudError) return error.message;
  if (error instanceof FileTooLarge)
    return "The file became too large. Ask for a shorter range or fewer metrics.";
  if (["ENOSPC", "EDQUOT"].includes(errorCode(error) ?? ""))
    return "The service's disk is full. Tell whoever runs it; then ask for the export again.";
  if (isPassingTrouble(error)) return "The database did not answer. Ask for the export again.";
  return "The service could not make it; its log says why. Ask for the export again, or report its id.";
}

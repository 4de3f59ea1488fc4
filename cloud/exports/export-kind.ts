/**
 * What can be exported. Everything about waiting, progress, cancelling, files, restarts and access is the runner's
 * (runner.ts); a kind says what goes into the file. To add one:
 *
 *   1. its request, with `kind: z.literal("…")` and `format`, in contracts/wire; add it to ExportRequest in
 *      contracts/wire/exports.ts
 *   2. `exportKind({ name, request, prepare, run })` in its own feature folder
 *   3. hand it to the list of kinds in cloud/history/history.ts (createHistory's `exportKinds`)
 *
 * In a browser: POST /api/v1/exports with the request and an Idempotency-Key, poll GET /api/v1/exports/:exportId until
 * its state is done, then follow GET /api/v1/exports/:exportId/file.
 */
import type * as z from "zod";
import type { PersonCaller } from "../access/scope.ts";

export type PreparedExport = {
  /** With its ending; plain ASCII of letters, digits, dots and hyphens, as it goes into a header. */
  readonly fileName: string;
  readonly contentType: string;
  /** Null: it would cost too much to find out. */
  readonly rowsEstimate: number | null;
};

export type ExportJob = {
  /** Aborted when the export is cancelled or the service stops; `run` then rejects as soon as it can. */
  readonly signal: AbortSignal;
  /** As often as is convenient; `totalRows` where the estimate has become better. */
  progress(doneRows: number, totalRows?: number): void;
  /** What the file lacks, in a sentence for whoever fetches it. */
  note(text: string): void;
  /** Appends to the file. Await it: it is slow when the disk is, which keeps memory bounded. */
  write(chunk: Uint8Array | string): Promise<void>;
};

export type ExportKind<Request> = {
  readonly name: string;
  readonly request: z.ZodType<Request>;
  /** Before the export is accepted. Throws a CloudError for what the caller may not have or what is too much. */
  prepare(request: Request, asker: PersonCaller): Promise<PreparedExport>;
  /**
   * Writes the whole file, only of what the asker may read. It may be run again from the start, after a restart. What it
   * throws as a CloudError is told to the asker; anything else only that it failed.
   */
  run(request: Request, asker: PersonCaller, job: ExportJob): Promise<void>;
};

/** A kind whose request is not parsed yet: as the runner finds it in the database. */
export type AnyExportKind = {
  readonly name: string;
  prepare(request: unknown, asker: PersonCaller): Promise<PreparedExport>;
  run(request: unknown, asker: PersonCaller, job: ExportJob): Promise<void>;
};

export function exportKind<Request>({
  name,
  request: schema,
  prepare,
  run,
}: ExportKind<Request>): AnyExportKind {
  return {
    name,
    prepare: async (request, asker) => prepare(schema.parse(request), asker),
    run: async (request, asker, job) => run(schema.parse(request), asker, job),
  };
}

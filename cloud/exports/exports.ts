/** What is done with exports: asked for, looked at, cancelled. The runner makes them. */
import { createHash } from "node:crypto";
import type { ReadStream } from "node:fs";
import type { ExportAccepted, ExportList, ExportRequest, ExportView } from "../../contracts/wire/exports.ts";
import type { PersonCaller } from "../access/scope.ts";
import type { Clock, Randomness } from "../clock.ts";
import { CloudError } from "../http/problem.ts";
import { rfc3339 } from "../registry/bed-view.ts";
import type { ExportFiles } from "./export-files.ts";
import type { AnyExportKind } from "./export-kind.ts";
import { exportView } from "./export-view.ts";
import { EXPORT_LASTS_MS, EXPORTS_WAITING_MAX, EXPORTS_WAITING_OF_ONE_MAX } from "./limits.ts";
import type { ExportRepository, StoredExport } from "./repository.ts";
import type { ExportRunner } from "./runner.ts";

export type ExportsDeps = {
  readonly repository: ExportRepository;
  readonly files: ExportFiles;
  readonly runner: ExportRunner;
  readonly kinds: ReadonlyMap<string, AnyExportKind>;
  readonly clock: Clock;
  readonly randomness: Randomness;
};

export type ExportFile = {
  readonly stored: StoredExport & { readonly sha256: string };
  readonly content: ReadStream;
};

export class Exports {
  readonly #deps: ExportsDeps;

  constructor(deps: ExportsDeps) {
    this.#deps = deps;
  }

  async ask(
    asker: PersonCaller,
    request: ExportRequest,
    idempotencyKey: string | null,
  ): Promise<ExportAccepted> {
    const { repository, kinds, clock, randomness, runner } = this.#deps;
    const requestSha256 = createHash("sha256").update(JSON.stringify(request)).digest("hex");
    const known = await this.#askedBefore(asker, idempotencyKey, requestSha256);
    if (known !== null) return known;
    const kind = kinds.get(request.kind);
    if (kind === undefined) throw new Error(`no kind of export makes ${request.kind}`);
    const { fileName, contentType, rowsEstimate } = await kind.prepare(request, asker);
    await this.#requireRoom(asker);
    const exportId = uuidOf(randomness.bytes(16));
    const isNew = await repository.insert({
      exportId,
      kind: request.kind,
      request,
      requestSha256,
      fileName,
      contentType,
      totalRows: rowsEstimate,
      askedAtMs: clock.nowMs(),
      asker,
      idempotencyKey,
    });
    runner.wake();
    if (isNew) return { exportId };
    // The same key came twice at the same moment.
    const first = await this.#askedBefore(asker, idempotencyKey, requestSha256);
    if (first === null) throw new Error("an export was neither stored nor there");
    return first;
  }

  async list(asker: PersonCaller): Promise<ExportList> {
    const { repository, clock } = this.#deps;
    const stored = await repository.list(asker);
    const nowMs = clock.nowMs();
    return { exports: stored.map((each) => exportView(each, nowMs)), serverTime: rfc3339(nowMs) };
  }

  async view(asker: PersonCaller, exportId: string): Promise<ExportView> {
    return exportView(await this.#require(asker, exportId), this.#deps.clock.nowMs());
  }

  async file(asker: PersonCaller, exportId: string): Promise<ExportFile> {
    const stored = await this.#require(asker, exportId);
    const { state, sha256 } = stored;
    if (state !== "done" || sha256 === null)
      throw new CloudError("EXPORT_NOT_DONE", `The export is ${state}; it has no file.`);
    const content = await this.#deps.files.read(exportId);
    if (content === undefined)
      throw new CloudError(
        "EXPORT_GONE",
        "The export was made, and its file is not on this machine any more.",
      );
    return { stored: { ...stored, sha256 }, content };
  }

  /** What waits or is being made is cancelled; what has ended is removed with its file. */
  async remove(asker: PersonCaller, exportId: string): Promise<void> {
    const { repository, files, runner, clock } = this.#deps;
    const { endedAtMs } = await this.#require(asker, exportId);
    if (endedAtMs !== null) {
      await files.remove(exportId);
      await repository.remove([exportId]);
      return;
    }
    const nowMs = clock.nowMs();
    await repository.end(
      exportId,
      { state: "cancelled" },
      { endedAtMs: nowMs, expiresAtMs: nowMs + EXPORT_LASTS_MS },
    );
    runner.cancel(exportId);
  }

  async #require(asker: PersonCaller, exportId: string): Promise<StoredExport> {
    const found = await this.#deps.repository.find(asker, exportId);
    // The same for somebody else's: that it exists is not told.
    if (found === undefined)
      throw new CloudError("EXPORT_NOT_FOUND", "There is no such export among those you may fetch.");
    return found;
  }

  async #askedBefore(
    { sessionSha256 }: PersonCaller,
    idempotencyKey: string | null,
    requestSha256: string,
  ): Promise<ExportAccepted | null> {
    if (idempotencyKey === null) return null;
    const before = await this.#deps.repository.withKey(sessionSha256, idempotencyKey);
    if (before === undefined) return null;
    if (before.requestSha256 === requestSha256) return { exportId: before.exportId };
    throw new CloudError(
      "IDEMPOTENCY_KEY_REUSED",
      "This session has used the same Idempotency-Key for another request.",
    );
  }

  async #requireRoom({ sessionSha256 }: PersonCaller): Promise<void> {
    const { all, own } = await this.#deps.repository.countAhead(sessionSha256);
    if (own >= EXPORTS_WAITING_OF_ONE_MAX)
      throw new CloudError(
        "EXPORT_QUEUE_FULL",
        `You have ${own} exports that are not done yet, which is the most.`,
      );
    if (all >= EXPORTS_WAITING_MAX)
      throw new CloudError("EXPORT_QUEUE_FULL", `${all} exports wait already, which is the most.`);
  }
}

/** Version 4 of RFC 9562: random, but for the bits that say so. */
export function uuidOf(random: Uint8Array): string {
  const bytes = Uint8Array.from(random);
  bytes[6] = ((bytes[6] ?? 0) & 0x0f) | 0x40;
  bytes[8] = ((bytes[8] ?? 0) & 0x3f) | 0x80;
  const hex = Buffer.from(bytes).toString("hex");
  return hex.replace(/^(.{8})(.{4})(.{4})(.{4})(.{12})$/, "$1-$2-$3-$4-$5");
}

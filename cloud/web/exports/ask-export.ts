/** What a page asks of exports. Each throws a ReadError and nothing else. */
import { failureOf, ReadError, readJson } from "../../../contracts/ui/read-json.ts";
import { ExportAccepted, type ExportRequest, ExportView } from "../../../contracts/wire/exports.ts";

const ANSWER_MS_MAX = 10_000;

/** `key` names the wish: sent again after an answer was lost, it makes no second file. */
export async function askExport(request: ExportRequest, key: string): Promise<string> {
  const response = await send("/api/v1/exports", {
    method: "POST",
    headers: { "content-type": "application/json", "idempotency-key": key },
    body: JSON.stringify(request),
  });
  const accepted = ExportAccepted.safeParse(await bodyOf(response));
  if (!accepted.success) throw new ReadError({ kind: "unreadable" });
  return accepted.data.exportId;
}

export function readExport(exportId: string, signal: AbortSignal): Promise<ExportView> {
  return readJson(ExportView, addressOf(exportId), signal);
}

/** Cancels one that is being made; removes one that has ended, with its file. */
export async function removeExport(exportId: string): Promise<void> {
  await send(addressOf(exportId), { method: "DELETE" });
}

export const fileAddressOf = (exportId: string) => `${addressOf(exportId)}/file`;
const addressOf = (exportId: string) => `/api/v1/exports/${exportId}`;

async function send(url: string, init: RequestInit): Promise<Response> {
  const response = await fetch(url, { ...init, signal: AbortSignal.timeout(ANSWER_MS_MAX) }).catch(() => {
    throw new ReadError({ kind: "unreachable" });
  });
  if (!response.ok) throw new ReadError(failureOf(response.status, await bodyOf(response)));
  return response;
}

async function bodyOf(response: Response): Promise<unknown> {
  return await response.json().catch(() => undefined);
}

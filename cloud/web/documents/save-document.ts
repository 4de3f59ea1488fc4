import { failureOf, ReadError } from "../../../contracts/ui/read-json.ts";
import type { DocumentView } from "../../../contracts/wire/documents.ts";

/** Of 20 MiB over a ward's network. */
const ANSWER_MS_MAX = 120_000;

/**
 * Fetches a document and saves it under its name. What does not open, or is not what was stored, never comes, and why
 * it did not can be told, as it could not of a plain link. Throws a ReadError and nothing else.
 */
export async function saveDocument({
  documentId,
  name,
}: Pick<DocumentView, "documentId" | "name">): Promise<void> {
  const response = await fetch(`/api/v1/documents/${documentId}/file`, {
    signal: AbortSignal.timeout(ANSWER_MS_MAX),
  }).catch(() => {
    throw new ReadError({ kind: "unreachable" });
  });
  if (!response.ok)
    throw new ReadError(failureOf(response.status, await response.json().catch(() => undefined)));
  const content = await response.blob().catch(() => {
    throw new ReadError({ kind: "unreachable" });
  });
  // As bytes and nothing else: the browser must not take it for a page of this service.
  const url = URL.createObjectURL(new Blob([content], { type: "application/octet-stream" }));
  const link = document.createElement("a");
  link.href = url;
  link.download = name ?? documentId;
  link.click();
  URL.revokeObjectURL(url);
}

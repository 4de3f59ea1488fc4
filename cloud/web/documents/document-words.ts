/** Documents and consents in words. Pure. */
import {
  type ConsentView,
  DOCUMENT_BYTES_MAX,
  DOCUMENT_TYPES,
  type DocumentType,
} from "../../../contracts/wire/documents.ts";

export const TYPE_WORDS: Readonly<Record<DocumentType, string>> = {
  "application/pdf": "PDF",
  "application/fhir+json": "FHIR",
  "image/png": "PNG picture",
  "image/jpeg": "JPEG picture",
  "text/plain": "Text",
};

export const CONSENT_STATE_WORDS: Readonly<Record<ConsentView["state"], string>> = {
  "in-force": "In force",
  expired: "Over",
  withdrawn: "Withdrawn",
};

const TYPE_OF_ENDING: ReadonlyMap<string, DocumentType> = new Map([
  ["pdf", "application/pdf"],
  ["json", "application/fhir+json"],
  ["png", "image/png"],
  ["jpg", "image/jpeg"],
  ["jpeg", "image/jpeg"],
  ["txt", "text/plain"],
]);
export const ACCEPTED = [...DOCUMENT_TYPES, ...[...TYPE_OF_ENDING.keys()].map((ending) => `.${ending}`)].join(
  ",",
);

type FileFacts = { readonly name: string; readonly type: string; readonly size: number };

/** What a file is, as the cloud takes it; or why it does not, before anything is sent. */
export function readFileFacts({
  name,
  type,
  size,
}: FileFacts):
  | { readonly ok: true; readonly type: DocumentType }
  | { readonly ok: false; readonly why: string } {
  const ending = name.split(".").at(-1)?.toLowerCase() ?? "";
  const known = DOCUMENT_TYPES.find((each) => each === type) ?? TYPE_OF_ENDING.get(ending);
  if (known === undefined)
    return { ok: false, why: "It is not a PDF, a FHIR document, a PNG or JPEG picture, or a text." };
  if (size === 0) return { ok: false, why: "It has no bytes." };
  if (size > DOCUMENT_BYTES_MAX)
    return {
      ok: false,
      why: `It has ${bytesWords(size)}; a document has at most ${bytesWords(DOCUMENT_BYTES_MAX)}.`,
    };
  return { ok: true, type: known };
}

const KIB = 1_024;
const MIB = KIB * KIB;

export function bytesWords(bytes: number): string {
  if (bytes < KIB) return `${bytes} bytes`;
  if (bytes < MIB) return `${Math.ceil(bytes / KIB)} KiB`;
  return `${(bytes / MIB).toFixed(1)} MiB`;
}

/** Documents of a patient's stay, the consents by which another hospital may read them, and what was erased for good. */
import * as z from "zod";
import { At } from "./board.ts";
import { ZonedAt } from "./exports.ts";
import { BedId, Epoch, HospitalId, Seq } from "./ids.ts";
import { PersonRole } from "./roles.ts";

/** Of one document, as it is sent: 20 MiB. */
export const DOCUMENT_BYTES_MAX = 20 * 1024 * 1024;
/** Of one encounter. */
export const DOCUMENTS_PER_ENCOUNTER_MAX = 500;
export const CONSENTS_PER_ENCOUNTER_MAX = 200;
/** A consent names its end; nobody consents for ever. */
export const CONSENT_DAYS_MAX = 366;

/** What a document may be. None of them is ever shown inside of a page: a document is saved, and opened elsewhere. */
export const DOCUMENT_TYPES = [
  "application/pdf",
  "application/fhir+json",
  "image/png",
  "image/jpeg",
  "text/plain",
] as const;
export const DocumentType = z.enum(DOCUMENT_TYPES);
export type DocumentType = z.infer<typeof DocumentType>;

/** A file's name without a path; it is sealed like the document itself. */
export const DocumentName = z
  .string()
  .trim()
  .min(1)
  .max(200)
  .regex(/^[^\p{Cc}\p{Cf}/\\]+$/u, "expected a file's name without a path or control characters");

/** Of an upload, in the address: `POST …/documents?name=report.pdf`. */
export const DocumentUpload = z.object({ name: DocumentName });

/** Where something stands in the network's log; null: within a second. */
const LogPlace = z.object({ origin: z.string(), index: z.int().nonnegative() }).nullable();

export const DocumentView = z.object({
  documentId: z.uuid(),
  encounterId: z.uuid(),
  /** That stored it, and whose document it is. */
  hospitalId: HospitalId,
  /** Null: its name does not open here, or what is stored was changed; fetching it says which. */
  name: z.string().nullable(),
  type: DocumentType,
  bytes: z.int().positive(),
  storedAt: At,
  storedBy: PersonRole,
  logged: LogPlace,
});
export type DocumentView = z.infer<typeof DocumentView>;

export const DocumentList = z.object({ documents: z.array(DocumentView), serverTime: At });
export type DocumentList = z.infer<typeof DocumentList>;

/** `share-documents`: doctors of the hospital that it names may read the documents of the encounter. */
export const CONSENT_KINDS = ["share-documents"] as const;
export const ConsentBody = z.object({
  kind: z.enum(CONSENT_KINDS),
  /** Who may read then. */
  hospitalId: HospitalId,
  until: ZonedAt,
  /** The signed form, where it was stored as a document of the same encounter. */
  formDocumentId: z.uuid().optional(),
});
export type ConsentBody = z.infer<typeof ConsentBody>;

export const ConsentView = z.object({
  consentId: z.uuid(),
  encounterId: z.uuid(),
  kind: z.enum(CONSENT_KINDS),
  hospitalId: HospitalId,
  hospitalName: z.string(),
  until: At,
  formDocumentId: z.uuid().nullable(),
  /** `in-force`: it counts at this moment. */
  state: z.enum(["in-force", "expired", "withdrawn"]),
  given: z.object({ at: At, recordedBy: PersonRole, hospitalId: HospitalId, logged: LogPlace }),
  withdrawn: z
    .object({ at: At, recordedBy: PersonRole, hospitalId: HospitalId, logged: LogPlace })
    .nullable(),
});
export type ConsentView = z.infer<typeof ConsentView>;

export const ConsentList = z.object({ consents: z.array(ConsentView), serverTime: At });
export type ConsentList = z.infer<typeof ConsentList>;

/** Why something is erased. Nobody is to be named in it: it is kept in the clear, and stays. */
const ErasureReason = z.string().trim().min(3).max(300);

/** One thing: what a bed said (its number in the journal of its gateway), or a document. */
export const ErasureBody = z.union([
  z.strictObject({ bedId: BedId, epoch: Epoch, seq: Seq, reason: ErasureReason }),
  z.strictObject({ documentId: z.uuid(), reason: ErasureReason }),
]);
export type ErasureBody = z.infer<typeof ErasureBody>;

/** What was erased is told by its place in the log alone: which bed or patient it was of is erased with it. */
export const ErasureView = z.object({
  erasureId: z.uuid(),
  kind: z.enum(["bed-event", "document"]),
  hospitalId: HospitalId,
  reason: z.string(),
  at: At,
  by: PersonRole,
  /** Several where a journal that began anew told the same again. `logged`: the leaf that says that it was erased. */
  leaves: z.array(z.object({ origin: z.string(), index: z.int().nonnegative(), logged: LogPlace })).min(1),
});
export type ErasureView = z.infer<typeof ErasureView>;

/** `archives`: files outside of the database that were written before, and may hold it still. */
export const ErasureDone = ErasureView.extend({ archives: z.array(z.string()) });
export type ErasureDone = z.infer<typeof ErasureDone>;

/** Newest first. */
export const ERASURES_LISTED_MAX = 1_000;
export const ErasureList = z.object({
  erasures: z.array(ErasureView).max(ERASURES_LISTED_MAX),
  serverTime: At,
});
export type ErasureList = z.infer<typeof ErasureList>;

/** What can fail with documents, consents and erasures. */
import type { ProblemKind } from "./problem.ts";

export const DOCUMENT_PROBLEMS = {
  DOCUMENT_NOT_FOUND: {
    status: 404,
    title: "No such document",
    hint: "GET /api/v1/encounters/{encounterId}/documents lists those that you may read. What was erased is gone for good.",
  },
  DOCUMENT_TOO_LARGE: {
    status: 413,
    title: "The document is too large",
    hint: "Make it smaller than the detail says, or store it in parts.",
  },
  DOCUMENT_EMPTY: {
    status: 400,
    title: "The document has no bytes",
    hint: "Send the file itself as the body of the request.",
  },
  DOCUMENT_TYPE: {
    status: 415,
    title: "Such documents are not stored",
    hint: "Send one of the types that the detail names, as Content-Type, without Content-Encoding.",
  },
  DOCUMENTS_TOO_MANY: {
    status: 409,
    title: "Too many for one encounter",
    hint: "Erase what is not needed any more, or put several into one.",
  },
  DOCUMENTS_BUSY: {
    status: 503,
    title: "Too many documents at once",
    hint: "Nothing was stored or read. Try again as the Retry-After header says.",
  },
  DOCUMENT_DAMAGED: {
    status: 500,
    title: "The document is not what was stored",
    hint: "It is not shown: its bytes, its key or the log were changed. Ask whoever keeps the system running, who finds it in the service's log; restore it from a backup.",
  },
  DOCUMENT_SEALED: {
    status: 503,
    title: "The document does not open",
    hint: "Start the service with the key file that it was sealed under, its older keys included.",
  },
  CONSENT_NOT_FOUND: {
    status: 404,
    title: "No such consent",
    hint: "GET /api/v1/encounters/{encounterId}/consents lists those that you may see.",
  },
  CONSENT_REFUSED: {
    status: 409,
    title: "Such a consent cannot be recorded",
    hint: "The detail says what stands against it. Nothing was recorded.",
  },
  CONSENT_UNTIL: {
    status: 400,
    title: "It cannot end then",
    hint: "Choose an end within the times that the detail names, by the server's clock.",
  },
  CONSENT_WITHDRAWN: {
    status: 409,
    title: "The consent was withdrawn before",
    hint: "Nothing is to be done: nobody reads by it.",
  },
  ERASURE_NOT_FOUND: {
    status: 404,
    title: "There is no such thing to erase",
    hint: "Name a statement of one of your hospital's beds by its epoch and number, or one of its documents.",
  },
  ERASED_ALREADY: {
    status: 409,
    title: "It was erased before",
    hint: "GET /api/v1/evidence/erasures says when and why.",
  },
  ERASURE_NOT_LOGGED: {
    status: 409,
    title: "It is not in the log yet",
    hint: "Try again when it is: the erasure names its place there. That takes a second; for what a bed said, as long as its gateway needs.",
  },
  ERASURE_HELD: {
    status: 409,
    title: "A legal hold keeps it",
    hint: "GET /api/v1/legal-holds lists the holds; whoever placed it may release it.",
  },
  ERASURE_STANDS: {
    status: 409,
    title: "The bed is what this says",
    hint: "Try again when the bed has said something else: a board that does not know would be wrong about its bed.",
  },
  ERASURE_OF_SETUP: {
    status: 409,
    title: "It says how the bed is set up",
    hint: "Nothing of a person is in it, and everything else that the bed said rests on it.",
  },
} as const satisfies Record<string, ProblemKind>;

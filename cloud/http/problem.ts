/** Every way in which a request can fail, in one table: problem details (RFC 9457) with a code to act on and a hint to read. */
import type { Problem } from "../../contracts/wire/board.ts";
import { DESK_PROBLEMS } from "./desk-problems.ts";
import { DOCUMENT_PROBLEMS } from "./document-problems.ts";
import { EVIDENCE_PROBLEMS } from "./evidence-problems.ts";

export type ProblemKind = { readonly status: number; readonly title: string; readonly hint: string };

export const PROBLEMS = {
  ...DESK_PROBLEMS,
  ...DOCUMENT_PROBLEMS,
  ...EVIDENCE_PROBLEMS,
  VALIDATION: {
    status: 400,
    title: "The request does not fit its schema",
    hint: "/api/openapi.json says what each field must be.",
  },
  BODY_UNREADABLE: {
    status: 400,
    title: "The body cannot be read",
    hint: "Send JSON, plain or compressed with gzip as Content-Encoding says, and the Content-Length that it has.",
  },
  SYNC_VERSION: {
    status: 400,
    title: "The gateway speaks version 1 of the sync",
    hint: "Update the gateway. It has kept its records and sends them in the new form.",
  },
  SYNC_UNREADABLE: {
    status: 400,
    title: "The batch cannot be decoded",
    hint: "Send what contracts/wire/sync-codec.ts encodes. Nothing was stored.",
  },
  UNAUTHENTICATED: {
    status: 401,
    title: "Nobody is signed in",
    hint: "People open a sign-in link; gateways send Authorization: Bearer with their key.",
  },
  FORBIDDEN: {
    status: 403,
    title: "Not for this role",
    hint: "Ask somebody whose role includes it, or for a sign-in link of another role.",
  },
  ORIGIN_REFUSED: {
    status: 403,
    title: "The request comes from another site",
    hint: "Open the service at its own address; behind a proxy, set publicUrl in its configuration.",
  },
  SYNC_FOREIGN_GATEWAY: {
    status: 403,
    title: "The key belongs to another gateway",
    hint: "Give each gateway the key that was made for its id.",
  },
  NOT_FOUND: {
    status: 404,
    title: "No such address",
    hint: "/api/openapi.json lists what there is.",
  },
  BED_NOT_FOUND: {
    status: 404,
    title: "No such bed",
    hint: "GET /api/v1/beds lists the beds that you may see.",
  },
  HOSPITAL_NOT_FOUND: {
    status: 404,
    title: "No such hospital",
    hint: "GET /api/v1/hospitals lists the hospitals that you may see.",
  },
  WARD_NOT_FOUND: {
    status: 404,
    title: "No such ward",
    hint: "GET /api/v1/hospitals lists the wards that you may see.",
  },
  ROOM_NOT_FOUND: {
    status: 404,
    title: "No such room",
    hint: "GET /api/v1/beds names the room of each bed that you may see.",
  },
  DEVICE_NOT_FOUND: {
    status: 404,
    title: "No such device",
    hint: "GET /api/v1/beds names the sources of each bed that you may see. A device that never sent anything has no series.",
  },
  SERIES_SELECTION: {
    status: 400,
    title: "It is not clear which series are meant",
    hint: "Name one of bed, room, and ward with its hospital; or a device.",
  },
  SERIES_TOO_MANY: {
    status: 400,
    title: "Too many series at once",
    hint: "Name fewer metrics, or a smaller place.",
  },
  METRIC_UNKNOWN: {
    status: 400,
    title: "No such metric",
    hint: "Use the names that the detail lists.",
  },
  METRIC_FORBIDDEN: {
    status: 403,
    title: "Not for this role",
    hint: "Vital signs are read by doctors and nurses of the bed's own hospital. Leave the metric out, or ask one of them.",
  },
  TIME_UNREADABLE: {
    status: 400,
    title: "A time cannot be read",
    hint: "Send RFC 3339, such as 2026-11-26T05:00:00Z.",
  },
  TIME_ZONE_MISSING: {
    status: 400,
    title: "A time has no zone",
    hint: "End it with Z for UTC, or with an offset such as +01:00 (in an address %2B01:00).",
  },
  TIME_ZONE_UNKNOWN: {
    status: 400,
    title: "It is not known whose midnights are meant",
    hint: "Send timeZone as the IANA database names it, such as Europe/London.",
  },
  RANGE_REVERSED: {
    status: 400,
    title: "The range ends before it begins",
    hint: "Exchange from and to.",
  },
  RANGE_EMPTY: {
    status: 400,
    title: "The range is empty",
    hint: "`to` is exclusive: choose one after `from`.",
  },
  RANGE_IN_FUTURE: {
    status: 400,
    title: "The range lies in the future",
    hint: "Nothing is measured there yet. Check the clock and the zone that made the times.",
  },
  RANGE_TOO_LONG: {
    status: 400,
    title: "The range is too long",
    hint: "Choose a shorter one, as the detail says.",
  },
  POINTS_REFUSED: {
    status: 400,
    title: "So many points are not possible",
    hint: "A screen shows no more. For every single reading of a long range, make an export with POST /api/v1/exports.",
  },
  RESOLUTION_UNKNOWN: {
    status: 400,
    title: "No such resolution",
    hint: "Use one that the detail lists, or leave it out.",
  },
  RESOLUTION_TOO_FINE: {
    status: 400,
    title: "The resolution is too fine for this range",
    hint: "Use the one that the detail names, a shorter range, or an export with POST /api/v1/exports.",
  },
  EXPORT_NOT_FOUND: {
    status: 404,
    title: "No such export",
    hint: "GET /api/v1/exports lists those that you may fetch. They are kept for a day.",
  },
  EXPORT_NOT_DONE: {
    status: 409,
    title: "The export has no file",
    hint: "Ask GET /api/v1/exports/{exportId} for its state; fetch the file when it is done.",
  },
  EXPORT_GONE: {
    status: 410,
    title: "The export's file is gone",
    hint: "Ask for the export again with POST /api/v1/exports.",
  },
  EXPORT_QUEUE_FULL: {
    status: 429,
    title: "Too many exports wait",
    hint: "Wait until some are done, or cancel one with DELETE /api/v1/exports/{exportId}.",
  },
  LEGAL_HOLD_NOT_FOUND: {
    status: 404,
    title: "No such legal hold",
    hint: "GET /api/v1/legal-holds lists those that you may see.",
  },
  LEGAL_HOLD_RELEASED: {
    status: 409,
    title: "The legal hold is released already",
    hint: "Place a new one with POST /api/v1/legal-holds where something is to be kept again.",
  },
  REPORT_NOT_FOUND: {
    status: 404,
    title: "No such report",
    hint: "GET /api/v1/reports lists those that you may fetch, with their files.",
  },
  IDEMPOTENCY_KEY_REUSED: {
    status: 422,
    title: "The Idempotency-Key belongs to another request",
    hint: "Use a new random key for each new request, and the same only to repeat one.",
  },
  STALE_VERSION: {
    status: 412,
    title: "The page is out of date",
    hint: "Read it again, look at what was changed, and decide anew. Nothing was done.",
  },
  SYNC_GAP: {
    status: 409,
    title: "Records are missing before this batch",
    hint: "Send the batch that begins with expectedSeq.",
  },
  SYNC_EPOCH_SUPERSEDED: {
    status: 409,
    title: "A newer journal of this gateway has taken over",
    hint: "Find out which machine runs with this gateway's key and stop the one with the old journal.",
  },
  SYNC_EQUIVOCATION: {
    status: 409,
    title: "Two journals use the same numbers for different records",
    hint: "This gateway's data directory is a copy, or was restored from one. Stop the gateway that should not run; where it should, move its data directory away, or start it once with --new-epoch and the epoch that this answer names.",
  },
  SYNC_SECOND_INSTANCE: {
    status: 409,
    title: "Two processes run on one journal",
    hint: "Find the machine that was started later with this gateway's key and data directory; stop one of the two, and restart the other.",
  },
  BODY_TOO_LARGE: {
    status: 413,
    title: "The body is too large",
    hint: "Send fewer records at once.",
  },
  UNSUPPORTED_MEDIA: {
    status: 415,
    title: "The body is of a kind that is not understood",
    hint: "Send Content-Type: application/json, or application/x-msgpack for batches; plain or with Content-Encoding: gzip.",
  },
  TOO_MANY_REQUESTS: {
    status: 429,
    title: "Too many requests",
    hint: "Wait as long as the Retry-After header says.",
  },
  REQUEST_REFUSED: {
    status: 400,
    title: "The request cannot be handled",
    hint: "/api/openapi.json says what there is and how to call it.",
  },
  SHELL_NOT_BUILT: {
    status: 503,
    title: "The web app is not built",
    hint: "Run npm run build:web, then load the page again.",
  },
  SYNC_BUSY: {
    status: 503,
    title: "Too many batches at once",
    hint: "Nothing was stored. Try again as the Retry-After header says.",
  },
  BOARD_BEHIND: {
    status: 503,
    title: "Beds cannot be offered now",
    hint: "Nothing is offered on facts that may have changed. Try again in a few seconds; /readyz says what is wrong.",
  },
  DATABASE_UNAVAILABLE: {
    status: 503,
    title: "The database does not answer",
    hint: "Nothing was stored. Try again as the Retry-After header says.",
  },
  INTERNAL: {
    status: 500,
    title: "Something went wrong in the service",
    hint: "Nothing is known to be wrong with the request. Report the instance; the log has the same id.",
  },
} as const satisfies Record<string, ProblemKind>;
export type ProblemCode = keyof typeof PROBLEMS;

/** An answer that is not the one hoped for. What is thrown as anything else is a bug, or trouble with the database. */
export class CloudError extends Error {
  override readonly name = "CloudError";
  readonly code: ProblemCode;
  readonly extension: Readonly<Record<string, unknown>>;

  constructor(code: ProblemCode, detail: string, extension: Readonly<Record<string, unknown>> = {}) {
    super(detail);
    this.code = code;
    this.extension = extension;
  }
}

export function problemOf({ code, message, extension }: CloudError, requestId: string): Problem {
  const { status, title, hint } = PROBLEMS[code];
  return {
    ...extension,
    type: `urn:hospitell:problem:${code.toLowerCase().replaceAll("_", "-")}`,
    title,
    status,
    code,
    detail: message,
    hint,
    instance: `urn:hospitell:request:${requestId}`,
  };
}

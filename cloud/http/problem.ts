/** Every way in which a request can fail, in one table: problem details (RFC 9457) with a code to act on and a hint to read. */
import type { Problem } from "../../contracts/wire/board.ts";

type ProblemKind = { readonly status: number; readonly title: string; readonly hint: string };

export const PROBLEMS = {
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
    hint: "This gateway's data directory is a copy, or was restored from one. Stop the gateway that should not run; where it should, move its data directory away, or start it once with --new-epoch.",
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

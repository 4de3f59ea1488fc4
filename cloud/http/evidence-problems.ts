/** What can fail where the logs are kept, and where people ask for what they prove. */
import type { ProblemKind } from "./problem.ts";

export const EVIDENCE_PROBLEMS = {
  LOG_UNREADABLE: {
    status: 400,
    title: "It is not a log as this service reads it",
    hint: "Send what contracts/wire/log-sync.ts describes; the detail says what does not fit. Nothing was stored.",
  },
  LOG_GAP: {
    status: 409,
    title: "Leaves are missing before this batch",
    hint: "Send the batch that begins with expectedIndex.",
  },
  LOG_FORK: {
    status: 409,
    title: "The log contradicts what is stored of it",
    hint: "This gateway's data directory is a copy, or was put back to an older state. GET /api/v1/evidence/health tells what was found; an administrator resumes the gateway's logging once it begins a new journal.",
  },
  LOG_KEY_UNKNOWN: {
    status: 409,
    title: "Another key is in force for this gateway's log",
    hint: "Put the gateway's own log-key.pem back, or have an administrator revoke the key in force: the next one that is seen is taken then.",
  },
  LOG_CHECKPOINT_UNKNOWN: {
    status: 409,
    title: "The network's log has no such checkpoint",
    hint: "Ask for its newest one with POST /api/v1/sync/log. Where a witness has another note that the network signed, keep it: it shows two histories.",
  },
  LOG_KEY_NONE: {
    status: 409,
    title: "No key is in force for this gateway's log",
    hint: "Nothing was revoked. The next key that the gateway comes with is taken.",
  },
  LOG_NOT_HALTED: {
    status: 409,
    title: "This gateway's log is not halted",
    hint: "Nothing was changed. GET /api/v1/evidence/health tells which are.",
  },
  GATEWAY_NOT_FOUND: {
    status: 404,
    title: "No such gateway",
    hint: "GET /api/v1/evidence/health lists the gateways that you may see.",
  },
  STATEMENT_NOT_FOUND: {
    status: 404,
    title: "The bed said no such thing",
    hint: "GET /api/v1/beds/{bedId}/evidence lists what the bed said last, with the address of each bundle.",
  },
  NOT_WITNESSED_YET: {
    status: 409,
    title: "It is not witnessed yet",
    hint: "Ask again in ten seconds. Where it stays so, GET /api/v1/evidence/health tells which gateways log and cosign.",
  },
  CHECKPOINT_NOT_WITNESSED: {
    status: 404,
    title: "No checkpoint is witnessed yet",
    hint: "Gateways cosign as they sync. GET /api/v1/evidence/health tells which have, and how many are needed.",
  },
  BUNDLE_NOT_PROVEN: {
    status: 500,
    title: "What is stored does not prove it",
    hint: "Nothing was served that a reader would refuse. Report the instance; the service's log says which log and leaf.",
  },
} as const satisfies Record<string, ProblemKind>;

/** Which errors mean that the database cannot be used just now, and will be again: the caller may come back. */
import { errorCode } from "../start-error.ts";

/**
 * Connection lost, refused or ended for its idleness, shutting down, out of disk, memory or connections, its disk away,
 * read-only, serialisation and deadlock.
 */
const PASSING_SQLSTATES = /^(08...|57P0[1235]|53[123]00|58030|25006|25P03|40001|40P01|57014)$/;
const PASSING_SYSTEM_CODES = [
  "ECONNREFUSED",
  "ECONNRESET",
  "ECONNABORTED",
  "EPIPE",
  "ETIMEDOUT",
  "ENOTFOUND",
  "EAI_AGAIN",
  "EHOSTUNREACH",
  "EHOSTDOWN",
  "ENETUNREACH",
  "ENETDOWN",
];
/** The pool and the connection say these without a code. */
const PASSING_MESSAGES = [
  "timeout exceeded when trying to connect",
  "Connection terminated unexpectedly",
  // It broke between two statements of a transaction: the next one, or its rollback, finds it so.
  "Client has encountered a connection error and is not queryable",
  "Connection terminated due to connection timeout",
  // It did not answer and was given up.
  "Connection terminated",
  "Client was closed and is not queryable",
];

export function isPassingTrouble(error: unknown): boolean {
  const code = errorCode(error);
  if (code !== undefined)
    return PASSING_SQLSTATES.test(code) || PASSING_SYSTEM_CODES.includes(code) || isSocketGone(error, code);
  return error instanceof Error && PASSING_MESSAGES.includes(error.message);
}

/** A server on this machine takes its socket's file with it while it is down. */
const isSocketGone = (error: unknown, code: string): boolean =>
  code === "ENOENT" && error instanceof Error && "syscall" in error && error.syscall === "connect";

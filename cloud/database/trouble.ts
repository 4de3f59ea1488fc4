/** Which errors mean that the database cannot be used just now, and will be again: the caller may come back. */
import { errorCode } from "../start-error.ts";

/** Connection lost or refused, shutting down, out of disk, memory or connections, read-only, serialisation and deadlock. */
const PASSING_SQLSTATES = /^(08...|57P0[123]|53[123]00|25006|40001|40P01|57014)$/;
const PASSING_SYSTEM_CODES = ["ECONNREFUSED", "ECONNRESET", "EPIPE", "ETIMEDOUT", "ENOTFOUND", "EAI_AGAIN"];
/** The pool and the connection say these without a code. */
const PASSING_MESSAGES = [
  "timeout exceeded when trying to connect",
  "Connection terminated unexpectedly",
  // It broke between two statements of a transaction: the next one, or its rollback, finds it so.
  "Client has encountered a connection error and is not queryable",
  "Connection terminated due to connection timeout",
];

export function isPassingTrouble(error: unknown): boolean {
  const code = errorCode(error);
  if (code !== undefined) return PASSING_SQLSTATES.test(code) || PASSING_SYSTEM_CODES.includes(code);
  return error instanceof Error && PASSING_MESSAGES.includes(error.message);
}

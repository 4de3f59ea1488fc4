import { constants } from "node:os";

/** Why the service cannot start, in one sentence for the person at the terminal: what was expected, what came, what to do. */
export class StartError extends Error {
  override readonly name = "StartError";
}

/** A quota that is used up has no name in Node, only its number. */
const QUOTA_ERRNO = -constants.errno.EDQUOT;

export function errorCode(error: unknown): string | undefined {
  if (typeof error !== "object" || error === null || !("code" in error)) return undefined;
  if ("errno" in error && error.errno === QUOTA_ERRNO) return "EDQUOT";
  return typeof error.code === "string" ? error.code : undefined;
}

export type Address = { readonly host: string; readonly port: number };
export type ListenPurpose = { readonly what: string; readonly field: string };

/** What a failed listen means; the error itself where it means nothing that the person could change. */
export function describeListenError(
  error: unknown,
  { host, port }: Address,
  { what, field }: ListenPurpose,
): unknown {
  const at = `${what} was to listen on ${host}:${port}`;
  const advice = `Set another ${field} in the configuration (0 takes any free one)`;
  switch (errorCode(error)) {
    case "EADDRINUSE":
      return new StartError(`${at}, but another program already does. Stop that program, or: ${advice}.`, {
        cause: error,
      });
    case "EACCES":
      return new StartError(`${at}, but this user may not. ${advice}.`, { cause: error });
    case "EADDRNOTAVAIL":
    case "ENOTFOUND":
      return new StartError(`${at}, but this machine has no such address. Set another http.host.`, {
        cause: error,
      });
    default:
      return error;
  }
}

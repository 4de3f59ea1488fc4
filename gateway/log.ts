import { type Logger, pino } from "pino";

export type Log = Logger;

/** JSON lines on stderr; stdout is for the person who started the program. */
export function createLog(name: string): Log {
  return pino(
    { name, redact: ["*.key", "*.password", "*.token", "headers.authorization"] },
    pino.destination(2),
  );
}

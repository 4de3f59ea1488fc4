import { type DestinationStream, type Logger, pino } from "pino";

export type Log = Logger;

/** JSON lines on stderr; stdout is for the person who started the program. */
export function createLog(name: string, stream: DestinationStream = pino.destination(2)): Log {
  return pino({ name, redact: ["*.key", "*.password", "*.token", "headers.authorization"] }, stream);
}

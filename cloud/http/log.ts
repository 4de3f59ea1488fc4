/** The log: JSON lines on stderr, without secrets. */
import { type DestinationStream, destination, type Logger, pino } from "pino";

const STDERR = 2;

export function createLog(stream: DestinationStream = destination({ fd: STDERR, sync: true })): Logger {
  return pino(
    {
      level: "info",
      base: { process: "cloud" },
      // Our own serialisers leave headers out; this catches what somebody adds without thinking of it.
      redact: [
        "authorization",
        "cookie",
        "token",
        "headers.authorization",
        "headers.cookie",
        'headers["set-cookie"]',
        "*.headers.authorization",
        "*.headers.cookie",
        '*.headers["set-cookie"]',
      ],
      serializers: { req: describeRequest, res: describeReply },
    },
    stream,
  );
}

/** Sign-in tokens travel in the query, so the path alone is written. */
function describeRequest({ method, url }: { method: string; url: string }) {
  return { method, path: url.split("?")[0] };
}

function describeReply({ statusCode }: { statusCode: number }) {
  return { statusCode };
}

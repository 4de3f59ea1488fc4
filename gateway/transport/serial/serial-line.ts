/**
 * A device that talks by itself on a serial line behind a TCP serial device server. The driver owns the socket and the
 * buffer; the scanner finds lines, the profile gives them meaning.
 */
import { createConnection, type Socket } from "node:net";
import type { DeviceId } from "../../../contracts/wire/ids.ts";
import { scanLine } from "../../../devices/lines/scan-line.ts";
import type { LineProfile } from "../../../devices/profile.ts";
import type { ProblemCounts } from "../../ingest/problem-counts.ts";
import type { Ingest } from "../../ingest/raw-message.ts";
import type { Clock } from "../../moment.ts";
import type { LinkBook } from "../link-book.ts";
import { pause } from "../pause.ts";
import { type RetryPolicy, retryDelayMs } from "../retry-delay.ts";

const CONNECT_TIMEOUT_MS = 3_000;
/** A line that has been still for this many intervals is taken for dead: an unplug often goes unnoticed. */
const SILENT_AFTER_INTERVALS = 10;
const SILENT_AFTER_MS_MIN = 5_000;
const RECONNECT: RetryPolicy = { firstDelayMs: 500, delayMsMax: 10_000, jitter: 0.3 };

export type SerialLineParts = {
  readonly deviceId: DeviceId;
  readonly host: string;
  readonly port: number;
  readonly profile: LineProfile;
  readonly expectedIntervalMs: number;
  readonly ingest: Ingest;
  readonly clock: Clock;
  readonly random: () => number;
  readonly links: LinkBook;
  readonly problems: ProblemCounts;
};

/** Runs until the signal fires; rides out every trouble of the line itself. */
export async function runSerialLine(parts: SerialLineParts, signal: AbortSignal): Promise<void> {
  const { host, port, links, random, problems, clock } = parts;
  const linkId = `serial tcp://${host}:${port}`;
  const tell = (state: "connected" | "connecting" | "down", detail: string) =>
    links.tell(linkId, { kind: "serial", running: signal.aborted ? "stopped" : "running", state, detail });
  for (let attempt = 0; !signal.aborted; attempt++) {
    tell("connecting", `to ${host}:${port}`);
    const ended = await listen(parts, () => tell("connected", parts.deviceId), signal);
    if (ended.heardLines > 0) attempt = 0;
    if (signal.aborted) break;
    tell("down", `${ended.why}; connecting again`);
    problems.count("line-lost", ended.why, clock.now().atMs);
    await pause(retryDelayMs(RECONNECT, attempt, random()), signal);
  }
}

type Ended = { readonly why: string; readonly heardLines: number };

function listen(parts: SerialLineParts, onConnected: () => void, signal: AbortSignal): Promise<Ended> {
  const { host, port, profile } = parts;
  return new Promise((resolve) => {
    let heardLines = 0;
    let buffer: Uint8Array = new Uint8Array();
    // A stream is joined anywhere: what comes before the first line end is the rest of a line.
    let isFirst = true;
    const socket: Socket = createConnection({ host, port });
    const stop = () => socket.destroy();
    signal.addEventListener("abort", stop, { once: true });
    const end = (why: string) => {
      signal.removeEventListener("abort", stop);
      socket.destroy();
      resolve({ why, heardLines });
    };
    socket.setTimeout(CONNECT_TIMEOUT_MS);
    socket.once("connect", () => {
      socket.setTimeout(Math.max(SILENT_AFTER_MS_MIN, SILENT_AFTER_INTERVALS * parts.expectedIntervalMs));
      onConnected();
    });
    socket.on("data", (chunk) => {
      buffer = buffer.length === 0 ? chunk : Buffer.concat([buffer, chunk]);
      for (
        let scan = scanLine(buffer, profile.lineBytesMax);
        ;
        scan = scanLine(buffer, profile.lineBytesMax)
      ) {
        buffer = scan.rest;
        if (scan.kind === "need-more") break;
        const wasFirst = isFirst;
        isFirst = false;
        if (scan.kind === "line" && !wasFirst) heardLines += hearLine(parts, scan.line, end);
        if (scan.kind === "too-long" && !wasFirst) tellTooLong(parts, scan.droppedBytes);
      }
    });
    socket.once("timeout", () =>
      end(socket.connecting ? "no answer to the connection" : "the line has gone silent"),
    );
    socket.once("error", (error: NodeJS.ErrnoException) => end(`${error.code ?? error.message}`));
    socket.once("close", () => end("the other side closed the connection"));
  });
}

function hearLine(
  { deviceId, ingest, clock }: SerialLineParts,
  line: Uint8Array,
  end: (why: string) => void,
): number {
  // A line cannot be acknowledged or asked for again; that it was not kept is the process's trouble, and ends it.
  ingest
    .hear({ deviceId, received: clock.now(), body: { kind: "line", line: Uint8Array.from(line) } })
    .catch((error: Error) => end(error.message));
  return 1;
}

function tellTooLong({ problems, profile, clock }: SerialLineParts, droppedBytes: number): void {
  const detail = `expected a line of at most ${profile.lineBytesMax} bytes, dropped ${droppedBytes} up to the next line end`;
  problems.count("line-too-long", detail, clock.now().atMs);
}

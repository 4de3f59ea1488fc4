/**
 * Keeps one connection going:  open ─▶ session ─▶ close ─▶ wait ─▶ open …  until the signal fires. What speaks a protocol
 * never connects again by itself, so how often it is tried, and what the status page says, is decided here alone.
 */
import type { LinkStatus } from "../../../contracts/wire/gateway-status.ts";
import type { Clock } from "../../moment.ts";
import type { LinkBook } from "../link-book.ts";
import { pause } from "../pause.ts";
import { type RetryPolicy, retryDelayMs } from "../retry-delay.ts";
import { LineError } from "./byte-line.ts";

/** A port or host on the spot costs nothing to try; one that is plugged in again should be heard within three seconds. */
const RECONNECT: RetryPolicy = { firstDelayMs: 250, delayMsMax: 2_000, jitter: 0.3 };

export type SessionEnd = {
  readonly why: string;
  /** It brought something, so the next attempt need not wait long. */
  readonly wasUseful: boolean;
};

export type Connection = { close(): Promise<void> };

export type SupervisedParts<Opened extends Connection> = {
  readonly linkId: string;
  readonly kind: LinkStatus["kind"];
  /** What the connection serves, in words, while it stands. */
  readonly serves: string;
  /** Rejects with a `LineError` where the other side cannot be had. */
  open(signal: AbortSignal): Promise<Opened>;
  /** Settles when the connection is lost or given up, or the signal fires; a rejection is a bug and is passed on. */
  session(connection: Opened, signal: AbortSignal): Promise<SessionEnd>;
  /** Told each time that the connection cannot be had or is lost, with the reason. */
  onDown(why: string, phase: "opening" | "session"): void;
  readonly links: LinkBook;
  readonly clock: Clock;
  readonly random: () => number;
};

export async function supervise<Opened extends Connection>(
  parts: SupervisedParts<Opened>,
  signal: AbortSignal,
): Promise<void> {
  const { linkId, kind, links, random } = parts;
  const tell = (state: LinkStatus["state"], detail: string) =>
    links.tell(linkId, { kind, running: signal.aborted ? "stopped" : "running", state, detail });
  tell("connecting", "for the first time");
  for (let attempt = 0; !signal.aborted; attempt++) {
    const end = await once(parts, tell, signal);
    if (signal.aborted) break;
    if (end.wasUseful) attempt = 0;
    tell("down", `${end.why}; trying again`);
    parts.onDown(end.why, end.phase);
    await pause(retryDelayMs(RECONNECT, attempt, random()), signal);
  }
  tell("down", "the gateway ends");
}

async function once<Opened extends Connection>(
  { open, session, serves }: SupervisedParts<Opened>,
  tell: (state: LinkStatus["state"], detail: string) => void,
  signal: AbortSignal,
): Promise<SessionEnd & { readonly phase: "opening" | "session" }> {
  let connection: Opened;
  try {
    connection = await open(signal);
  } catch (error) {
    if (!(error instanceof LineError)) throw error;
    return { why: error.message, wasUseful: false, phase: "opening" };
  }
  try {
    tell("connected", serves);
    return { ...(await session(connection, signal)), phase: "session" };
  } finally {
    await connection.close();
  }
}

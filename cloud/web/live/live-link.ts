/**
 * Keeps the live socket up: connect, read until it ends, ask over HTTP why, wait, resume where it stopped.
 *
 *   connecting ─▶ live ⇄ lost
 *                  └──▶ signed-out, denied, unreadable ─▶ live, once that is over
 */
import type { ReadFailure } from "../../../contracts/ui/read-json.ts";
import { LiveMessage } from "../../../contracts/wire/live.ts";
import type { Link } from "./link.ts";
import { reconnectDelayMs } from "./reconnect-delay.ts";

export type LiveLinkDeps = {
  /** One connection from `after` on; settles when it has ended or `signal` is aborted, and never rejects. */
  listen(after: number | null, onText: (text: string) => void, signal: AbortSignal): Promise<void>;
  /** Why the cloud refuses us; null where it does not. */
  askWhy(signal: AbortSignal): Promise<ReadFailure | null>;
  pause(delayMs: number, signal: AbortSignal): Promise<void>;
  random(): number;
  nowMs(): number;
  seq(): number | null;
  onMessage(message: LiveMessage): void;
  onLink(link: Link): void;
};

/** A connection shorter than this counts as one more failed attempt. */
const STEADY_AFTER_MS = 10_000;

type Lost = Extract<Link, { kind: "lost" }>;
type Round = {
  readonly isReadable: boolean;
  readonly lastHeardAtMs: number | null;
  readonly startedAtMs: number;
};

export async function keepLiveLink(deps: LiveLinkDeps, signal: AbortSignal): Promise<void> {
  let lost: Lost = { kind: "lost", sinceMs: deps.nowMs(), lastHeardAtMs: null };
  let startsOver = false;
  for (let attempt = 0; !signal.aborted; attempt++) {
    const round = await oneRound(deps, startsOver ? null : deps.seq(), signal);
    if (signal.aborted) return;
    const { lastHeardAtMs } = round;
    // However many attempts it takes to come back, the link was lost once.
    if (lastHeardAtMs !== null) {
      lost = { kind: "lost", sinceMs: deps.nowMs(), lastHeardAtMs };
      startsOver = false;
    }
    if (deps.nowMs() - round.startedAtMs > STEADY_AFTER_MS) attempt = 0;
    const ended = round.isReadable
      ? await linkAfterLoss(deps, lost, lastHeardAtMs !== null, signal)
      : ({ kind: "unreadable" } as const);
    deps.onLink(ended);
    // What could not be read is missing from the board, and another sign-in may see other beds.
    startsOver ||= ended.kind !== "lost";
    await deps.pause(reconnectDelayMs(attempt, deps.random()), signal);
  }
}

async function oneRound(deps: LiveLinkDeps, after: number | null, signal: AbortSignal): Promise<Round> {
  const startedAtMs = deps.nowMs();
  const round = new AbortController();
  let lastHeardAtMs: number | null = null;
  let isReadable = true;
  const onText = (text: string) => {
    const message = parseMessage(text);
    if (message === null) {
      isReadable = false;
      round.abort();
      return;
    }
    deps.onMessage(message);
    if (lastHeardAtMs === null) deps.onLink({ kind: "live" });
    lastHeardAtMs = deps.nowMs();
  };
  await deps.listen(after, onText, AbortSignal.any([signal, round.signal]));
  return { isReadable, lastHeardAtMs, startedAtMs };
}

function parseMessage(text: string): LiveMessage | null {
  try {
    return LiveMessage.safeParse(JSON.parse(text)).data ?? null;
  } catch {
    return null;
  }
}

async function linkAfterLoss(
  deps: LiveLinkDeps,
  lost: Lost,
  wasLive: boolean,
  signal: AbortSignal,
): Promise<Link> {
  // Said at once: the question below may take its time.
  if (wasLive) deps.onLink(lost);
  const failure = await deps.askWhy(signal);
  if (failure?.kind === "signed-out") return { kind: "signed-out" };
  return failure?.kind === "denied" ? failure : lost;
}

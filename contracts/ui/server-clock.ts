/**
 * The server's time, read in a browser whose own clock may be wrong. Every message says what time it is there; between
 * messages the browser counts on.
 */
export type BrowserTime = {
  readonly wallMs: number;
  /** Never set back or forward, but on some systems it stands still while the machine sleeps. */
  readonly monotonicMs: number;
};

export type ServerMark = { readonly serverMs: number; readonly heardAt: BrowserTime };

/** A message that took longer on its way looks like a clock gone back by this much at most. */
const DELAY_MS_MAX = 2_000;

/** The longer of both counts: an age that is too long makes a bed stale too early, one that is too short keeps it fresh. */
export function serverNowMs(mark: ServerMark, now: BrowserTime): number {
  const countedMs = Math.max(now.wallMs - mark.heardAt.wallMs, now.monotonicMs - mark.heardAt.monotonicMs);
  return mark.serverMs + Math.max(0, countedMs);
}

/** The mark after a message. A delayed message does not set the time back; a server clock that was set does. */
export function nextServerMark(mark: ServerMark | null, serverMs: number, now: BrowserTime): ServerMark {
  if (mark === null) return { serverMs, heardAt: now };
  const behindMs = serverNowMs(mark, now) - serverMs;
  return behindMs > 0 && behindMs < DELAY_MS_MAX ? mark : { serverMs, heardAt: now };
}

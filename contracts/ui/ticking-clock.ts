import { type BrowserTime, nextServerMark, type ServerMark, serverNowMs } from "./server-clock.ts";

/** Time as the screen sees it: the server's, and a beat once a second on which everything that ages is looked at again. */
export type TickingClock = {
  nowMs(): number;
  /** The time of the newest beat. What ages on screen is read from it, so that all ages step together. */
  beatMs(): number;
  /** False until the first message: what the clock says is then only the browser's own time. */
  isSet(): boolean;
  /** A message said what time it is at the server. */
  hear(serverMs: number): void;
  subscribe(listener: () => void): () => void;
  beat(): void;
};

const BEAT_EVERY_MS = 1_000;

export function createTickingClock(readTime: () => BrowserTime): TickingClock {
  const listeners = new Set<() => void>();
  let mark: ServerMark | null = null;
  const nowMs = () => {
    const time = readTime();
    return mark === null ? time.wallMs : serverNowMs(mark, time);
  };
  let beatAtMs = nowMs();

  const beat = () => {
    beatAtMs = nowMs();
    for (const listener of listeners) listener();
  };
  return {
    nowMs,
    beatMs: () => beatAtMs,
    beat,
    isSet: () => mark !== null,
    hear: (serverMs) => {
      mark = nextServerMark(mark, serverMs, readTime());
      const sinceBeatMs = nowMs() - beatAtMs;
      // The first message, or a clock that was set: what it moved is shown now and not at the next beat.
      if (sinceBeatMs < 0 || sinceBeatMs > 2 * BEAT_EVERY_MS) beat();
    },
    subscribe: (listener) => {
      listeners.add(listener);
      return () => listeners.delete(listener);
    },
  };
}

/** The browser's clocks and its timer. A page that was in the background is brought up to date when it is seen again. */
export function startBrowserClock(): TickingClock {
  const clock = createTickingClock(() => ({ wallMs: Date.now(), monotonicMs: performance.now() }));
  setInterval(clock.beat, BEAT_EVERY_MS);
  document.addEventListener("visibilitychange", () => {
    if (!document.hidden) clock.beat();
  });
  return clock;
}

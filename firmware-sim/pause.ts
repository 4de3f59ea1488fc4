import { setTimeout as timeout } from "node:timers/promises";

/** Node's timers fire at once when asked for more. */
const timerMsMax = 2 ** 31 - 1;

/** Waits, and returns early when stopped; a stop is an ordinary end here, not an error. */
export async function pause(ms: number, signal: AbortSignal): Promise<void> {
  if (signal.aborted) return;
  await timeout(Math.min(Math.max(ms, 0), timerMsMax), undefined, { signal }).catch((error: unknown) => {
    if (!signal.aborted) throw error;
  });
}

export type Rhythm = { readonly everyMs: number; readonly firstAfterMs?: number };

/** Ticks until stopped, without drift: each tick is due a whole number of periods after the first. */
export async function tickEvery(
  { everyMs, firstAfterMs = 0 }: Rhythm,
  tick: () => void,
  signal: AbortSignal,
) {
  const startedAtMs = performance.now() + firstAfterMs;
  for (let ticks = 0; ; ticks++) {
    await pause(startedAtMs + ticks * everyMs - performance.now(), signal);
    if (signal.aborted) return;
    tick();
  }
}

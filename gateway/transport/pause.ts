import { setTimeout as sleep } from "node:timers/promises";

/** Waits, or returns early when the signal fires. */
export async function pause(ms: number, signal: AbortSignal): Promise<void> {
  try {
    await sleep(ms, undefined, { signal });
  } catch (error) {
    if (!signal.aborted) throw error;
  }
}

/** Waits at least so long, however short: a timer of a broken millisecond fires early. */
export const pauseAtLeast = (ms: number): Promise<void> => sleep(Math.ceil(ms));

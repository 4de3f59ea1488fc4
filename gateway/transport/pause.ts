import { setTimeout as sleep } from "node:timers/promises";

/** Waits, or returns early when the signal fires. */
export async function pause(ms: number, signal: AbortSignal): Promise<void> {
  try {
    await sleep(ms, undefined, { signal });
  } catch (error) {
    if (!signal.aborted) throw error;
  }
}

/** Waits whole milliseconds, at least one: a timer of a part of one fires early. */
export const pauseAtLeast = (ms: number): Promise<void> => sleep(Math.max(1, Math.ceil(ms)));

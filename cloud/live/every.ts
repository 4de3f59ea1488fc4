/** Does something again and again until the signal. A task that is still at it is not started a second time. */
export async function every(periodMs: number, signal: AbortSignal, task: () => Promise<void>): Promise<void> {
  while (!signal.aborted) {
    await waited(periodMs, signal);
    if (!signal.aborted) await task();
  }
}

/** Resolves when the time is over or the signal comes, or has come already. */
export function waited(ms: number, signal: AbortSignal): Promise<void> {
  if (signal.aborted) return Promise.resolve();
  return new Promise((resolve) => {
    const done = () => {
      clearTimeout(timer);
      signal.removeEventListener("abort", done);
      resolve();
    };
    const timer = setTimeout(done, ms);
    signal.addEventListener("abort", done, { once: true });
  });
}

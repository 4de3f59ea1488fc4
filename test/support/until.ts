import { setTimeout as sleep } from "node:timers/promises";

/** Looks again until there is something to return; says what was waited for where there never is. */
export async function until<Value>(
  what: string,
  look: () => Promise<Value | undefined>,
  withinMs: number,
): Promise<Value> {
  const deadline = performance.now() + withinMs;
  while (performance.now() < deadline) {
    const found = await look();
    if (found !== undefined) return found;
    await sleep(100);
  }
  throw new Error(`not within ${withinMs} ms: ${what}`);
}

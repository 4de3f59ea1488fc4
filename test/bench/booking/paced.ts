/** Work begun at a fixed rate, whether or not what came before is done. */
import { setTimeout as sleep } from "node:timers/promises";

/** Milliseconds each, from when it was due: what waits because others are slow is slow itself. */
export async function paced(
  count: number,
  perSecond: number,
  work: (n: number) => Promise<void>,
): Promise<number[]> {
  const begunAtMs = performance.now();
  const running: Promise<number>[] = [];
  for (let n = 0; n < count; n++) {
    const dueAtMs = begunAtMs + (n * 1_000) / perSecond;
    const aheadMs = dueAtMs - performance.now();
    if (aheadMs > 0) await sleep(aheadMs);
    running.push(work(n).then(() => performance.now() - dueAtMs));
  }
  return await Promise.all(running);
}

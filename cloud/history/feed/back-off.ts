/** How long to wait before the same points are brought again. Pure. */
import type { StoreTrouble } from "../series-store.ts";

const FIRST_MS = 500;
const BUSY_MS_MAX = 60_000;
/** Somebody has to change something, and will not wait long for it to be noticed. */
const REFUSED_MS_MAX = 30_000;
const DOUBLINGS_MAX = 16;

/** `attempt`: failures in a row, from 1. `random` from 0 to 1: two processes do not come back together. */
export function backOffMs(
  trouble: Pick<StoreTrouble, "kind" | "retryAfterMs">,
  attempt: number,
  random: number,
): number {
  const msMax = trouble.kind === "refused" ? REFUSED_MS_MAX : BUSY_MS_MAX;
  const ceiling = Math.min(FIRST_MS * 2 ** Math.min(attempt - 1, DOUBLINGS_MAX), msMax);
  const jittered = ceiling * (0.5 + random / 2);
  return Math.round(Math.max(jittered, trouble.retryAfterMs ?? 0));
}

/** How long to wait before the same points are brought again. Pure. */
import type { StoreTrouble } from "../series-store.ts";

const FIRST_MS = 500;
/** One feed asks one store: a question now and then costs nothing, and whoever repaired something sees it soon. */
const PAUSE_MS_MAX = 15_000;
const DOUBLINGS_MAX = 16;

/** `attempt`: failures in a row, from 1. `random` from 0 to 1: two processes do not come back together. */
export function backOffMs(
  trouble: Pick<StoreTrouble, "retryAfterMs">,
  attempt: number,
  random: number,
): number {
  const ceiling = Math.min(FIRST_MS * 2 ** Math.min(attempt - 1, DOUBLINGS_MAX), PAUSE_MS_MAX);
  const jittered = ceiling * (0.5 + random / 2);
  return Math.round(Math.max(jittered, trouble.retryAfterMs ?? 0));
}

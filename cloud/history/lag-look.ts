/** Whether a store is too far behind the database to be read: what it does not have yet would look as if it never was. */
import type { Clock } from "../clock.ts";
import type { FeedLag } from "./feed/cursors.ts";

/** A feed brings new readings every second or two. */
export const BEHIND_MS_MAX = 10_000;
/** A look costs a query, and a page full of charts asks many times. */
const LOOK_EVERY_MS = 2_000;

/** True: do not read it. */
export function lagLook(lag: () => Promise<FeedLag>, clock: Clock): () => Promise<boolean> {
  let lookedAtMs = Number.NEGATIVE_INFINITY;
  let look: Promise<boolean> = Promise.resolve(false);
  return async () => {
    const nowMs = clock.nowMs();
    if (Math.abs(nowMs - lookedAtMs) >= LOOK_EVERY_MS) {
      lookedAtMs = nowMs;
      look = lag().then(({ oldestReceivedAtMs }) => {
        return oldestReceivedAtMs !== null && nowMs - oldestReceivedAtMs > BEHIND_MS_MAX;
      });
    }
    return await look;
  };
}

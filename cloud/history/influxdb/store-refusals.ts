/**
 * Finds the lines that the store will never take. It names them badly or not at all, so a batch that it refuses is
 * brought again in halves; what it took already is the same line a second time, and changes nothing.
 */
import type { Refused } from "../series-store.ts";
import type { LinesRefused } from "./answers.ts";

/** Null: it has them all. Rejects with StoreTrouble. */
export type Post = (lines: readonly string[], signal: AbortSignal) => Promise<LinesRefused | null>;

/** `places` says of each line which one of the caller's it is. */
export async function storeAll(
  lines: readonly string[],
  places: readonly number[],
  post: Post,
  signal: AbortSignal,
): Promise<Refused[]> {
  if (lines.length === 0) return [];
  const answer = await post(lines, signal);
  if (answer === null) return [];
  const { reason, droppedCount } = answer;
  // It says that it dropped every one: no need to ask for each of them.
  if (lines.length === 1 || droppedCount === lines.length) return places.map((place) => ({ place, reason }));
  const middle = lines.length >> 1;
  return [
    ...(await storeAll(lines.slice(0, middle), places.slice(0, middle), post, signal)),
    ...(await storeAll(lines.slice(middle), places.slice(middle), post, signal)),
  ];
}

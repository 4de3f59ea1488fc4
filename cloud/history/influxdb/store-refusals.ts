/**
 * Finds the lines that the store will never take. It names them badly or not at all, so a batch that it refuses is
 * brought again in halves; what it took already is the same line a second time, and changes nothing.
 */
import type { Refused } from "../series-store.ts";
import type { LinesRefused } from "./answers.ts";
import type { InfluxPoint } from "./line-protocol.ts";

/** Null: it has them all. Rejects with StoreTrouble. */
export type Post = (points: readonly InfluxPoint[], signal: AbortSignal) => Promise<LinesRefused | null>;

/** `places` says of each point which one of the caller's it is. */
export async function storeAll(
  points: readonly InfluxPoint[],
  places: readonly number[],
  post: Post,
  signal: AbortSignal,
): Promise<Refused[]> {
  if (points.length === 0) return [];
  const answer = await post(points, signal);
  if (answer === null) return [];
  const { reason, droppedCount } = answer;
  // It says that it dropped every one: no need to ask for each of them.
  if (points.length === 1 || droppedCount === points.length)
    return places.map((place) => ({ place, reason }));
  const middle = points.length >> 1;
  return [
    ...(await storeAll(points.slice(0, middle), places.slice(0, middle), post, signal)),
    ...(await storeAll(points.slice(middle), places.slice(middle), post, signal)),
  ];
}

/**
 * Finds the lines that the store will never take. It names them badly or not at all, so a batch that it refuses is
 * brought again in halves; what it took already is the same line a second time, and changes nothing.
 */
import type { Refused } from "../series-store.ts";
import type { LinesRefused } from "./answers.ts";
import type { InfluxPoint } from "./line-protocol.ts";

/** Null: it has them all. Rejects with StoreTrouble. */
export type Post = (points: readonly InfluxPoint[], signal: AbortSignal) => Promise<LinesRefused | null>;

export type Placed = { readonly place: number; readonly point: InfluxPoint };

export async function storeAll(
  placed: readonly Placed[],
  post: Post,
  signal: AbortSignal,
): Promise<Refused[]> {
  if (placed.length === 0) return [];
  const answer = await post(
    placed.map(({ point }) => point),
    signal,
  );
  if (answer === null) return [];
  const { reason, droppedCount } = answer;
  // It says that it dropped every one: no need to ask for each of them.
  if (placed.length === 1 || droppedCount === placed.length)
    return placed.map(({ place }) => ({ place, reason }));
  const middle = placed.length >> 1;
  return [
    ...(await storeAll(placed.slice(0, middle), post, signal)),
    ...(await storeAll(placed.slice(middle), post, signal)),
  ];
}

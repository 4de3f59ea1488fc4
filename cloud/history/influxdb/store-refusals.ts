/**
 * Finds the lines that the store will never take. It names them badly or not at all, so a batch that it refuses is
 * brought again in halves; what it took already is the same line a second time, and changes nothing.
 */
import type { Refused } from "../series-store.ts";
import type { LinesRefused } from "./answers.ts";

/** `body`: lines with a line break between two. Null: it has them all. Rejects with StoreTrouble. */
export type Post = (body: string, signal: AbortSignal) => Promise<LinesRefused | null>;

export type Batch = {
  readonly lines: readonly string[];
  /** Of each line: which one of the caller's it is. */
  readonly places: readonly number[];
  /** The lines as they are sent. */
  readonly body: string;
};

export const batchOf = (lines: readonly string[], places: readonly number[]): Batch => ({
  lines,
  places,
  body: lines.join("\n"),
});

export async function storeAll(
  { lines, places, body }: Batch,
  post: Post,
  signal: AbortSignal,
): Promise<Refused[]> {
  if (lines.length === 0) return [];
  const answer = await post(body, signal);
  if (answer === null) return [];
  const { reason, droppedCount } = answer;
  // It says that it dropped every one: no need to ask for each of them.
  if (lines.length === 1 || droppedCount === lines.length) return places.map((place) => ({ place, reason }));
  const middle = lines.length >> 1;
  return [
    ...(await storeAll(batchOf(lines.slice(0, middle), places.slice(0, middle)), post, signal)),
    ...(await storeAll(batchOf(lines.slice(middle), places.slice(middle)), post, signal)),
  ];
}

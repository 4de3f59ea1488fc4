/** What became of one series in a piece of time, read from whichever is the finest that still has all of it. Pure. */
import type { SeriesPoints } from "../../../contracts/wire/history.ts";

export type Part = {
  readonly startAtMs: number;
  /** 1: a single reading. */
  readonly widthMs: number;
  readonly count: number;
  readonly badCount: number;
  readonly min: number | null;
  readonly max: number | null;
  readonly sum: number;
  readonly last: number | null;
};

const readingsIn = ({ count, badCount }: Part) => count + badCount;

/**
 * Both ascending. Where the finer ones account for fewer readings than the coarser one around them, some of theirs are
 * gone (a policy let go of them, or a gateway had to), and the coarser one stands in their place.
 */
export function completed(fine: readonly Part[], coarse: readonly Part[]): Part[] {
  const answer: Part[] = [];
  let next = 0;
  const takeBefore = (atMs: number): Part[] => {
    const from = next;
    while ((fine[next]?.startAtMs ?? Number.POSITIVE_INFINITY) < atMs) next += 1;
    return fine.slice(from, next);
  };
  for (const whole of coarse) {
    answer.push(...takeBefore(whole.startAtMs));
    const inside = takeBefore(whole.startAtMs + whole.widthMs);
    const found = inside.reduce((sum, part) => sum + readingsIn(part), 0);
    if (found < readingsIn(whole)) answer.push(whole);
    else answer.push(...inside);
  }
  answer.push(...takeBefore(Number.POSITIVE_INFINITY));
  return answer;
}

/** Those that reach into the range; one that began before it is shown at its beginning. */
export function within(parts: readonly Part[], { fromMs, toMs }: { fromMs: number; toMs: number }): Part[] {
  return parts
    .filter(({ startAtMs, widthMs }) => startAtMs < toMs && startAtMs + widthMs > fromMs)
    .map((part) => (part.startAtMs < fromMs ? { ...part, startAtMs: fromMs } : part));
}

export function pointsOf(parts: readonly Part[]): SeriesPoints {
  return {
    atMs: parts.map(({ startAtMs }) => startAtMs),
    min: parts.map(({ min }) => min),
    mean: parts.map(({ sum, count }) => (count === 0 ? null : sum / count)),
    max: parts.map(({ max }) => max),
    last: parts.map(({ last }) => last),
    count: parts.map(({ count }) => count),
    bad: parts.map(({ badCount }) => badCount),
  };
}

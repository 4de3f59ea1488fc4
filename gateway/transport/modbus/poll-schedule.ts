/**
 * Which unit of a bus to ask next, and when. A unit that does not answer is asked less and less often, so that it does
 * not cost the others their turn; one answer brings it back.
 */
import { type RetryPolicy, retryDelayMs } from "../retry-delay.ts";

export type PollTurn<Unit> = { readonly unit: Unit; readonly dueMonoMs: number; readonly failures: number };

/** Failures in a row before a unit counts as dead and is only probed. */
export const FAILURES_UNTIL_PROBED = 3;
const PROBING: RetryPolicy = { firstDelayMs: 5_000, delayMsMax: 30_000, jitter: 0.3 };

export function nextTurn<Unit>(turns: readonly PollTurn<Unit>[]): PollTurn<Unit> | undefined {
  let next: PollTurn<Unit> | undefined;
  for (const turn of turns) if (next === undefined || turn.dueMonoMs < next.dueMonoMs) next = turn;
  return next;
}

export function afterAnswer<Unit>(turn: PollTurn<Unit>, everyMs: number, nowMonoMs: number): PollTurn<Unit> {
  // From the due time, not from now, or the period would grow by each answer's delay; a missed period is skipped.
  const dueMonoMs = Math.max(turn.dueMonoMs + everyMs, nowMonoMs);
  return { unit: turn.unit, dueMonoMs, failures: 0 };
}

export function afterFailure<Unit>(
  turn: PollTurn<Unit>,
  everyMs: number,
  nowMonoMs: number,
  random: number,
): PollTurn<Unit> {
  const failures = turn.failures + 1;
  const waitMs =
    failures < FAILURES_UNTIL_PROBED
      ? everyMs
      : retryDelayMs(PROBING, failures - FAILURES_UNTIL_PROBED, random);
  return { unit: turn.unit, dueMonoMs: nowMonoMs + waitMs, failures };
}

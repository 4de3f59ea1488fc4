/**
 * Which unit of a bus to ask next, and when. A unit that did not answer is asked less and less often, and all that do not
 * answer together may take a tenth of the bus while others live: however many are dead, the living lose no more. One
 * answer brings a unit back; where the whole bus was silent, it brings back all, for then it was the bus that was dead.
 */
import { type RetryPolicy, retryDelayMs } from "../retry-delay.ts";

/** Two devices of the ward file may be two sides of one unit. */
type Addressed = { readonly unit: number };

export type PollTurn<Unit extends Addressed> = {
  readonly unit: Unit;
  readonly dueMonoMs: number;
  /** In a row; 0: it lives. */
  readonly failures: number;
  /** Until then an answer to an earlier question may still come, and would be taken for the answer to the next one. */
  readonly notBeforeMonoMs: number;
};

export type PollSchedule<Unit extends Addressed> = {
  readonly turns: readonly PollTurn<Unit>[];
  /** Units that do not answer have used up their share of the bus until then. */
  readonly probesFromMonoMs: number;
};

export type NextTurn<Unit extends Addressed> = { readonly turn: PollTurn<Unit>; readonly dueMonoMs: number };

export type Silence = {
  readonly everyMs: number;
  /** How long the bus was taken by the question that nobody answered. */
  readonly costMs: number;
  readonly notBeforeMonoMs: number;
};

/** Failures in a row before a unit counts as dead and is only probed. */
export const FAILURES_UNTIL_PROBED = 3;
const PROBING: RetryPolicy = { firstDelayMs: 5_000, delayMsMax: 30_000, jitter: 0.3 };
/** Of the bus' time, for units that did not answer when last asked. */
export const PROBE_SHARE_MAX = 0.1;
/** Where nobody lives, nobody loses a turn by asking. */
const SILENT_BUS_ASKED_EVERY_MS = 1_000;

export function startSchedule<Unit extends Addressed>(
  units: readonly Unit[],
  nowMonoMs: number,
): PollSchedule<Unit> {
  const turns = units.map((unit) => ({ unit, dueMonoMs: nowMonoMs, failures: 0, notBeforeMonoMs: 0 }));
  return { turns, probesFromMonoMs: nowMonoMs };
}

export function nextTurn<Unit extends Addressed>({
  turns,
  probesFromMonoMs,
}: PollSchedule<Unit>): NextTurn<Unit> | undefined {
  const anyLives = turns.some(lives);
  let next: NextTurn<Unit> | undefined;
  for (const turn of turns) {
    const shareMonoMs = anyLives && !lives(turn) ? probesFromMonoMs : 0;
    const dueMonoMs = Math.max(turn.dueMonoMs, turn.notBeforeMonoMs, shareMonoMs);
    const isSooner = next === undefined || dueMonoMs < next.dueMonoMs;
    const waitsLonger = dueMonoMs === next?.dueMonoMs && turn.dueMonoMs < next.turn.dueMonoMs;
    if (isSooner || waitsLonger) next = { turn, dueMonoMs };
  }
  return next;
}

export function afterAnswer<Unit extends Addressed>(
  schedule: PollSchedule<Unit>,
  turn: PollTurn<Unit>,
  everyMs: number,
  nowMonoMs: number,
): PollSchedule<Unit> {
  // From the due time, not from now, or the period would grow by each answer's delay; a missed period is skipped.
  const dueMonoMs = Math.max(turn.dueMonoMs + everyMs, nowMonoMs);
  const wasSilent = !schedule.turns.some(lives);
  const turns = schedule.turns.map((other) => {
    if (other === turn) return { ...turn, dueMonoMs, failures: 0 };
    return wasSilent ? { ...other, dueMonoMs: Math.min(other.dueMonoMs, nowMonoMs) } : other;
  });
  return { ...schedule, turns };
}

export function afterSilence<Unit extends Addressed>(
  schedule: PollSchedule<Unit>,
  turn: PollTurn<Unit>,
  { everyMs, costMs, notBeforeMonoMs }: Silence,
  nowMonoMs: number,
  random: number,
): PollSchedule<Unit> {
  const failures = turn.failures + 1;
  const othersLive = schedule.turns.some((other) => other !== turn && lives(other));
  const patientMs =
    failures < FAILURES_UNTIL_PROBED
      ? everyMs
      : retryDelayMs(PROBING, failures - FAILURES_UNTIL_PROBED, random);
  const waitMs = othersLive ? patientMs : Math.min(everyMs, SILENT_BUS_ASKED_EVERY_MS);
  const after = { unit: turn.unit, dueMonoMs: nowMonoMs + waitMs, failures, notBeforeMonoMs };
  // The first question that is not answered could not be known to be a probe.
  const isProbe = othersLive && !lives(turn);
  return {
    turns: leaveAlone(schedule.turns, turn.unit, notBeforeMonoMs).map((other, n) =>
      schedule.turns[n] === turn ? after : other,
    ),
    probesFromMonoMs: isProbe ? nowMonoMs + costMs * (1 / PROBE_SHARE_MAX - 1) : schedule.probesFromMonoMs,
  };
}

/** The connection was lost while this unit was asked, which says nothing about the unit. */
export function afterLoss<Unit extends Addressed>(
  schedule: PollSchedule<Unit>,
  turn: PollTurn<Unit>,
  notBeforeMonoMs: number,
): PollSchedule<Unit> {
  return { ...schedule, turns: leaveAlone(schedule.turns, turn.unit, notBeforeMonoMs) };
}

/** A new connection: each unit is asked as soon as may be. */
export function afterOpening<Unit extends Addressed>(
  schedule: PollSchedule<Unit>,
  nowMonoMs: number,
): PollSchedule<Unit> {
  const turns = schedule.turns.map((turn) => ({ ...turn, dueMonoMs: Math.min(turn.dueMonoMs, nowMonoMs) }));
  return { ...schedule, turns };
}

/** The late reply is the unit's, whichever of its devices was asked for. */
function leaveAlone<Unit extends Addressed>(
  turns: readonly PollTurn<Unit>[],
  { unit }: Addressed,
  notBeforeMonoMs: number,
): readonly PollTurn<Unit>[] {
  return turns.map((turn) => (turn.unit.unit === unit ? { ...turn, notBeforeMonoMs } : turn));
}

const lives = ({ failures }: { readonly failures: number }) => failures === 0;

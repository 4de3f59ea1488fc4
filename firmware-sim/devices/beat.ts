/** The moments at which something is due, a whole number of periods after the first, each handed out once. */
export type Beat = { dueUntil(untilMs: number): readonly number[] };

export type BeatWanted = { readonly everyMs: number; readonly phase: number; readonly afterMs: number };

/** `phase`: which part of a period is past at moment 0, so that a ward's devices do not speak all at once. */
export function createBeat({ everyMs, phase, afterMs }: BeatWanted): Beat {
  const momentOf = (number: number) => (number + phase) * everyMs;
  let next = Math.ceil(afterMs / everyMs - phase);
  return {
    dueUntil: (untilMs) => {
      const due: number[] = [];
      for (; momentOf(next) <= untilMs; next++) due.push(momentOf(next));
      return due;
    },
  };
}

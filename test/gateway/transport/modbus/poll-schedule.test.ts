import { describe, expect, test } from "vitest";
import {
  afterAnswer,
  afterLoss,
  afterOpening,
  afterSilence,
  nextTurn,
  type PollSchedule,
  type PollTurn,
  startSchedule,
} from "../../../../gateway/transport/modbus/poll-schedule.ts";

type Named = { readonly name: string; readonly unit: number };
/** Units are numbered by their names' first letters. */
const turn = (name: string, dueMonoMs: number, failures = 0, notBeforeMonoMs = 0): PollTurn<Named> => ({
  unit: { name, unit: name.charCodeAt(0) },
  dueMonoMs,
  failures,
  notBeforeMonoMs,
});
const schedule = (turns: readonly PollTurn<Named>[], probesFromMonoMs = 0): PollSchedule<Named> => ({
  turns,
  probesFromMonoMs,
});
const silence = { everyMs: 1_000, costMs: 400, notBeforeMonoMs: 0 };
const of = ({ turns }: PollSchedule<Named>, name: string) => turns.find(({ unit }) => unit.name === name);

test("whose turn is due longest comes first, in the order of the bus where two are due at once", () => {
  const next = nextTurn(schedule([turn("a", 20), turn("b", 10), turn("c", 10)]));
  expect([next?.turn.unit.name, next?.dueMonoMs]).toEqual(["b", 10]);
  expect(nextTurn(schedule([]))).toBeUndefined();
});

describe("a unit that answered", () => {
  test("is due a period after it was due, not after it answered", () => {
    const a = turn("a", 1_000);
    expect(of(afterAnswer(schedule([a]), a, 5_000, 1_080), "a")).toEqual(turn("a", 6_000));
  });

  test("long after its time is due at once, makes up for nothing, and is as good as new", () => {
    const a = turn("a", 1_000, 7);
    expect(of(afterAnswer(schedule([a]), a, 5_000, 60_000), "a")).toEqual(turn("a", 60_000));
  });

  test("first after the whole bus was silent brings all the others back at once", () => {
    const a = turn("a", 100_000, 9);
    const b = turn("b", 130_000, 9);
    expect(of(afterAnswer(schedule([a, b]), a, 1_000, 100_010), "b")?.dueMonoMs).toBe(100_010);
    const living = turn("c", 100_000);
    expect(of(afterAnswer(schedule([a, b, living]), a, 1_000, 100_010), "b")?.dueMonoMs).toBe(130_000);
  });
});

describe("a unit that does not answer", () => {
  const waitsOf = (random: number, ...others: PollTurn<Named>[]) => {
    const waits: number[] = [];
    let now = schedule([turn("a", 0), ...others]);
    for (let failure = 0; failure < 7; failure++) {
      const failing = of(now, "a") ?? turn("a", 0);
      now = afterSilence(now, failing, silence, 100_000, random);
      waits.push((of(now, "a")?.dueMonoMs ?? 0) - 100_000);
    }
    return waits;
  };

  test("among others is asked as usual twice more, then less and less often", () => {
    expect(waitsOf(0, turn("b", 0))).toEqual([1_000, 1_000, 5_000, 10_000, 20_000, 30_000, 30_000]);
  });

  test("is not asked in step with the others", () => {
    expect(waitsOf(1, turn("b", 0))).toEqual([1_000, 1_000, 3_500, 7_000, 14_000, 21_000, 21_000]);
  });

  test("where nobody else answers either, is asked every second: nobody loses by it", () => {
    expect(waitsOf(0.5, turn("b", 0, 4))).toEqual([1_000, 1_000, 1_000, 1_000, 1_000, 1_000, 1_000]);
  });

  test("is left alone as long as its late reply may come, whatever else says that it is due", () => {
    const a = turn("a", 0);
    const silent = afterSilence(schedule([a]), a, { ...silence, notBeforeMonoMs: 9_000 }, 100, 0.5);
    expect(nextTurn(silent)?.dueMonoMs).toBe(9_000);
    expect(nextTurn(afterOpening(silent, 200))?.dueMonoMs).toBe(9_000);
    const lost = afterLoss(schedule([a]), a, 9_000);
    expect([nextTurn(lost)?.dueMonoMs, lost.turns[0]?.failures]).toEqual([9_000, 0]);
  });

  test("is left alone as a whole, where two devices of the ward are one unit", () => {
    const [bed1, bed2, other] = [turn("contact bed 1", 0), turn("contact bed 2", 0), turn("other", 0)];
    const silent = afterSilence(
      schedule([bed1, bed2, other]),
      bed1,
      { ...silence, notBeforeMonoMs: 9_000 },
      100,
      0.5,
    );
    expect(silent.turns.map(({ notBeforeMonoMs }) => notBeforeMonoMs)).toEqual([9_000, 9_000, 0]);
    expect(silent.turns.map(({ failures }) => failures)).toEqual([1, 0, 0]);
    const lost = afterLoss(schedule([bed1, bed2, other]), bed2, 9_000);
    expect(lost.turns.map(({ notBeforeMonoMs }) => notBeforeMonoMs)).toEqual([9_000, 9_000, 0]);
  });

  test("is asked only within the share of those that do not answer, as long as somebody lives", () => {
    const dead = turn("dead", 0, 3);
    const other = turn("other", 0, 3);
    const living = turn("living", 50_000);
    const probed = afterSilence(schedule([dead, other, living]), dead, silence, 1_000, 0.5);
    // It took 400 ms; the next nine times that belong to the living.
    expect(nextTurn(probed)).toMatchObject({ turn: { unit: { name: "other" } }, dueMonoMs: 1_000 + 9 * 400 });
    expect(nextTurn(schedule([dead, other], 9_999))?.dueMonoMs).toBe(0);
  });

  test("the first time costs the others no share: until then it lived", () => {
    const a = turn("a", 0);
    const after = afterSilence(schedule([a, turn("b", 0)]), a, silence, 1_000, 0.5);
    expect(after.probesFromMonoMs).toBe(0);
  });
});

/** Eleven bits a byte at 9600 baud: eight bytes asked, nine answered, a pause and a unit that thinks for 20 ms. */
const REPLY_MS = 45;
const TIMEOUT_MS = 420;

/** How often the living are asked in an hour, where so many of 32 units are dead. */
function asked(deadUnits: number, everyMs: number): number {
  let now = startSchedule(
    Array.from({ length: 32 }, (_, unit) => ({ unit, lives: unit >= deadUnits })),
    0,
  );
  let count = 0;
  let nowMs = 0;
  while (nowMs < 3_600_000) {
    const next = nextTurn(now);
    if (next === undefined) break;
    nowMs = Math.max(nowMs, next.dueMonoMs);
    if (next.turn.unit.lives) {
      count += 1;
      nowMs += REPLY_MS;
      now = afterAnswer(now, next.turn, everyMs, nowMs);
    } else {
      nowMs += TIMEOUT_MS;
      const cost = { everyMs, costMs: TIMEOUT_MS, notBeforeMonoMs: nowMs + 2_000 };
      now = afterSilence(now, next.turn, cost, nowMs, 0.5);
    }
  }
  return count / (32 - deadUnits);
}

test.each([
  [1, 2_000],
  [8, 2_000],
  [16, 2_000],
  [24, 2_000],
  [31, 2_000],
  [8, 1_500],
  [8, 500],
  [31, 500],
])(
  "%i dead units of 32, each asked every %i ms, cost the others at most a tenth of their turns",
  (dead, everyMs) => {
    expect(asked(dead, everyMs) / asked(0, everyMs)).toBeGreaterThan(0.9);
  },
);

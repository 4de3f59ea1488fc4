import { describe, expect, test } from "vitest";
import {
  afterAnswer,
  afterFailure,
  nextTurn,
  type PollTurn,
} from "../../../../gateway/transport/modbus/poll-schedule.ts";

const turn = (unit: string, dueMonoMs: number, failures = 0): PollTurn<string> => ({
  unit,
  dueMonoMs,
  failures,
});

test("whose turn is due longest comes first, in the order of the bus where two are due at once", () => {
  expect(nextTurn([turn("a", 20), turn("b", 10), turn("c", 10)])?.unit).toBe("b");
  expect(nextTurn([])).toBeUndefined();
});

describe("a unit that answered", () => {
  test("is due a period after it was due, not after it answered", () => {
    expect(afterAnswer(turn("a", 1_000), 5_000, 1_080)).toEqual(turn("a", 6_000));
  });

  test("long after its time is due at once, and makes up for nothing", () => {
    expect(afterAnswer(turn("a", 1_000, 7), 5_000, 60_000)).toEqual(turn("a", 60_000));
  });
});

describe("a unit that does not answer", () => {
  const waitsOf = (random: number) => {
    const waits: number[] = [];
    let failing = turn("a", 0);
    for (let failure = 0; failure < 7; failure++) {
      failing = afterFailure(failing, 1_000, 100_000, random);
      waits.push(failing.dueMonoMs - 100_000);
    }
    return waits;
  };

  test("is asked as usual twice more, then less and less often", () => {
    expect(waitsOf(0)).toEqual([1_000, 1_000, 5_000, 10_000, 20_000, 30_000, 30_000]);
  });

  test("is not asked in step with the others", () => {
    expect(waitsOf(1)).toEqual([1_000, 1_000, 3_500, 7_000, 14_000, 21_000, 21_000]);
  });

  test("is as good as new after one answer", () => {
    expect(afterAnswer(turn("a", 1_000, 9), 5_000, 1_000).failures).toBe(0);
  });
});

test("a dead unit costs the living one at most a tenth of its turns", () => {
  const EVERY_MS = 1_000;
  const REPLY_MS = 20;
  const TIMEOUT_MS = 1_000;
  /** How often the first unit was asked in an hour. */
  const asked = (deadUnits: number) => {
    let turns = [
      turn("living", 0),
      ...Array.from({ length: deadUnits }, (_, index) => turn(`dead ${index}`, 0)),
    ];
    let count = 0;
    for (let nowMs = 0; nowMs < 3_600_000; ) {
      const next = nextTurn(turns);
      if (next === undefined) break;
      nowMs = Math.max(nowMs, next.dueMonoMs);
      const lives = next.unit === "living";
      nowMs += lives ? REPLY_MS : TIMEOUT_MS;
      if (lives) count += 1;
      const after = lives ? afterAnswer(next, EVERY_MS, nowMs) : afterFailure(next, EVERY_MS, nowMs, 0.5);
      turns = turns.map((other) => (other === next ? after : other));
    }
    return count;
  };
  expect(asked(1) / asked(0)).toBeGreaterThan(0.9);
});

import { afterEach, beforeEach, expect, test, vi } from "vitest";
import type { Clock } from "../../gateway/moment.ts";
import { Ticker } from "../../gateway/ticker.ts";

beforeEach(() => void vi.useFakeTimers());
afterEach(() => void vi.useRealTimers());

/** A ticker over one due time, in milliseconds of the faked clock. */
function openTicker() {
  const began = Date.now();
  const clock: Clock = { now: () => ({ atMs: Date.now(), monoMs: Date.now() - began }) };
  const ticks: number[] = [];
  const due: { atMs: number | null } = { atMs: null };
  const ticker = new Ticker({
    clock,
    nextDueMonoMs: () => due.atMs,
    onTick(now) {
      ticks.push(now.monoMs);
      ticker.schedule();
    },
  });
  return { ticker, due, ticks };
}

test("looks at what is due when it is due, and not before", () => {
  const { ticker, due, ticks } = openTicker();
  due.atMs = 5_000;
  ticker.schedule();
  vi.advanceTimersByTime(4_999);
  expect(ticks).toEqual([]);
  due.atMs = 9_000;
  vi.advanceTimersByTime(1);
  expect(ticks).toEqual([5_000]);
  vi.advanceTimersByTime(10_000);
  expect(ticks.slice(0, 2)).toEqual([5_000, 9_000]);
});

test("looks sooner where something sooner turns up, and rests where nothing is due", () => {
  const { ticker, due, ticks } = openTicker();
  due.atMs = 60_000;
  ticker.schedule();
  due.atMs = 5_000;
  ticker.schedule();
  vi.advanceTimersByTime(5_000);
  expect(ticks).toEqual([5_000]);
  due.atMs = null;
  ticker.schedule();
  vi.advanceTimersByTime(600_000);
  expect(ticks).toEqual([5_000]);
});

test("looks again every second at what is overdue and still waits", () => {
  const { ticker, due, ticks } = openTicker();
  due.atMs = 0;
  ticker.schedule();
  // A flood of commits asks again and again; the time of the next look stays what it was.
  for (let commit = 0; commit < 30; commit++) {
    vi.advanceTimersByTime(100);
    ticker.schedule();
  }
  expect(ticks).toEqual([1_000, 2_000, 3_000]);
  ticker.stop();
  vi.advanceTimersByTime(10_000);
  expect(ticks).toHaveLength(3);
});

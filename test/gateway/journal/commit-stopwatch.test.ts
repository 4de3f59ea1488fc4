import { expect, test } from "vitest";
import { CommitStopwatch } from "../../../gateway/journal/commit-stopwatch.ts";
import { COMMIT_MS_BOUNDS } from "../../../gateway/journal/journal-port.ts";

function stopwatch() {
  let nowMs = 0;
  const watch = new CommitStopwatch(() => nowMs);
  const commit = (tookMs: number) => {
    nowMs = 0;
    watch.time(() => {
      nowMs = tookMs;
    });
  };
  return { watch, commit };
}

test("commits are counted by how long they took, each once, a bound within its own bucket", () => {
  const { watch, commit } = stopwatch();
  for (const tookMs of [0.05, 0.1, 0.11, 5, 7, 999, 5_000]) commit(tookMs);
  const { count, sumMs, counts } = watch.times();
  expect(count).toBe(7);
  expect(sumMs).toBeCloseTo(6_011.26);
  const found = counts.flatMap((many, bucket) =>
    many > 0 ? [[COMMIT_MS_BOUNDS[bucket] ?? "more", many]] : [],
  );
  expect(found).toEqual([
    [0.1, 2],
    [0.25, 1],
    [5, 1],
    [10, 1],
    [1_000, 1],
    ["more", 1],
  ]);
});

test("the longest commit is told for a minute", () => {
  const { watch, commit } = stopwatch();
  commit(80);
  for (let second = 0; second < 59; second++) watch.secondPassed();
  commit(3);
  expect(watch.times().lastMinuteMsMax).toBe(80);
  watch.secondPassed();
  expect(watch.times().lastMinuteMsMax).toBe(3);
});

test("one that failed is none", () => {
  const { watch } = stopwatch();
  const failing = () => {
    throw new Error("disk I/O error");
  };
  expect(() => watch.time(failing)).toThrow("disk I/O error");
  expect(watch.times().count).toBe(0);
});

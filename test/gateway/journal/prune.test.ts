import { expect, onTestFinished, test } from "vitest";
import { openDatabase } from "../../../gateway/journal/open-database.ts";
import { Pruner, RECENT_MS, RECENT_ROWS } from "../../../gateway/journal/prune.ts";
import { BEGIN_MS } from "../../support/moments.ts";

/** Rows numbered from one, that came so many milliseconds after each other. */
function laneOf(lane: "beds" | "vitals", rows: number, stepMs = 1) {
  const database = openDatabase(":memory:");
  onTestFinished(() => void database.close());
  const row =
    lane === "beds"
      ? "n, $began + n * $step, '{}', 0"
      : "n, 1, $began + n * $step, $began + n * $step, NULL, 0, 0, 0";
  database
    .prepare(
      `WITH RECURSIVE count(n) AS (SELECT 1 UNION ALL SELECT n + 1 FROM count WHERE n < $rows)
       INSERT INTO ${lane} SELECT ${row} FROM count`,
    )
    .run({ began: BEGIN_MS, rows, step: stepMs });
  const oldest = () => database.prepare(`SELECT min(seq) FROM ${lane}`).pluck().get();
  const pruner = new Pruner(database, lane);
  const step = (acknowledgedSeq: number, rowsMax = 5_000) =>
    pruner.step({ headSeq: rows, acknowledgedSeq }, rowsMax);
  return { step, oldest };
}

test("of what is young only the newest two hundred thousand readings stay", () => {
  const { step, oldest } = laneOf("vitals", RECENT_ROWS + 7);
  expect(step(RECENT_ROWS + 7)).toBe(7);
  expect(step(RECENT_ROWS + 7)).toBe(0);
  expect(oldest()).toBe(8);
});

test("of what is ten minutes older than the newest nothing stays, a bounded number of rows at a time", () => {
  const { step, oldest } = laneOf("vitals", 100, RECENT_MS / 39);
  expect([step(100, 40), step(100, 40), step(100, 40)]).toEqual([40, 20, 0]);
  expect(oldest()).toBe(61);
});

test("what the cloud does not have stays, however old", () => {
  const { step, oldest } = laneOf("vitals", 100, RECENT_MS);
  expect(step(30)).toBe(30);
  expect(oldest()).toBe(31);
});

test("a hundred thousand bed events stay, however old", () => {
  const { step, oldest } = laneOf("beds", 100_003, RECENT_MS);
  expect(step(100_003)).toBe(3);
  expect(step(100_003)).toBe(0);
  expect(oldest()).toBe(4);
});

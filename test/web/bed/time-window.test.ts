import fc from "fast-check";
import { describe, expect, test } from "vitest";
import {
  boundsOf,
  CHOSEN_MS_MIN,
  chosenWindow,
  RANGE_NAMES,
  RANGES,
  readWindow,
  type TimeWindow,
  writeWindow,
} from "../../../cloud/web/history/time-window.ts";
import { NOW_MS } from "../a-bed.ts";

const live = fc.constantFrom(...RANGE_NAMES).map((range): TimeWindow => ({ kind: "live", range }));
const chosen = fc
  .tuple(fc.integer({ min: 0, max: NOW_MS }), fc.integer({ min: CHOSEN_MS_MIN, max: 1e10 }))
  .map(([fromMs, spanMs]): TimeWindow => ({ kind: "chosen", fromMs, toMs: fromMs + spanMs }));

test("a view survives its URL", () => {
  fc.assert(
    fc.property(fc.oneof(live, chosen), (window) => {
      expect(readWindow(writeWindow(window))).toEqual(window);
    }),
  );
});

test.each([
  "",
  "?range=99y",
  "?from=2026-11-24T09:00:00Z",
  "?from=2026-11-24T09:00:00Z&to=2026-11-24T08:00:00Z",
  "?from=yesterday&to=today",
])("what means nothing is the usual range: %s", (search) => {
  expect(readWindow(search)).toEqual({ kind: "live", range: "8h" });
});

describe("a range that follows now", () => {
  test("always holds now, and asks for new bounds once a step", () => {
    fc.assert(
      fc.property(fc.constantFrom(...RANGE_NAMES), fc.integer({ min: 1, max: 1e13 }), (range, nowMs) => {
        const { spanMs, stepMs } = RANGES[range];
        const { fromMs, toMs } = boundsOf({ kind: "live", range }, nowMs);
        expect(toMs - fromMs).toBe(spanMs);
        expect(toMs).toBeGreaterThanOrEqual(nowMs);
        expect(toMs - nowMs).toBeLessThan(stepMs);
        expect(toMs % stepMs).toBe(0);
      }),
    );
  });
});

test("a drag chooses whole seconds, and never less than can be seen", () => {
  expect(chosenWindow(1_500, 62_100)).toEqual({ kind: "chosen", fromMs: 1_000, toMs: 63_000 });
  expect(chosenWindow(5_000, 5_001)).toEqual({ kind: "chosen", fromMs: 5_000, toMs: 15_000 });
});

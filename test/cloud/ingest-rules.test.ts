import { describe, expect, test } from "vitest";
import { decideBatch, type LaneState } from "../../cloud/ingest/decide-batch.ts";
import { dueAtMs, gatewayClock, happenedAtMs } from "../../cloud/ingest/gateway-clock.ts";

describe("a batch meets its lane", () => {
  const at5: LaneState = { highWaterMarkSeq: 5, superseded: false };
  const closedAt5: LaneState = { highWaterMarkSeq: 5, superseded: true };

  test.each<
    [string, LaneState | null, [fromSeq: number, throughSeq: number], ReturnType<typeof decideBatch>]
  >([
    ["a new journal's first", null, [1, 3], { kind: "take", knownCount: 0 }],
    ["a new journal's second", null, [4, 6], { kind: "gap", expectedSeq: 1 }],
    ["the next", at5, [6, 8], { kind: "take", knownCount: 0 }],
    ["one too far", at5, [7, 9], { kind: "gap", expectedSeq: 6 }],
    ["half known", at5, [4, 7], { kind: "take", knownCount: 2 }],
    ["wholly known", at5, [1, 5], { kind: "take", knownCount: 5 }],
    ["long known", at5, [1, 2], { kind: "take", knownCount: 2 }],
    ["known to a closed journal", closedAt5, [1, 5], { kind: "take", knownCount: 5 }],
    ["new to a closed journal", closedAt5, [6, 6], { kind: "superseded" }],
    ["half new to a closed journal", closedAt5, [5, 6], { kind: "superseded" }],
    ["beyond a closed journal", closedAt5, [9, 9], { kind: "superseded" }],
  ])("%s", (_which, lane, [fromSeq, throughSeq], decision) => {
    expect(decideBatch(lane, { fromSeq, throughSeq })).toEqual(decision);
  });
});

describe("a gateway's clock", () => {
  test.each<[string, { sentAtMs: number; atMs: number }, number]>([
    ["right", { sentAtMs: 100_000, atMs: 90_000 }, 90_000],
    ["a little behind", { sentAtMs: 98_500, atMs: 90_000 }, 90_000],
    ["a minute behind", { sentAtMs: 40_000, atMs: 30_000 }, 90_000],
    ["a minute ahead", { sentAtMs: 160_000, atMs: 150_000 }, 90_000],
    ["ahead, of something yet to come", { sentAtMs: 160_000, atMs: 170_000 }, 100_000],
    ["far ahead, of something before all time", { sentAtMs: 500_000, atMs: 10 }, 0],
  ])("that is %s", (_how, { sentAtMs, atMs }, expected) => {
    expect(happenedAtMs(atMs, gatewayClock(sentAtMs, 100_000))).toBe(expected);
  });

  test("a due time lies in the future, but not further than any debounce lasts", () => {
    const clock = gatewayClock(100_000, 100_000);
    expect([dueAtMs(105_000, clock), dueAtMs(9e12, clock)]).toEqual([105_000, 3_700_000]);
  });
});

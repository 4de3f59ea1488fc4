import { describe, expect, test } from "vitest";
import { decideBatch, type LaneState } from "../../cloud/ingest/decide-batch.ts";
import { dueAtMs, gatewayClock, happenedAtMs } from "../../cloud/ingest/gateway-clock.ts";

describe("a batch meets its lane", () => {
  const at5: LaneState = { highWaterMarkSeq: 5, superseded: false };
  const closedAt5: LaneState = { highWaterMarkSeq: 5, superseded: true };

  test.each<[string, LaneState | null, [firstSeq: number, count: number], ReturnType<typeof decideBatch>]>([
    ["a new journal's first", null, [1, 3], { kind: "take", knownCount: 0, lost: null }],
    ["a new journal's second", null, [4, 3], { kind: "gap", expectedSeq: 1 }],
    ["the next", at5, [6, 3], { kind: "take", knownCount: 0, lost: null }],
    ["one too far", at5, [7, 3], { kind: "gap", expectedSeq: 6 }],
    ["half known", at5, [4, 4], { kind: "take", knownCount: 2, lost: null }],
    ["wholly known", at5, [1, 5], { kind: "take", knownCount: 5, lost: null }],
    ["long known", at5, [1, 2], { kind: "take", knownCount: 2, lost: null }],
    ["known to a closed journal", closedAt5, [1, 5], { kind: "take", knownCount: 5, lost: null }],
    ["new to a closed journal", closedAt5, [6, 1], { kind: "superseded" }],
    ["half new to a closed journal", closedAt5, [5, 2], { kind: "superseded" }],
    ["beyond a closed journal", closedAt5, [9, 1], { kind: "superseded" }],
  ])("%s", (_which, lane, [firstSeq, count], decision) => {
    expect(decideBatch(lane, { firstSeq, count, missing: null })).toEqual(decision);
  });
});

describe("a cloud that was restored from an older copy", () => {
  const at5: LaneState = { highWaterMarkSeq: 5, superseded: false };

  test.each<
    [string, LaneState | null, { fromSeq: number; throughSeq: number }, ReturnType<typeof decideBatch>]
  >([
    [
      "takes on where the gateway accounts for the whole gap",
      at5,
      { fromSeq: 6, throughSeq: 9 },
      { kind: "take", knownCount: 0, lost: { fromSeq: 6, throughSeq: 9 } },
    ],
    [
      "notes only what it misses itself",
      at5,
      { fromSeq: 3, throughSeq: 9 },
      { kind: "take", knownCount: 0, lost: { fromSeq: 6, throughSeq: 9 } },
    ],
    [
      "asks where the account begins too late",
      at5,
      { fromSeq: 7, throughSeq: 9 },
      { kind: "gap", expectedSeq: 6 },
    ],
    [
      "asks where the account ends too early",
      at5,
      { fromSeq: 6, throughSeq: 8 },
      { kind: "gap", expectedSeq: 6 },
    ],
    [
      "begins in the middle where all before is gone",
      null,
      { fromSeq: 1, throughSeq: 9 },
      { kind: "take", knownCount: 0, lost: { fromSeq: 1, throughSeq: 9 } },
    ],
  ])("%s", (_what, lane, missing, decision) => {
    expect(decideBatch(lane, { firstSeq: 10, count: 2, missing })).toEqual(decision);
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

import { describe, expect, test } from "vitest";
import { understandAnswer, waitAskedMs } from "../../../gateway/sync/understand-answer.ts";
import { BEGIN_MS } from "../../support/moments.ts";

const problem = (code: string, more = {}) =>
  JSON.stringify({ code, detail: "Said so.", hint: "Do this.", ...more });

describe("an answer that is no reply", () => {
  test.each<[string, number, string | null, string, object]>([
    ["a gap", 409, null, problem("SYNC_GAP", { expectedSeq: 7 }), { kind: "gap", expectedSeq: 7 }],
    ["a gap to nowhere", 409, null, problem("SYNC_GAP"), { kind: "refused", scope: "alone" }],
    [
      "another record under the same number",
      409,
      null,
      problem("SYNC_EQUIVOCATION"),
      {
        kind: "refused",
        scope: "all",
        reason: "the cloud answered 409, SYNC_EQUIVOCATION: Said so. Do this.",
      },
    ],
    ["a second process", 409, null, problem("SYNC_SECOND_INSTANCE"), { kind: "refused", scope: "all" }],
    ["a newer journal", 409, null, problem("SYNC_EPOCH_SUPERSEDED"), { kind: "refused", scope: "all" }],
    ["a wrong key", 401, null, problem("UNAUTHENTICATED"), { kind: "refused", scope: "all" }],
    ["what it cannot read", 422, null, problem("INVALID"), { kind: "refused", scope: "alone" }],
    ["a body that is too long", 413, null, "", { kind: "too-large" }],
    ["busy", 429, "7", problem("BUSY"), { kind: "retry", afterMs: 7_000 }],
    [
      "down",
      503,
      null,
      "<html>",
      { kind: "retry", afterMs: null, reason: "the cloud answered 503, no reason given" },
    ],
  ])("%s", (_name, status, retryAfter, text, expected) => {
    expect(understandAnswer({ status, retryAfter, text }, BEGIN_MS)).toMatchObject(expected);
  });
});

test.each<[string, string | null, number | null]>([
  ["seconds", "120", 120_000],
  ["a date", "Sat, 23 Nov 2024 22:13:50 GMT", 30_000],
  ["a date that is past", "Sat, 23 Nov 2024 22:13:00 GMT", null],
  ["nothing", null, null],
  ["no time at all", "soon", null],
  ["zero", "0", null],
])("a wait asked for in %s", (_name, retryAfter, expected) => {
  expect(waitAskedMs(retryAfter, BEGIN_MS)).toBe(expected);
});

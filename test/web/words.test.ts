import { describe, expect, test } from "vitest";
import { agoWords, durationWords, intervalWords } from "../../contracts/ui/age-words.ts";
import { valueWords } from "../../contracts/ui/metric-words.ts";
import { failureOf } from "../../contracts/ui/read-json.ts";
import { verificationWords } from "../../contracts/ui/verification-words.ts";

test.each([
  [-500, "0 s"],
  [0, "0 s"],
  [59_999, "59 s"],
  [60_000, "1 min"],
  [3_599_999, "59 min"],
  [3_600_000, "1 h"],
  [47 * 3_600_000, "47 h"],
  [48 * 3_600_000, "2 d"],
])("%i ms is %s", (ms, words) => expect([durationWords(ms), agoWords(ms)]).toEqual([words, `${words} ago`]));

test.each([
  [250, "250 ms"],
  [500, "0.5 s"],
  [10_000, "10 s"],
  [300_000, "5 min"],
])("an interval of %i ms is %s", (ms, words) => expect(intervalWords(ms)).toBe(words));

describe("values", () => {
  test.each([
    ["load", 71.4, "kg", "71.4 kg"],
    ["load", 0.1 + 0.2, "kg", "0.3 kg"],
    ["room-temperature", 22.5, "Cel", "22.5 °C"],
    ["systolic-pressure", 120, "mm[Hg]", "120 mmHg"],
    ["load", 150, "[lb_av]", "150 [lb_av]"],
    ["occupancy", true, null, "somebody in bed"],
    ["occupancy", false, null, "empty"],
    ["bed-brake", false, null, "released"],
    ["spo2", null, "%", "no value"],
  ] as const)("%s %s %s reads “%s”", (metric, value, unit, words) =>
    expect(valueWords(metric, value, unit)).toBe(words),
  );
});

test("only what is not heard is called stale", () => {
  expect(verificationWords("stale", "stale")).toBe("Not verified: stale");
  expect(verificationWords("stale", null)).toBe("Not verified: stale");
  expect(verificationWords("stale", "fresh")).toBe("Not verified");
  expect(verificationWords("verified", "late")).toBe("Verified");
});

describe("a refused request", () => {
  const problem = { detail: "Not you.", hint: "Ask." };
  test.each([
    [401, problem, { kind: "signed-out" }],
    [403, problem, { kind: "denied", detail: "Not you.", hint: "Ask." }],
    [404, problem, { kind: "missing" }],
    [503, problem, { kind: "failed", status: 503, detail: "Not you." }],
    [502, undefined, { kind: "failed", status: 502, detail: "No reason was given." }],
  ])("%i is told apart by what to do", (status, body, failure) =>
    expect(failureOf(status, body)).toEqual(failure),
  );

  test("a denial without a reason still says what to do", () => {
    expect(failureOf(403, "<html>")).toMatchObject({
      kind: "denied",
      hint: expect.stringContaining("sign-in"),
    });
  });
});

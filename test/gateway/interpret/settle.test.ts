import { describe, expect, test } from "vitest";
import {
  isDue,
  type SettleInput,
  type SettleStep,
  type Settling,
  settle,
} from "../../../gateway/interpret/settle.ts";
import { at } from "../../support/moments.ts";

type Seat = "in" | "out";

/** Somebody sat down at second 0; it counts from second 5 on. */
const sittingDown: Settling<Seat> = { candidate: "in", since: at(0), dueMonoMs: at(5).monoMs, evidence: [] };
const input = (change: Partial<SettleInput<Seat>>): SettleInput<Seat> => ({
  status: "out",
  settling: null,
  raw: "out",
  debounceMs: 5_000,
  now: at(0),
  evidence: [],
  ...change,
});

describe("changed evidence", () => {
  test.each<[string, Partial<SettleInput<Seat>>, SettleStep<Seat>["kind"]]>([
    ["that is none", {}, "unchanged"],
    ["begins to settle", { raw: "in" }, "started"],
    ["waits", { raw: "in", settling: sittingDown, now: at(4.999) }, "waiting"],
    ["has lasted", { raw: "in", settling: sittingDown, now: at(5) }, "confirmed"],
    ["went back", { raw: "out", settling: sittingDown, now: at(4) }, "returned"],
    ["went back late", { raw: "out", settling: sittingDown, now: at(60) }, "returned"],
    ["need not wait", { raw: "in", debounceMs: 0 }, "confirmed"],
  ])("%s", (_name, change, kind) => {
    expect(settle(input(change)).kind).toBe(kind);
  });

  test("of another kind waits anew", () => {
    const standing: Settling<"in" | "out" | "unknown"> = { ...sittingDown, candidate: "unknown" };
    const step = settle({
      ...input({ now: at(4) }),
      raw: "in" as "in" | "out" | "unknown",
      settling: standing,
    });
    expect(step).toMatchObject({ kind: "started", settling: { candidate: "in", dueMonoMs: at(9).monoMs } });
  });
});

describe("time alone confirms", () => {
  test.each<[string, Settling<Seat> | null, number | null, number, boolean]>([
    ["nothing where nothing settles", null, 5, 5, false],
    ["nothing before the wait is over", sittingDown, 4, 4.999, false],
    ["what was said until now", sittingDown, 4, 5, true],
    ["what was said two intervals ago", sittingDown, 3, 5, true],
    ["nothing that was last said longer ago", sittingDown, 2.999, 5, false],
    ["nothing that was never said", sittingDown, null, 5, false],
  ])("%s", (_name, settling, lastSecond, nowSecond, expected) => {
    const lastEvidence = lastSecond === null ? null : at(lastSecond);
    expect(isDue(settling, lastEvidence, 1_000, at(nowSecond))).toBe(expected);
  });
});

import { expect, test } from "vitest";
import { findingsOf } from "../../gateway/web/status/findings.ts";
import { isShownLost } from "../../gateway/web/status/lost.ts";
import { MIN, NOW_MS } from "./a-bed.ts";
import { HEALTHY_STATUS, TROUBLED_STATUS } from "./status-scenes.ts";

const found = (status: typeof HEALTHY_STATUS, nowMs: number) =>
  findingsOf(status, nowMs).map(({ about, words }) => `${about}: ${words}`);

test("a healthy gateway needs nobody", () => {
  expect(found(HEALTHY_STATUS, NOW_MS)).toEqual([]);
});

test("what is broken is said once, the way outward first", () => {
  const words = found(TROUBLED_STATUS, NOW_MS);
  expect(words[0]).toBe("Cloud: It does not answer: connect ECONNREFUSED 127.0.0.1:8080");
  expect(words[1]).toBe("Cloud: 1834 records wait, the oldest for 4 min. They are kept.");
  expect(words[2]).toContain("2 records were not accepted");
  expect(words[3]).toContain("serial tcp://127.0.0.1:16002: Down since");
  expect(words).toContain("north-smart-bed-04: Never heard since the gateway started.");
  expect(words).toContain("north-monitor-02: Silent for 6 min.");
  expect(words.filter((each) => each.startsWith("north-smart-bed-03: Out of range, 6 ×."))).toHaveLength(1);
  expect(words.at(-1)).toContain("Unknown device, 23 ×.");
});

test("one cause of several devices' trouble is said once", () => {
  const detail = "Cannot connect to 127.0.0.1:502.";
  const problem = { reason: "bus-unreachable", count: 3, lastAt: HEALTHY_STATUS.now, detail };
  const [one, two, ...others] = HEALTHY_STATUS.devices;
  if (one === undefined || two === undefined) throw new Error("the scene has too few devices");
  const devices = [{ ...one, problems: [problem] }, { ...two, problems: [problem] }, ...others];
  expect(found({ ...HEALTHY_STATUS, devices }, NOW_MS)).toEqual([
    `north-smart-bed-01, north-smart-bed-02: Bus unreachable, 6 ×. ${detail}`,
  ]);
});

test("devices fall silent by time alone, and old problems leave the list", () => {
  const words = found(TROUBLED_STATUS, NOW_MS + 10 * MIN);
  expect(words).toContain("north-smart-bed-01: Silent for 10 min.");
  expect(words.some((each) => each.includes("Out of range"))).toBe(false);
});

test("one failed poll is a hiccup, five seconds without an answer are not", () => {
  const failure = { kind: "unreachable" } as const;
  expect(isShownLost(HEALTHY_STATUS, failure, NOW_MS + 4_000)).toBe(false);
  expect(isShownLost(HEALTHY_STATUS, failure, NOW_MS + 5_001)).toBe(true);
  expect(isShownLost(HEALTHY_STATUS, null, NOW_MS + 60_000)).toBe(false);
  expect(isShownLost(null, failure, NOW_MS + 60_000)).toBe(false);
});

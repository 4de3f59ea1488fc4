import { expect, test } from "vitest";
import { findingsOf } from "../../gateway/web/status/findings.ts";
import { isShownLost } from "../../gateway/web/status/lost.ts";
import { MIN, NOW_MS } from "./a-bed.ts";
import { HEALTHY_STATUS, TROUBLED_STATUS } from "./a-gateway-status.ts";
import { LARGE_STATUS, LINKS_DOWN_STATUS } from "./a-large-gateway.ts";

const found = (status: typeof HEALTHY_STATUS, nowMs: number) =>
  findingsOf(status, nowMs).map(({ about, words }) => `${about}: ${words}`);

test("a healthy gateway needs nobody", () => {
  expect(found(HEALTHY_STATUS, NOW_MS)).toEqual([]);
});

test("what is broken is said once, the disk first, then the way outward", () => {
  const [full, givenUp, ...words] = found(TROUBLED_STATUS, NOW_MS);
  expect(full).toMatch(/^Disk: Full \(11 MiB free\)/);
  expect(givenUp).toMatch(/^Disk: 40000 of the oldest readings/);
  expect(words[0]).toBe("Cloud: It does not answer: connect ECONNREFUSED 127.0.0.1:8080");
  expect(words[1]).toBe("Cloud: 1834 records wait, the oldest for 4 min. They are kept.");
  expect(words[2]).toContain("2 records were not accepted");
  expect(words[3]).toMatch(
    /^serial tcp:\/\/127\.0\.0\.1:16002: Down since [\d:]+: connection refused, next try in 8 s\. Silent because of it: north-monitor-02\.$/,
  );
  expect(words).toContain("north-smart-bed-04: Never heard since the gateway started.");
  expect(words.filter((each) => each.includes("north-monitor-02"))).toHaveLength(1);
  expect(words.filter((each) => each.startsWith("north-smart-bed-03: Out of range, 6 ×."))).toHaveLength(1);
  expect(words.at(-1)).toContain("Unknown device, 23 ×.");
});

test("what sensors are suspected of is said with the readings that show it, before who is silent", () => {
  const findings = findingsOf(LARGE_STATUS, NOW_MS);
  expect(findings.map(({ about }) => about).slice(0, 5)).toEqual([
    "Bed 1A, east-bed-01-pad",
    "Bed 1C, east-bed-03-monitor",
    "Bed 2A, east-bed-04-scale",
    "Bed 2C, east-bed-06-frame",
    "east-bed-05-pad, east-bed-11-pad, east-bed-17-pad",
  ]);
  expect(findings[0]?.words).toMatch(/^Drifting: load, since \d\d:\d\d\. The empty bed grew 6\.2 kg heavier/);
  expect(findings[1]?.rests).toMatch(/^Rests on pulse rate 71 \/min at [\d:]+; SpO₂ 97 % at [\d:]+\.$/);
  // Another device than the suspected one is named.
  expect(findings[3]?.rests).toContain("; east-bed-06-pad load 66.1 kg at ");
});

test("a room's sensor is suspected once, for all the beds of its room", () => {
  const [one, two, ...others] = HEALTHY_STATUS.beds;
  if (one === undefined || two === undefined) throw new Error("the scene has too few beds");
  const [finding] = LARGE_STATUS.beds.flatMap((bed) => bed.findings);
  if (finding === undefined) throw new Error("the scene has no finding");
  const beds = [{ ...one, findings: [finding] }, { ...two, findings: [finding] }, ...others];
  expect(findingsOf({ ...HEALTHY_STATUS, beds }, NOW_MS).map(({ about }) => about)).toEqual([
    `Beds 1A, 1B, ${finding.deviceId}`,
  ]);
});

test("dead units of a line that is up are one sentence, and so is what they answer", () => {
  const words = found(LARGE_STATUS, NOW_MS);
  const dead = "east-bed-05-pad, east-bed-11-pad, east-bed-17-pad";
  expect(words).toContain(`${dead}: Silent, the longest for 17 min.`);
  expect(words.filter((each) => each.startsWith(`${dead}: No reply, 2013 ×. Last: unit 5, `))).toHaveLength(
    1,
  );
  expect(
    words.some((each) => each.startsWith("east-bed-20-pad: Modbus exception 2 (illegal data address)")),
  ).toBe(true);
});

test("links that are down speak for all of their devices, however many", () => {
  const words = found(LINKS_DOWN_STATUS, NOW_MS).filter((each) => !/^Beds? /.test(each));
  expect(words).toHaveLength(7);
  expect(words[5]).toMatch(
    /^modbus-rtu .*: Down since .*trying again\. Silent because of it: east-bed-01-pad, east-bed-02-pad, east-bed-03-pad, east-bed-04-pad and 20 more\.$/,
  );
});

test("what a broken link says is not said again for each of its devices", () => {
  const detail = "cannot connect to 127.0.0.1:16002: ECONNREFUSED";
  const links = HEALTHY_STATUS.links.map((link) =>
    link.kind === "serial" ? { ...link, state: "down" as const, detail: `${detail}; trying again` } : link,
  );
  const devices = HEALTHY_STATUS.devices.map((device) => ({
    ...device,
    problems: [{ reason: "line-lost", count: 6, lastAt: HEALTHY_STATUS.now, detail }],
  }));
  const words = found({ ...HEALTHY_STATUS, links, devices }, NOW_MS);
  expect(words.filter((each) => each.includes("Line lost"))).toHaveLength(2);
  expect(words.filter((each) => each.includes("north-monitor-02"))).toEqual([]);
});

test("a link that was stopped needs nobody", () => {
  const links = HEALTHY_STATUS.links.map((link) => ({ ...link, running: "stopped", state: "down" }) as const);
  expect(found({ ...HEALTHY_STATUS, links }, NOW_MS)).toEqual([]);
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
  expect(words).toContain(
    "north-smart-bed-01, north-smart-bed-02, north-smart-bed-03: Silent, the longest for 10 min.",
  );
  expect(words).toContain("north-climate-1: Silent for 10 min.");
  expect(words.some((each) => each.includes("Out of range"))).toBe(false);
});

test("one failed poll is a hiccup, five seconds without an answer are not", () => {
  const failure = { kind: "unreachable" } as const;
  expect(isShownLost(HEALTHY_STATUS, failure, NOW_MS + 4_000)).toBe(false);
  expect(isShownLost(HEALTHY_STATUS, failure, NOW_MS + 5_001)).toBe(true);
  expect(isShownLost(HEALTHY_STATUS, null, NOW_MS + 60_000)).toBe(false);
  expect(isShownLost(null, failure, NOW_MS + 60_000)).toBe(false);
});

test("a log that the cloud does not take, and a second history that was shown, are said", () => {
  const { log } = HEALTHY_STATUS;
  if (log === null) throw new Error("expected a gateway with a log");
  const troubled = { ...log, trouble: "LOG_FORK: another.", witnessRefused: "two histories." };
  expect(found({ ...HEALTHY_STATUS, log: troubled }, NOW_MS)).toEqual([
    "Evidence: It cosigns nothing: two histories.",
    "Evidence: Its log is not taken: LOG_FORK: another.",
  ]);
});
